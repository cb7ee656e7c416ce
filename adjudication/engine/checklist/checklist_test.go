package checklist

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/scheme"
	"claimwright/conformance"
	"claimwright/fhir/codec"
)

func TestThePublishedChecksAreUpToDate(t *testing.T) {
	published := map[string]string{}
	for name, body := range conformance.Definitions() {
		if strings.HasPrefix(name, "PlanDefinition-check-") {
			published[name] = string(body)
		}
	}
	made := map[string]string{}
	for _, check := range Published() {
		name, body, err := Definition(check)
		require.NoError(t, err)
		made[name] = string(body)
		_, issues := codec.Parse(body, codec.Limits{})
		require.Empty(t, issues, name)
	}
	require.Equal(t, slices.Sorted(maps.Keys(published)), slices.Sorted(maps.Keys(made)))
	for name := range made {
		require.Equal(t, published[name], made[name], "run go generate ./adjudication/engine/checklist: %s", name)
	}
}

// Every check that is published is made exactly once, in whatever order, but for those that packages of other kinds raise.
func TestEveryCheckIsInTheOrder(t *testing.T) {
	for order := scheme.DefaultOrder; order <= scheme.FrequencyLast; order++ {
		p := &scheme.Practice{ServiceChecks: order}
		made := slices.DeleteFunc(engine.CheckOrder(p, false), func(d engine.Denial) bool { return d == engine.ByRule })
		slices.Sort(made)
		require.Equal(t, Published(), made)
	}
}

func compiled(t *testing.T, plan, organization string, rules ...string) *scheme.Scheme {
	var docs []*codec.Document
	for _, text := range append([]string{
		`{"resourceType":"Organization","id":"ins","active":true,"name":"I","type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/organization-type","code":"ins"}]}],"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/timezone","valueCode":"Africa/Nairobi"},
			{"url":"https://claimwright.org/fhir/StructureDefinition/currency","valueCode":"KES"}` + organization + `]}`,
		`{"resourceType":"InsurancePlan","id":"gold","status":"active","name":"Gold","identifier":[{"value":"GOLD"}],"ownedBy":{"reference":"Organization/ins"},"period":{"start":"2020-01-01"}` + plan + `}`,
	}, rules...) {
		doc, issues := codec.Parse([]byte(text), codec.Limits{})
		require.Empty(t, issues)
		docs = append(docs, doc)
	}
	sch, issues := scheme.Compile(docs)
	require.Empty(t, issues)
	return sch
}

func setting(parts string) string {
	return `{"url":"https://claimwright.org/fhir/StructureDefinition/check-setting","extension":[` + parts + `]}`
}

func rule(id, code, members string) string {
	return `{"resourceType":"PlanDefinition","id":"` + id + `","status":"active"` + members + `,"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/plan-definition-type","code":"eca-rule"}]},
		"action":[{"description":"d","code":[{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/rule-action","code":"` + code + `"}]}],
		"condition":[{"kind":"applicability","expression":{"language":"text/cel","expression":"true"}}]}]}`
}

func TestOneList(t *testing.T) {
	scope := `,"useContext":[{"code":{"system":"https://claimwright.org/fhir/CodeSystem/rule-scope","code":"plan"},"valueCodeableConcept":{"coding":[{"code":"SILVER"}]}}]`
	sch := compiled(t,
		`,"extension":[`+setting(`{"url":"check","valueCode":"frequency"},{"url":"action","valueCode":"review"}`)+`]`,
		`,`+setting(`{"url":"check","valueCode":"late-submission"},{"url":"days","valueUnsignedInt":90}`),
		rule("b-note", "note", ""), rule("a-reject", "reject", ""), rule("c-silver", "reject", scope))
	insurer := sch.Insurer("Organization/ins")
	require.NotNil(t, insurer)
	plan := sch.Plan("Organization/ins", "GOLD", day.Of(2026, 5, 10))
	require.NotNil(t, plan)

	list := Of(sch, insurer, plan)
	places := map[string]int{}
	for i, e := range list {
		if e.Rule != nil {
			places[e.Rule.Key] = i
		} else {
			places[e.Check.Code()] = i
		}
	}
	require.Less(t, places["frequency"], places["PlanDefinition/a-reject"])
	require.Less(t, places["PlanDefinition/a-reject"], places["quantity-limit"])
	require.Equal(t, len(list)-1, places["PlanDefinition/b-note"])
	require.NotContains(t, places, "PlanDefinition/c-silver", "for another plan")
	require.Equal(t, ByPlan, list[places["frequency"]].SetBy)
	require.Equal(t, "review", list[places["frequency"]].Setting.ActionCode())
	late := list[places["late-submission"]]
	require.Equal(t, ByInsurer, late.SetBy)
	require.False(t, late.Setting.Off)
	require.EqualValues(t, 90, late.Setting.Days)
	require.Equal(t, ByDefault, list[places["duplicate"]].SetBy)
	require.Nil(t, list[places["claim-not-found"]].Setting)
}
