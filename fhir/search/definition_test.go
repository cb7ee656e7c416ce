package search

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/registry"
	"claimwright/fhir/search/expression"
)

// defined reads an active SearchParameter from the parts that matter.
func defined(t testing.TB, code, kind, base, expr, more string) (*Definition, []string) {
	t.Helper()
	d, issues := Define(parameterDocument(t, code, kind, base, expr, more))
	var texts []string
	for _, i := range issues {
		texts = append(texts, fmt.Sprintf("%s: %s, not %q", i.Expression, i.Text, i.Found))
	}
	return d, texts
}

func parameterDocument(t testing.TB, code, kind, base, expr, more string) *codec.Document {
	t.Helper()
	return document(t, fmt.Sprintf(`{"resourceType":"SearchParameter","url":"http://example.org/SearchParameter/%s-%s","name":"x","status":"active",
		"description":"x","code":%q,"base":[%q],"type":%q,"expression":%q%s}`, base, code, code, base, kind, expr, more))
}

// custom is a Custom of one definition.
func custom(t testing.TB, code, kind, base, expr string) *Custom {
	t.Helper()
	d, issues := defined(t, code, kind, base, expr, "")
	require.Empty(t, issues)
	require.NotNil(t, d)
	c, clashes := NewCustom([]*Definition{d})
	require.Empty(t, clashes)
	return c
}

// TestElementsAreThoseOfTheDefinitions: what is found out of an element at run time is what the generator found out from
// R4's StructureDefinitions, for every parameter of R4 that looks at elements alone.
func TestElementsAreThoseOfTheDefinitions(t *testing.T) {
	looked := 0
	for _, resourceType := range registry.Types() {
		for _, p := range registry.Params(resourceType) {
			if p.Type == registry.Composite || p.Type == registry.Special || p.Expression == "" || p.Name == "_id" {
				continue
			}
			paths, err := expression.Parse(p.Expression)
			require.NoError(t, err)
			for i, path := range paths {
				convertible := slices.DeleteFunc(slices.Clone(p.Leaves[i].Types), func(name string) bool { return converterOf(p.Type, name) == nil })
				if path.Truth || len(convertible) == 0 {
					continue
				}
				w := &way{resourceType: resourceType, kind: p.Type, visited: new(int)}
				ends, fault := w.follow(path.Steps)
				require.Nil(t, fault, "%s of %s", p.Name, resourceType)
				if path.Steps[len(path.Steps)-1].URL != "" {
					require.Subset(t, ends[0].leaf.Types, convertible, "%s of %s", p.Name, resourceType)
					continue
				}
				require.Len(t, ends, 1)
				require.ElementsMatch(t, convertible, ends[0].leaf.Types, "%s of %s", p.Name, resourceType)
				require.Equal(t, p.Leaves[i].Choice, ends[0].leaf.Choice, "%s of %s", p.Name, resourceType)
				require.Equal(t, p.Leaves[i].Binding, ends[0].leaf.Binding, "%s of %s", p.Name, resourceType)
				looked++
			}
		}
	}
	require.Greater(t, looked, 1000)
}

func TestDefine(t *testing.T) {
	const eob = "ExplanationOfBenefit"
	serviced := func(as string) expression.Step { return expression.Step{Name: "serviced", As: as, Index: -1} }
	step := func(name string) expression.Step { return expression.Step{Name: name, Index: -1} }
	tests := []struct {
		name, kind, base, expression string
		want                         [][]expression.Step
		types                        [][]string
	}{
		{"element", "date", eob, eob + ".billablePeriod", [][]expression.Step{{step("billablePeriod")}}, [][]string{{"Period"}}},
		{"part of a data type", "date", eob, eob + ".billablePeriod.start", [][]expression.Step{{step("billablePeriod"), step("start")}}, [][]string{{"dateTime"}}},
		{"choice", "date", eob, eob + ".item.serviced", [][]expression.Step{{step("item"), step("serviced")}}, [][]string{{"date", "Period"}}},
		{"choice of one type", "date", eob, eob + ".item.serviced.ofType(date)", [][]expression.Step{{step("item"), serviced("date")}}, [][]string{{"date"}}},
		{"through a choice of one type", "date", eob, eob + ".item.serviced.ofType(Period).start",
			[][]expression.Step{{step("item"), serviced("Period"), step("start")}}, [][]string{{"dateTime"}}},
		{"through a choice", "date", eob, eob + ".item.serviced.start", [][]expression.Step{{step("item"), serviced("Period"), step("start")}}, [][]string{{"dateTime"}}},
		{"as JSON names a choice", "date", eob, eob + ".item.servicedDate | " + eob + ".item.servicedPeriod.start",
			[][]expression.Step{{step("item"), serviced("date")}, {step("item"), serviced("Period"), step("start")}}, [][]string{{"date"}, {"dateTime"}}},
		{"without a root", "token", eob, "type", [][]expression.Step{{step("type")}}, [][]string{{"CodeableConcept"}}},
		{"of every resource", "uri", "Resource", "Resource.implicitRules", [][]expression.Step{{step("implicitRules")}}, [][]string{{"uri"}}},
		{"backbone used again", "number", "Claim", "Claim.item.detail.subDetail.sequence",
			[][]expression.Step{{step("item"), step("detail"), step("subDetail"), step("sequence")}}, [][]string{{"positiveInt"}}},
		{"type that it has anyhow", "date", "Patient", "Patient.birthDate as date", [][]expression.Step{{step("birthDate")}}, [][]string{{"date"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, issues := defined(t, "mine", tt.kind, tt.base, tt.expression, "")
			require.Empty(t, issues)
			require.NotNil(t, d)
			p := d.params[0]
			require.Len(t, p.paths, len(tt.want))
			for i := range tt.want {
				require.Equal(t, tt.want[i], p.paths[i].Steps)
				require.Equal(t, tt.types[i], p.Leaves[i].Types)
			}
		})
	}
}

// TestDefineNothing: what says no more than R4, and what is not active, defines nothing and is no fault.
func TestDefineNothing(t *testing.T) {
	for name, body := range map[string]string{
		"draft":    `"url":"http://x","status":"draft","code":"a","base":["Claim"],"type":"token","expression":"nonsense("`,
		"retired":  `"url":"http://x","status":"retired","code":"a","base":["Claim"],"type":"token","expression":"nonsense("`,
		"R4's own": `"url":"http://hl7.org/fhir/SearchParameter/Claim-care-team","status":"active","code":"care-team","base":["Claim"],"type":"reference","expression":"nonsense("`,
		"R4's own once more": `"url":"http://x","status":"active","code":"identifier","base":["ExplanationOfBenefit"],"type":"token",
			"expression":"ExplanationOfBenefit.identifier"`,
		"derived from R4's own": `"url":"http://x","status":"active","code":"patient","base":["Claim"],"type":"reference",
			"derivedFrom":"http://hl7.org/fhir/SearchParameter/Claim-patient","expression":"Claim.patient.where(resolve() is Patient)"`,
		"R4's own of all": `"url":"http://x","status":"active","code":"_lastUpdated","base":["Resource"],"type":"date","expression":"Resource.meta.lastUpdated"`,
	} {
		t.Run(name, func(t *testing.T) {
			d, issues := Define(document(t, `{"resourceType":"SearchParameter","name":"x","description":"x",`+body+`}`))
			require.Nil(t, d)
			require.Empty(t, issues)
		})
	}
}

func TestDefineRefuses(t *testing.T) {
	tests := []struct{ name, code, kind, base, expression, more, want string }{
		{"function", "a", "token", "Claim", "Claim.item.first()", "", "SearchParameter.expression: the expression is beyond"},
		{"element", "a", "token", "Claim", "Claim.prioritty", "", "Claim has no element prioritty"},
		{"element of a part", "a", "token", "Claim", "Claim.item.colour", "", "Claim.item has no element colour"},
		{"choice", "a", "date", "Claim", "Claim.item.serviced.ofType(Coding)", "", "serviced of Claim.item cannot be of this type"},
		{"type of value", "a", "number", "Claim", "Claim.patient", "", "a number parameter finds no values"},
		{"into a primitive", "a", "token", "Claim", "Claim.created.extension('http://x').value", "", "cannot look into dateTime"},
		{"into another resource", "a", "token", "Claim", "Claim.contained.name", "", "cannot look into Resource"},
		{"composite without parts", "a", "composite", "Claim", "Claim.item", "", "SearchParameter.component: a composite has two parts"},
		{"composite of another definition", "a", "composite", "Claim", "Claim.item", `,"component":[{"definition":"http://x","expression":"sequence"}]`,
			"SearchParameter.component[0].definition: a part must be defined"},
		{"composite that begins with a date", "a", "composite", "Claim", "Claim.item", `,"component":[{"definition":"http://hl7.org/fhir/SearchParameter/Claim-created","expression":"serviced"}]`,
			"SearchParameter.component[0].definition: the first part"},
		{"composite of no element", "a", "composite", "Claim", "Claim.item", `,"component":[{"definition":"http://hl7.org/fhir/SearchParameter/Claim-use","expression":"colour"}]`,
			"SearchParameter.component[0].expression: Claim.item has no element colour"},
		{"composite of a primitive", "a", "composite", "Claim", "Claim.use", "", "compares parts of an element"},
		{"special", "a", "special", "Claim", "Claim.use", "", "SearchParameter.type: search parameters of this type"},
		{"distance", "a", "token", "Claim", "Claim.use", `,"xpathUsage":"distance"`, "SearchParameter.xpathUsage"},
		{"code with a dot", "a.b", "token", "Claim", "Claim.use", "", "SearchParameter.code"},
		{"code of a result", "_count", "token", "Claim", "Claim.use", "", "SearchParameter.code"},
		{"another root", "a", "token", "Claim", "Patient.gender", "", "starts with a type that base does not list"},
		{"truth", "a", "token", "Patient", "Patient.deceased.exists() and Patient.deceased != false", "", "must lead to elements"},
		{"R4's name for something else", "use", "token", "Claim", "Claim.priority", "", "looks at other elements"},
		{"R4's name for another type", "use", "string", "Claim", "Claim.use", "", "SearchParameter.type: R4's own use"},
		{"filter", "a", "token", "Claim", "Claim.identifier.where(colour='red')", "", "where() looks at an element"},
		{"resolved code", "a", "token", "Claim", "Claim.use.where(resolve() is Patient)", "", "only a Reference can be resolved"},
		{"long path", "a", "token", "Claim", "Claim" + strings.Repeat(".extension('u')", 30), "", "too many steps"},
		{"long expression", "a", "token", "Claim", strings.Repeat("Claim.use | ", 500) + "Claim.use", "", "too long"},
		{"references and urls", "a", "reference", "Library", "Library.subject.as(Reference) | Library.url", "", "either at references or at urls"},
		{"many choices", "a", "token", "Claim", "Claim.extension" + strings.Repeat(".value.extension", 8) + ".value.code", "", "too many elements"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, issues := defined(t, tt.code, tt.kind, tt.base, tt.expression, tt.more)
			require.Nil(t, d)
			require.NotEmpty(t, issues)
			require.Contains(t, issues[0], tt.want)
		})
	}
	t.Run("no expression", func(t *testing.T) {
		_, issues := Define(document(t, `{"resourceType":"SearchParameter","url":"http://x","name":"x","description":"x","status":"active","code":"a","base":["Claim"],"type":"token"}`))
		require.Equal(t, "SearchParameter.expression", issues[0].Expression)
	})
}

func TestClashes(t *testing.T) {
	define := func(code, base, expr string) *Definition {
		d, issues := defined(t, code, "token", base, expr, "")
		require.Empty(t, issues)
		return d
	}
	first := define("mine", "Claim", "Claim.priority")
	all := define("mine", "DomainResource", "DomainResource.language")
	c, clashes := NewCustom([]*Definition{first, all, first})
	require.Len(t, clashes, 2)
	require.Equal(t, "SearchParameter.code", clashes[0].Issue.Expression)
	require.Equal(t, "SearchParameter.url", clashes[1].Issue.Expression)
	require.Equal(t, []*Definition{first}, c.Definitions())

	none, clashes := NewCustom(nil)
	require.Nil(t, none)
	require.Empty(t, clashes)
	require.Nil(t, none.Offering(nil))

	var many []*Definition
	for i := range MaxCustom + 1 {
		many = append(many, define(fmt.Sprintf("c%d", i), registry.Types()[i%40], "meta.tag"))
	}
	c, clashes = NewCustom(many)
	require.Len(t, clashes, 1)
	require.Len(t, c.Definitions(), MaxCustom)
}

// FuzzDefine: whatever a SearchParameter says, reading it ends, and what it defines can be used.
func FuzzDefine(f *testing.F) {
	f.Add("service-date", "date", "ExplanationOfBenefit", "ExplanationOfBenefit.item.serviced.ofType(Period).start", "Patient")
	f.Add("x", "token", "DomainResource", "DomainResource.extension('http://x').value as Coding", "Any")
	f.Add("x", "reference", "Resource", "Claim.patient | %resource.contained", "")
	f.Add("x", "string", "Claim", "extension.value.extension.value.extension.value", "")
	doc := document(f, `{"resourceType":"ExplanationOfBenefit","language":"en","extension":[{"url":"http://x","valueCoding":{"code":"a"}}],"status":"active",
		"type":{"text":"x"},"use":"claim","patient":{"reference":"Patient/1"},"created":"2026-01-01","insurer":{"reference":"Organization/1"},
		"provider":{"reference":"Organization/1"},"outcome":"complete","insurance":[{"focal":true,"coverage":{"reference":"Coverage/1"}}]}`)
	f.Fuzz(func(t *testing.T, code, kind, base, expr, target string) {
		body, err := json.Marshal(map[string]any{
			"resourceType": "SearchParameter", "url": "http://example.org/x", "name": "x", "status": "active", "description": "x",
			"code": code, "type": kind, "base": []string{base}, "expression": expr, "target": []string{target},
		})
		require.NoError(t, err)
		parsed, issues := codec.Parse(body, codec.Limits{})
		if len(issues) > 0 {
			return
		}
		d, issues := Define(parsed)
		require.False(t, d != nil && len(issues) > 0)
		if d == nil {
			return
		}
		c, clashes := NewCustom([]*Definition{d})
		require.Empty(t, clashes)
		e := Extractor{Custom: c}
		first, again := e.Extract(doc), e.Extract(doc)
		require.Equal(t, first, again)
		_ = e.References(doc)
		if p := d.params[0]; p.Type == registry.String {
			_, _, err := Parse(p.on, d.Code+"=a", Options{Custom: c, Strict: true})
			require.NoError(t, err)
		}
	})
}
