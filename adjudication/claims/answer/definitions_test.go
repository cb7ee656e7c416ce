package answer

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
	"claimwright/conformance"
	"claimwright/fhir/codec"
)

func parsed(t *testing.T, body []byte) *codec.Document {
	t.Helper()
	doc, issues := codec.Parse(body, codec.Limits{})
	require.Empty(t, issues, string(body))
	return doc
}

// allowed are the parts that a definition has, as "cut", "cut/kind" …, with the types of their values.
func allowed(t *testing.T, name string) map[string]string {
	t.Helper()
	body, err := conformance.Definition("StructureDefinition-" + name + ".json")
	require.NoError(t, err)
	found := map[string]string{}
	for element := range parsed(t, body).Root().Field("differential").Field("element").Each() {
		path := strings.ReplaceAll(strings.TrimPrefix(element.Field("id").Text(), "Extension.extension:"), ".extension:", "/")
		if element.Field("sliceName").Exists() {
			found[path] = ""
		}
		if part, ok := strings.CutSuffix(path, ".value[x]"); ok {
			for typ := range element.Field("type").Each() {
				found[part] += strings.ToLower(typ.Field("code").Text())
			}
		}
	}
	return found
}

// conforms checks an extension as written against the parts of its definition, and counts those it met.
func conforms(t *testing.T, parts map[string]string, under string, extension codec.Value, met map[string]bool) {
	t.Helper()
	for sub := range extension.Field("extension").Each() {
		path := under + sub.Field("url").Text()
		require.Contains(t, parts, path)
		met[path] = true
		conforms(t, parts, path+"/", sub, met)
		for name := range sub.Members() {
			if kind, ok := strings.CutPrefix(name.String(), "value"); ok {
				require.Equal(t, parts[path], strings.ToLower(kind), path)
			}
		}
	}
}

// fullDecision has lines that differ in every fact, so that every part of both extensions is written.
func fullDecision() *engine.Decision {
	today := day.Of(2026, time.May, 10)
	line := func(sequence int64, version string, at day.Date, where scheme.Setting, category scheme.Category, age scheme.AgeGroup) engine.Line {
		source := func(key string) scheme.Source { return scheme.Source{Key: key, Version: version} }
		return engine.Line{
			Item: &engine.ClaimLine{Sequence: sequence, Override: "why"}, Overridden: true, Pending: true, Target: at, Quantity: money.Whole(1), Billed: money.Whole(2), Unit: money.Whole(5), HasUnit: true,
			Where: where, Category: category, Age: age, Review: engine.ReviewByService, Listed: true, Authorization: "PA-1",
			Cover: &ledger.Cover{ID: "k", Version: version}, Plan: &scheme.Plan{Source: source("InsurancePlan/p")},
			Service: &scheme.Item{Source: source("ChargeItemDefinition/i"), Tax: money.New(16, 2), HasTax: true}, Benefit: &scheme.Benefit{ID: "benefit/all"},
			Price: scheme.Price{List: source("Contract/l")}, Notes: []int{1},
			Exchange: &engine.Exchange{Amount: money.New(500, 2), Currency: "EUR", Rate: &scheme.Rate{Rate: money.New(11, 1), Valid: today.Year()}, At: at},
			Modifiers: []*scheme.Modifier{
				{Codes: []scheme.Code{{Value: "50"}}, Type: scheme.Surcharge, Factor: money.New(5, 1), HasFactor: true},
				{Codes: []scheme.Code{{Value: "51"}}, Type: scheme.Discount, Amount: money.New(5, 1)},
			},
			Cuts: []engine.Cut{{Kind: engine.CoPayment, Bearer: engine.ByMember, Rule: "benefit/all", Amount: money.New(100, 2)}},
			Rules: []engine.RuleTrace{{
				Rule: "PlanDefinition/r", Version: "1", Title: "x", Row: 1, RowTitle: "y", Action: "review", Number: money.Whole(30), HasNumber: true,
				Text: "z", Shadow: true, Fault: "f",
			}},
			Checks: []engine.Check{{Kind: engine.CeilingCheck, ID: "c", Scope: scheme.PerMember, Period: today.Year(), Binding: true}},
		}
	}
	return &engine.Decision{
		Outcome: engine.Complete, State: engine.Approved, Disposition: "x", Use: engine.UseClaim, Currency: "USD", Digits: 2, Score: money.Whole(30),
		Scored:  []engine.Scored{{Rule: "PlanDefinition/r", Version: "1", Title: "x", Text: "y", Points: money.Whole(30)}},
		Insurer: &scheme.Insurer{Source: scheme.Source{Key: "Organization/i"}}, Facility: &scheme.Facility{Source: scheme.Source{Key: "Organization/f"}}, Notes: []string{"x"},
		Lines: []engine.Line{
			line(1, "1", today, scheme.InPatient, scheme.Surgery, scheme.Adult),
			line(2, "2", today+1, scheme.OutPatient, scheme.Visit, scheme.Child),
		},
		Basis: engine.Basis{Engine: "1", Scheme: "d", DuplicateOf: "c0", Replaces: "c1", UnknownPrior: "urn:test|1", Review: reviewOfEverything(), Received: time.Unix(1, 0), Others: []engine.OtherPayment{{Response: "ClaimResponse/o", Version: "1"}}, Heads: []engine.HeadState{{ID: "member/m", Version: 3}}},
	}
}

const claimOfEverything = `{"resourceType":"Claim","id":"c","status":"active","type":{"text":"x"},"use":"claim","patient":{"reference":"Patient/m"},"created":"2026-05-10",
	"provider":{"reference":"Organization/f"},"insurer":{"reference":"Organization/i"},"priority":{"text":"normal"},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/k"}}]}`

func TestExtensionsConformToTheirDefinitions(t *testing.T) {
	claim := parsed(t, []byte(claimOfEverything))
	response := parsed(t, Response(ResponseInput{ID: "r", Claim: claim, ClaimID: "c", Decision: fullDecision(), Created: time.Unix(0, 0)})).Root()

	parts, met := allowed(t, "decision-basis"), map[string]bool{}
	basis := response.Field("extension").Index(0)
	require.Equal(t, BasisExtension, basis.Field("url").Text())
	conforms(t, parts, "", basis, met)
	require.Len(t, met, len(parts), "every part of the definition is written")

	parts, met = allowed(t, "line-trace"), map[string]bool{}
	for item := range response.Field("item").Each() {
		trace := item.Field("extension").Index(0)
		require.Equal(t, TraceExtension, trace.Field("url").Text())
		conforms(t, parts, "", trace, met)
	}
	require.Len(t, met, len(parts), "every part of the definition is written")
}
