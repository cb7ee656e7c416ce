package claims_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/testdata/sandbox"
)

// goldPlan is the sandbox's Gold plan under another id, with a text replaced.
func goldPlan(t *testing.T, id, from, to string) *codec.Document {
	t.Helper()
	body, err := sandbox.Files.ReadFile("plans.json")
	require.NoError(t, err)
	bundle, issues := codec.Parse(body, codec.Limits{})
	require.Empty(t, issues)
	gold := strings.Replace(string(bundle.Root().Field("entry").Index(0).Field("resource").Raw()), `"umoja-gold"`, `"`+id+`"`, 1)
	require.Contains(t, gold, from)
	doc, issues := codec.Parse([]byte(strings.Replace(gold, from, to, 1)), codec.Limits{})
	require.Empty(t, issues)
	return doc
}

func TestPlansThatCannotBeUsedAreRefused(t *testing.T) {
	w := newMemoryWorld(t)
	for name, test := range map[string]struct{ id, from, to, expression string }{
		"misspelt part of an extension":          {"gold-2", `"url": "scope"`, `"url": "scop"`, "InsurancePlan.extension"},
		"same period, later id":                  {"zz-gold", `"Umoja Gold"`, `"Umoja Gold II"`, "InsurancePlan"},
		"same period, earlier id":                {"aa-gold", `"Umoja Gold"`, `"Umoja Gold II"`, "InsurancePlan"},
		"one more day with the version that was": {"gold-2", `"2025-01-01"`, `"2027-12-31"`, "InsurancePlan"},
	} {
		t.Run(name, func(t *testing.T) {
			doc := goldPlan(t, test.id, test.from, test.to)
			_, err := w.service.Update(t.Context(), everyone, store.Key{Type: "InsurancePlan", ID: test.id}, doc, resources.UpdateOptions{})
			var refused *outcome.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
			require.True(t, strings.HasPrefix(refused.Issues[0].Expression, test.expression), refused.Issues[0].Expression)
		})
	}
}

func TestAPlanMayBeChangedAndFollowed(t *testing.T) {
	w := newMemoryWorld(t)
	for name, doc := range map[string]*codec.Document{
		"itself":            goldPlan(t, "umoja-gold", `"Umoja Gold"`, `"Umoja Gold, renamed"`),
		"the next version":  goldPlan(t, "gold-2028", `"start": "2025-01-01",`+"\n"+`          "end": "2027-12-31"`, `"start": "2028-01-01"`),
		"another insurer's": goldPlan(t, "gold-elsewhere", `"Organization/umoja"`, `"Organization/to-come"`),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.service.Update(t.Context(), everyone, store.Key{Type: "InsurancePlan", ID: doc.ID()}, doc, resources.UpdateOptions{})
			require.NoError(t, err)
		})
	}
}
