package engine

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
)

func TestChecksDenyWithTheirReason(t *testing.T) {
	stay := `"billablePeriod":{"start":"2026-05-10","end":"2026-05-12"},`
	for name, c := range map[string]struct {
		change func(*fixture)
		denial Denial
	}{
		"nothing against it":               {func(f *fixture) {}, NotDenied},
		"no date":                          {func(f *fixture) { f.dates = "" }, NoTargetDate},
		"duplicate":                        {func(f *fixture) { f.dupe = "c0" }, Duplicate},
		"inactive member":                  {func(f *fixture) { f.member.Inactive = true }, MemberNotValid},
		"died before":                      {func(f *fixture) { f.member.Died = date("2026-05-09") }, MemberNotValid},
		"died that day":                    {func(f *fixture) { f.member.Died = date("2026-05-10") }, NotDenied},
		"cover not active":                 {func(f *fixture) { f.cover.Active = false }, NoCoverInForce},
		"cover ended":                      {func(f *fixture) { f.cover.Period.To = date("2026-05-09") }, NoCoverInForce},
		"cover ends that day":              {func(f *fixture) { f.cover.Period.To = date("2026-05-10") }, NotDenied},
		"policy not in force":              {func(f *fixture) { f.policy.InForce = false }, NoCoverInForce},
		"policy ended":                     {func(f *fixture) { f.policy.Period.To = date("2026-05-09") }, NoCoverInForce},
		"no contract, no matter":           {func(f *fixture) { f.policy.Contract, f.policy.InForce = "", false }, NotDenied},
		"cover of another insurer":         {func(f *fixture) { f.cover.Insurer = "Organization/other" }, NoCoverInForce},
		"unknown plan":                     {func(f *fixture) { f.cover.Plan = "NONE" }, PlanNotInForce},
		"not in the register":              {func(f *fixture) { f.lines = nil; f.line("Z", "1", "1") }, NotInRegister},
		"before the plan":                  {func(f *fixture) { f.dates = "2019-06-01"; f.old() }, PlanNotInForce},
		"not in the price list":            {func(f *fixture) { f.prices["A"] = "-" }, NotInPriceList},
		"in-patient service on one day":    {func(f *fixture) { f.register["A"] = "careType=in" }, WrongCareType},
		"the same, leniently":              {func(f *fixture) { f.register["A"] = "careType=in"; f.settings("careCheck=lenient") }, NotDenied},
		"in-patient service of a stay":     {func(f *fixture) { f.register["A"] = "careType=in"; f.claim = stay }, NotDenied},
		"out-patient service of a stay":    {func(f *fixture) { f.register["A"] = "careType=out"; f.claim = stay }, WrongCareType},
		"in-patient service, out-patients": {func(f *fixture) { f.register["A"], f.care, f.claim = "careType=in", "out", stay }, WrongCareType},
		"out-patient service, in-patients": {func(f *fixture) { f.register["A"], f.care = "careType=out", "in" }, WrongCareType},
		"a stay with out-patients only":    {func(f *fixture) { f.care, f.claim = "out", stay; f.settings("careCheck=lenient") }, WrongCareType},
		"for men":                          {func(f *fixture) { f.register["A"] = "sex=male" }, PatientCategory},
		"for women":                        {func(f *fixture) { f.register["A"] = "sex=female" }, NotDenied},
		"for men, sex not recorded":        {func(f *fixture) { f.register["A"] = "sex=male"; f.member.Sex = ledger.SexNotRecorded }, NotDenied},
		"for children":                     {func(f *fixture) { f.register["A"] = "ageGroup=child" }, PatientCategory},
		"for adults":                       {func(f *fixture) { f.register["A"] = "ageGroup=adult" }, NotDenied},
		"eighteen tomorrow":                {func(f *fixture) { f.register["A"] = "ageGroup=adult"; f.member.Birth = date("2008-05-11") }, PatientCategory},
		"eighteen today":                   {func(f *fixture) { f.register["A"] = "ageGroup=adult"; f.member.Birth = date("2008-05-10") }, NotDenied},
		"adult at sixteen": {func(f *fixture) {
			f.register["A"] = "ageGroup=adult"
			f.member.Birth = date("2010-05-10")
			f.settings("adultAge=16")
		}, NotDenied},
		"excluded":                      {func(f *fixture) { f.plan = []string{"plan-benefit item=A excluded=true"} }, NotCovered},
		"no benefit for the visit":      {func(f *fixture) { f.plan = []string{"plan-benefit kind=coinsurance percent=100 visitType=emergency"} }, NotCovered},
		"waiting, new cover":            {func(f *fixture) { f.cover.Stage = ledger.New; f.waiting(5) }, InWaitingPeriod},
		"waited, new cover":             {func(f *fixture) { f.cover.Stage = ledger.New; f.waiting(4) }, NotDenied},
		"renewals do not wait":          {func(f *fixture) { f.waiting(12) }, NotDenied},
		"late joiners wait":             {func(f *fixture) { f.cover.Period.From = date("2026-05-01"); f.waiting(1) }, InWaitingPeriod},
		"maximum of nothing":            {func(f *fixture) { f.plan = []string{"plan-benefit kind=coinsurance percent=100 maxQuantity=0"} }, QuantityExceeded},
		"no claims of the category":     {func(f *fixture) { f.plan = []string{"plan-category-limit category=visit maxCount=0"} }, MaxVisits},
		"no claims of another category": {func(f *fixture) { f.plan = []string{"plan-category-limit category=surgery maxCount=0"} }, NotDenied},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			change := *f
			c.change(&change)
			if change.lines == nil {
				change.line("A", "1", "100")
			}
			d := change.decide()
			require.Equal(t, []string{c.denial.Code()}, denied(d))
			require.Equal(t, Complete, d.Outcome)
			if c.denial == NotDenied {
				require.Equal(t, Approved, d.State)
				return
			}
			l := d.Lines[0]
			require.Equal(t, Rejected, d.State)
			require.Empty(t, d.Entries)
			require.True(t, l.Disallowed.Equal(l.Submitted))
			require.Equal(t, []string{c.denial.Display() + "."}, d.Notes)
			require.Equal(t, []int{1}, l.Notes)
		})
	}
}

// old lets the cover and the policy reach back before the plan and the register.
func (f *fixture) old() {
	f.cover.Period.From, f.policy.Period.From = date("2019-01-01"), date("2019-01-01")
}

func (f *fixture) settings(parts string) { f.plan = append(f.plan, "plan-settings "+parts) }

func (f *fixture) waiting(months int) {
	f.plan = []string{"plan-benefit kind=coinsurance percent=100 waitingMonths=" + strconv.Itoa(months)}
}

func TestUnknownPartiesAreFaults(t *testing.T) {
	f := newFixture(t)
	f.claim = `"insurer":{"reference":"Organization/none"},"provider":{"identifier":{"system":"urn:org","value":"none"}},`
	c := f.line("A", "1", "100").makeCase()
	c.Member = nil
	d := Decide(c)
	require.Equal(t, Failed, d.Outcome)
	require.Empty(t, d.Lines)
	require.Empty(t, d.Entries)
	var found []string
	for _, fault := range d.Faults {
		found = append(found, string(fault.Code)+" "+fault.Expression)
	}
	require.Equal(t, []string{"member-unknown Claim.patient", "insurer-unknown Claim.insurer", "provider-unknown Claim.provider"}, found)
}

func TestPartiesAreFoundByIdentifier(t *testing.T) {
	f := newFixture(t)
	f.claim = `"contained":[{"resourceType":"Organization","id":"o","identifier":[{"system":"urn:org","value":"F"}]}],
		"insurer":{"identifier":{"system":"urn:org","value":"I"}},"provider":{"reference":"#o"},`
	d := f.line("A", "1", "100").decide()
	require.Equal(t, "Organization/ins", d.Insurer.Key)
	require.Equal(t, "Organization/fac", d.Facility.Key)
}

func TestAnInsurerAsProviderIsNoFacility(t *testing.T) {
	f := newFixture(t)
	f.claim = `"provider":{"identifier":{"system":"urn:org","value":"I"}},`
	require.Equal(t, UnknownProvider, f.line("A", "1", "100").decide().Faults[0].Code)
}

func TestWrongCurrencyIsAFaultOfTheLine(t *testing.T) {
	f := newFixture(t)
	d := f.line("A", "1", "100").rawLine("A", `"unitPrice":{"value":5,"currency":"KES"}`).decide()
	require.Equal(t, Failed, d.Outcome)
	require.Equal(t, []Fault{{Code: WrongCurrency, Sequence: 2, Expression: "Claim.item[1]", Text: WrongCurrency.Display()}}, d.Faults)
}

func TestLinesAreDecidedInTheOrderOfTheirSequence(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit kind=ceiling scope=claim amount=150"}
	f.lines = []string{
		`{"sequence":2,"productOrService":{"coding":[{"system":"urn:reg","code":"B"}]},"servicedDate":"2026-05-10"}`,
		`{"sequence":1,"productOrService":{"coding":[{"system":"urn:reg","code":"A"}]},"servicedDate":"2026-05-10"}`,
	}
	d := f.decide()
	require.EqualValues(t, 1, d.Lines[0].Item.Sequence)
	require.Equal(t, 1, d.Lines[0].Item.Index)
	require.Equal(t, []string{"100.00", "50.00"}, paid(d))
}

func TestTheFirstCodeThatIsInTheRegisterCounts(t *testing.T) {
	f := newFixture(t)
	f.lines = []string{`{"sequence":1,"productOrService":{"coding":[{"system":"urn:local","code":"17"},{"system":"urn:reg","code":"B"}]},"servicedDate":"2026-05-10"}`}
	require.Equal(t, "urn:reg|B", f.decide().Lines[0].Service.ID)
}

func TestManualReviewMakesTheDecisionProvisional(t *testing.T) {
	for name, change := range map[string]func(*fixture){
		ReviewByService.Code(): func(f *fixture) { f.register["A"] = "manualReview=true" },
		ReviewByPlan.Code():    func(f *fixture) { f.settings("manualReview=true") },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			change(f)
			f.plan = append(f.plan, "plan-limit id=l kind=ceiling scope=member amount=150")
			d := f.line("A", "1", "100").submit()
			require.Equal(t, Partial, d.Outcome)
			require.Equal(t, AwaitingReview, d.State)
			require.Equal(t, name, d.Lines[0].Review.Code())
			require.Equal(t, ledger.Reserved, d.Entries[0].Kind)
			require.Equal(t, []string{"50.00"}, paid(f.line("B", "1", "100").decide()), "what is provisional is reserved")
		})
	}
}

func TestVisitTypeAndAgeChooseTheBenefit(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{
		"plan-benefit kind=coinsurance percent=10",
		"plan-benefit kind=coinsurance percent=20 ageGroup=child",
		"plan-benefit kind=coinsurance percent=30 visitType=emergency",
		"plan-benefit kind=coinsurance percent=40 visitType=emergency ageGroup=child",
		"plan-benefit kind=coinsurance percent=50 category=surgery",
		"plan-benefit kind=coinsurance percent=60 item=B",
	}
	f.register["B"], f.register["C"] = "category=surgery", "category=surgery"
	require.Equal(t, []string{"10.00", "60.00", "50.00"}, paid(f.line("A", "1", "100").line("B", "1", "100").line("C", "1", "100").decide()))
	f.claim = `"supportingInfo":[{"sequence":1,"category":{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/claim-information","code":"visit-type"}]},"code":{"coding":[{"code":"emergency"}]}}],`
	require.Equal(t, []string{"30.00", "60.00", "50.00"}, paid(f.decide()))
	f.account.member.Birth = date("2020-01-01")
	require.Equal(t, []string{"40.00", "60.00", "50.00"}, paid(f.decide()))
}

func TestClaimCategoryIsTheFirstOfItsServices(t *testing.T) {
	for name, c := range map[string]struct {
		a, b, claim string
		want        scheme.Category
	}{
		"items alone":            {"kind=item", "kind=item", "", scheme.Visit},
		"services without":       {"", "", "", scheme.Visit},
		"consultation and other": {"category=other", "category=consultation", "", scheme.Consultation},
		"delivery and surgery":   {"category=delivery", "category=surgery", "", scheme.Surgery},
		"a stay":                 {"category=consultation", "", `"billablePeriod":{"start":"2026-05-10","end":"2026-05-12"},`, scheme.Hospitalisation},
		"surgery in a stay":      {"category=surgery", "", `"billablePeriod":{"start":"2026-05-10","end":"2026-05-12"},`, scheme.Surgery},
		"an item's is its own":   {"kind=item category=surgery", "category=other", "", scheme.OtherCare},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.register["A"], f.register["B"], f.claim = c.a, c.b, c.claim
			require.Equal(t, c.want, f.line("A", "1", "1").line("B", "1", "1").decide().Lines[0].Category)
		})
	}
}
