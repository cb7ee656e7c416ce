package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
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

// response wraps the extensions in a ClaimResponse and parses it.
func response(t *testing.T, d *Decision) codec.Value {
	t.Helper()
	w := codec.NewWriter(nil)
	w.Object("")
	w.String("resourceType", "ClaimResponse")
	w.Array("extension")
	d.WriteBasis(w)
	w.End()
	w.String("status", "active")
	w.Raw("type", []byte(`{"text":"professional"}`))
	w.String("use", "claim")
	w.Raw("patient", []byte(`{"reference":"Patient/m"}`))
	w.String("created", "2026-06-01")
	w.Raw("insurer", []byte(`{"reference":"Organization/ins"}`))
	w.String("outcome", string(d.Outcome))
	w.Array("item")
	for i := range d.Lines {
		w.Object("")
		w.Array("extension")
		d.WriteTrace(w, &d.Lines[i])
		w.End()
		w.Int("itemSequence", d.Lines[i].Item.Sequence)
		w.Raw("adjudication", []byte(`[{"category":{"text":"x"}}]`))
		w.End()
	}
	w.End()
	w.End()
	doc, issues := codec.Parse(w.Bytes(), codec.Limits{})
	require.Empty(t, issues, string(w.Bytes()))
	return doc.Root()
}

func TestTraceConformsToItsDefinition(t *testing.T) {
	d := traced(t)
	root := response(t, d)
	allowed := slicesOf(t, "adjudication-trace")
	for item := range root.Field("item").Each() {
		trace := item.Field("extension").Index(0)
		require.Equal(t, TraceExtension, trace.Field("url").Text())
		conforms(t, allowed, "", trace)
	}
	basis := root.Field("extension").Index(0)
	require.Equal(t, BasisExtension, basis.Field("url").Text())
	conforms(t, slicesOf(t, "adjudication-basis"), "", basis)
}

func TestTraceTellsTheCutsAndTheLedger(t *testing.T) {
	d := traced(t)
	first := response(t, d).Field("item").Index(0).Field("extension").Index(0)
	require.Equal(t, "330.00", part(first, "gross").Field("valueMoney").Field("value").Text())
	require.Equal(t, "2", part(first, "quantity").Field("valueDecimal").Text())
	require.Equal(t, "2026-05-10", part(first, "targetDate").Field("valueDate").Text())
	require.Equal(t, "service-review", part(first, "review").Field("valueCode").Text())

	var cuts []string
	for cut := range each(first, "cut") {
		cuts = append(cuts, part(cut, "kind").Field("valueCode").Text()+" "+part(cut, "bearer").Field("valueCode").Text()+" "+
			part(cut, "rule").Field("valueString").Text()+" "+part(cut, "amount").Field("valueMoney").Field("value").Text())
	}
	require.Equal(t, []string{
		"disallowed member benefit/all 110.00", "price-reduction provider Contract/prices 20.00", "deductible member d 10.00",
		"copay member benefit/all 38.00", "over-category member category:consultation 82.00", "over-ceiling member c 10.00",
	}, cuts)

	var limits []string
	for limit := range each(first, "limit") {
		limits = append(limits, part(limit, "kind").Field("valueCode").Text())
	}
	require.Equal(t, []string{"frequency", "category-count", "quantity", "deductible", "category-amount", "ceiling"}, limits)
	for limit := range each(first, "limit") {
		if part(limit, "id").Field("valueString").Text() == "c" {
			require.Equal(t, "0.00", part(limit, "before").Field("valueMoney").Field("value").Text())
			require.Equal(t, "60.00", part(limit, "after").Field("valueMoney").Field("value").Text())
			require.True(t, part(limit, "binding").Field("valueBoolean").Bool())
		}
	}

	var roles []string
	for source := range each(first, "source") {
		roles = append(roles, part(source, "role").Field("valueCode").Text()+" "+part(source, "what").Field("valueReference").Field("reference").Text())
	}
	require.Equal(t, []string{
		"insurer Organization/ins", "facility Organization/fac", "cover Coverage/k", "policy Contract/p", "plan InsurancePlan/plan",
		"register ChargeItemDefinition/item-a", "price-list Contract/prices",
	}, roles)
}

func each(extension codec.Value, url string) func(func(codec.Value) bool) {
	return func(yield func(codec.Value) bool) {
		for sub := range extension.Field("extension").Each() {
			if sub.Field("url").Text() == url && !yield(sub) {
				return
			}
		}
	}
}

func part(extension codec.Value, url string) codec.Value {
	for sub := range each(extension, url) {
		return sub
	}
	return codec.Value{}
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
