package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/scheme"
)

func idents(system, value string) []scheme.Code { return []scheme.Code{{System: system, Value: value}} }

// traced is a decision with every kind of cut, check and source.
func traced(t *testing.T) *Decision {
	t.Helper()
	f := newFixture(t)
	f.register["A"] = "category=consultation frequencyPeriod=calendar-year manualReview=true"
	f.plan = []string{
		"plan-limit id=d kind=deductible scope=policy amount=10",
		"plan-limit id=c kind=ceiling scope=member period=calendar-year amount=60",
		"plan-category-limit category=consultation amount=70 maxCount=5",
		"plan-benefit kind=coinsurance percent=80 maxQuantity=2",
		"plan-benefit item=B kind=fixed amount=5",
	}
	return f.line("A", "3", "110").line("B", "1", "100").line("Z", "1", "1").decide()
}

func TestTraceTellsTheCutsAndTheLedger(t *testing.T) {
	l := &traced(t).Lines[0]
	var cuts []string
	for _, c := range l.Cuts {
		cuts = append(cuts, c.Kind.Code()+" "+c.Bearer.String()+" "+c.Rule+" "+c.Before.String()+"-"+c.Amount.String()+"="+c.After.String())
	}
	require.Equal(t, []string{
		"disallowed member benefit/all 330.00-110.00=220.00", "price-reduction provider Contract/prices 220.00-20.00=200.00",
		"deductible member d 200.00-10.00=190.00", "copay member benefit/all 190.00-38.00=152.00",
		"over-category member category:consultation 152.00-82.00=70.00", "over-ceiling member c 70.00-10.00=60.00",
	}, cuts)

	var checks []string
	for _, c := range l.Checks {
		checks = append(checks, c.Kind.Code()+" "+c.ID+" "+c.Scope.String()+" "+c.Period.From.String()+" "+c.Before.String()+"→"+c.After.String()+" of "+c.Allowed.String())
	}
	require.Equal(t, []string{
		"frequency urn:reg|A member 2026-01-01 0→1 of 1", "category-count claims:consultation member 2026-01-01 0→1 of 5",
		"quantity quantity:urn:reg|A member 2026-01-01 0→2 of 2", "deductible d policy 2026-01-01 0.00→10.00 of 10.00",
		"category-amount category:consultation claim 2026-01-01 0.00→70.00 of 70.00", "ceiling c member 2026-01-01 0.00→60.00 of 60.00",
	}, checks)
}

func TestTraceNamesTheVersionsThatWereRead(t *testing.T) {
	f := newFixture(t)
	f.cover.Version, f.policy.Version = "5", "6"
	l := &f.line("A", "1", "100").decide().Lines[0]
	require.Equal(t, []string{"k", "5"}, []string{l.Cover.ID, l.Cover.Version})
	require.Equal(t, []string{"Contract/p", "6"}, []string{l.Policy.Contract, l.Policy.Version})
	require.Equal(t, "InsurancePlan/plan", l.Plan.Key)
	require.Equal(t, "ChargeItemDefinition/item-a", l.Service.Key)
	require.Equal(t, "Contract/prices", l.Price.List.Key)
}

func TestRowsSumAndNameTheirReason(t *testing.T) {
	d := traced(t)
	var codes []string
	for _, r := range d.Lines[0].Rows(nil) {
		codes = append(codes, r.Code)
	}
	require.Equal(t, []string{
		"submitted", "disallowed", "price-reduction", "eligible", "deductible", "copay", "over-category", "over-ceiling",
		"benefit", "provider-liability", "member-liability", "eligpercent",
	}, codes)
	require.Equal(t, "80", rowOf(d.Lines[0].Rows(nil), "eligpercent").Value.String())
	require.Equal(t, NotInRegister, rowOf(d.Lines[2].Rows(nil), "disallowed").Reason)
	require.Equal(t, "431.00", rowOf(d.Totals.Rows(nil), "submitted").Amount.String())
	require.Equal(t, "21.00", rowOf(d.Totals.Rows(nil), "provider-liability").Amount.String())
}

func TestDecidingAgainFromTheBasisGivesTheSame(t *testing.T) {
	f := newFixture(t)
	f.register["A"] = "frequencyDays=30"
	f.plan = []string{"plan-limit id=c kind=ceiling scope=policy amount=150"}
	f.line("A", "1", "100").submit()
	f.dates = "2026-07-10"
	c := f.line("A", "1", "100").makeCase()
	first := Decide(c)
	again, err := first.Basis.Case(c.Claim, c.Scheme)
	require.NoError(t, err)
	require.Equal(t, first, Decide(again))
	require.Equal(t, c.Scheme.Digest(), first.Basis.Scheme)

	first.Basis.Heads[1].Data = []byte("no head")
	_, err = first.Basis.Case(c.Claim, c.Scheme)
	require.Error(t, err)
}
