package engine

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// because marks a line with the reason of a price above the agreed one.
func because(reason string) string {
	return `"extension":[{"url":"https://claimwright.org/fhir/StructureDefinition/price-override","extension":[{"url":"reason","valueString":"` + reason + `"}]}]`
}

func TestAPriceAboveTheListedOne(t *testing.T) {
	const (
		counts   = "Line 1: a price above the agreed one counts: rare implant"
		refused  = "Line 1: the price list does not let a price above its own count."
		provider = "plan-benefit kind=coinsurance percent=100 priceOrigin=provider"
	)
	marked := because("rare implant")
	for name, c := range map[string]struct {
		price, plan, elements string
		paid, unit, note      string
		overridden            bool
	}{
		"without a mark":                      {"100 price-override allowed=true", "", unit("150"), "100.00", "100", "", false},
		"without a bound":                     {"100 price-override allowed=true", "", unit("150") + "," + marked, "150.00", "150", counts, true},
		"up to a maximum":                     {"100 price-override allowed=true maximum=130", "", unit("150") + "," + marked, "130.00", "130", counts, true},
		"below the maximum":                   {"100 price-override allowed=true maximum=130", "", unit("120") + "," + marked, "120.00", "120", counts, true},
		"a maximum below the list":            {"100 price-override allowed=true maximum=80", "", unit("150") + "," + marked, "100.00", "100", counts, true},
		"up to a percentage":                  {"100 price-override allowed=true percent=12.5", "", unit("150") + "," + marked, "112.50", "112.500", counts, true},
		"by units":                            {"100 price-override allowed=true percent=10", "", `"quantity":{"value":3},` + unit("150") + "," + marked, "330.00", "110", counts, true},
		"as a net amount":                     {"100 price-override allowed=true maximum=130", "", net("150") + "," + marked, "130.00", "130", counts, true},
		"not allowed":                         {"100 price-override allowed=false", "", unit("150") + "," + marked, "100.00", "100", refused, false},
		"not spoken of":                       {"100", "", unit("150") + "," + marked, "100.00", "100", refused, false},
		"not needed":                          {"100 price-override allowed=true", "", unit("90") + "," + marked, "90.00", "90", "", false},
		"of the provider's own":               {"100 price-override allowed=true maximum=130", provider, unit("150") + "," + marked, "150.00", "150", "", false},
		"of the register's price":             {"register price-override allowed=true percent=100", "", unit("150") + "," + marked, "140.00", "140.00", counts, true},
		"under a practice that pays the list": {"100 price-override allowed=true maximum=130", "plan-settings profile=legacy", unit("90") + "," + marked, "100.00", "100", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			if f.prices["A"] = c.price; c.plan != "" {
				f.plan = []string{c.plan}
			}
			d := f.rawLine("A", c.elements).decide()
			l := &d.Lines[0]
			require.Equal(t, []string{c.paid}, paid(d))
			require.Equal(t, c.overridden, l.Overridden)
			require.Zero(t, l.Unit.Cmp(decimal(c.unit)), l.Unit.String())
			if c.note == "" {
				require.NotContains(t, strings.Join(d.Notes, " "), "above")
				return
			}
			require.Contains(t, d.Notes, c.note)
			require.False(t, strings.Contains(c.note, "counts") && l.Paid.Cmp(l.Submitted) > 0)
		})
	}
}

func TestTheBoundOfAnOverrideIsAPriceLikeTheListedOne(t *testing.T) {
	f := newFixture(t)
	f.prices["A"], f.prices["B"] = "100 price-override allowed=true maximum=130", "100 price-override allowed=true percent=30"
	f.components["A"] = component("surcharge", "50", `"factor":0.5`) + component("tax", "", `"factor":0.1`)
	f.components["B"] = f.components["A"]
	line := modified("50") + "," + unit("500") + "," + because("x")
	require.Equal(t, []string{"214.50", "214.50"}, paid(f.rawLine("A", line).rawLine("B", line).decide()), "130 × 1.5 × 1.1")
}

func TestAReviewersPriceGoesBeforeAnOverride(t *testing.T) {
	f := newFixture(t)
	f.prices["A"] = "100 price-override allowed=true"
	k := f.rawLine("A", unit("150")+","+because("x")).makeCase()
	k.Review = &ReviewResult{Lines: []LineReview{{Sequence: 1, Unit: decimal("110"), HasUnit: true}}}
	require.Equal(t, []string{"110.00"}, paid(Decide(k)))
}

func TestTheReasonOfAnOverride(t *testing.T) {
	of := func(parts string) string {
		return `,"extension":[{"url":"https://claimwright.org/fhir/StructureDefinition/price-override","extension":[` + parts + `]}]`
	}
	for name, c := range map[string]struct{ line, expression, found string }{
		"blank":       {of(`{"url":"reason","valueString":"."}`), "", ""},
		"none":        {of(`{"url":"reason","valueCode":"x"}`), "Claim.item[0].extension[0]", "0 characters"},
		"too long":    {of(`{"url":"reason","valueString":"` + strings.Repeat("é", 201) + `"}`), "Claim.item[0].extension[0]", "201 characters"},
		"long enough": {of(`{"url":"reason","valueString":"` + strings.Repeat("é", 200) + `"}`), "", ""},
		"a list's":    {of(`{"url":"reason","valueString":"x"},{"url":"allowed","valueBoolean":true}`), "Claim.item[0].extension[0].extension[1]", "allowed"},
		"another's":   {`,"extension":[{"url":"urn:x","valueString":"x"}]`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			doc, issues := codec.Parse([]byte(claimWith("", c.line)), codec.Limits{})
			require.Empty(t, issues)
			_, issues = ReadClaim(doc)
			if c.expression == "" {
				require.Empty(t, issues)
				return
			}
			require.Len(t, issues, 1)
			require.Equal(t, []string{outcome.BusinessRule, c.expression, c.found}, []string{issues[0].Code, issues[0].Expression, issues[0].Found})
		})
	}
}
