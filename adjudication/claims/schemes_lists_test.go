package claims_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

const diagnosisCheck = `{"url":"https://claimwright.org/fhir/StructureDefinition/check-setting","extension":[
	{"url":"check","valueCode":"diagnosis-not-listed"},{"url":"list","valueCanonical":"urn:test:list"}]}`

// naming is the sandbox's plan Basic with the check of diagnoses.
func naming(w *world) string {
	basic := string(w.get("InsurancePlan", "umoja-basic").Bytes())
	at := strings.Index(basic, `"extension"`)
	open := at + strings.Index(basic[at:], "[") + 1
	return basic[:open] + diagnosisCheck + "," + basic[open:]
}

func listJSON(id, url, code string) string {
	return `{"resourceType":"ValueSet","id":"` + id + `","url":"` + url + `","status":"active","compose":{"include":[{"system":"urn:icd","concept":[{"code":"` + code + `"}]}]}}`
}

func diagnosed(w *world, identifier string) string {
	diagnosis := `,"diagnosis":[{"sequence":1,"diagnosisCodeableConcept":{"coding":[{"system":"urn:icd","code":"A00"}]}}]`
	got := w.submit(w.parse(claimSpec{identifier: identifier, members: diagnosis}.json()))
	_, denied := amounts(got.Item[0].Adjudication)
	return denied
}

func TestListsOfDiagnosesCountAtOnce(t *testing.T) {
	w := newMemoryWorld(t)
	other := joinWorld(t, w.store)
	w.mustUpdate(listJSON("list", "urn:test:list", "B00"))
	require.Empty(t, diagnosed(w, "L-1"), "nothing names the list yet")
	require.Empty(t, diagnosed(other, "L-2"))

	w.mustUpdate(naming(w))
	require.Equal(t, "diagnosis-not-listed", diagnosed(w, "L-3"))
	require.Equal(t, "diagnosis-not-listed", diagnosed(other, "L-4"))

	w.mustUpdate(listJSON("list", "urn:test:list", "A00"))
	require.Empty(t, diagnosed(other, "L-5"), "another server's change counts as well")
	require.Empty(t, diagnosed(w, "L-6"))
	w.prove()
}

func TestOtherTerminologyDoesNotTouchTheScheme(t *testing.T) {
	st := &counting{Store: storetest.NewMemory()}
	w := newWorld(t, st)
	w.mustUpdate(listJSON("list", "urn:test:list", "A00"))
	w.mustUpdate(naming(w))
	first, err := w.schemes.Latest(t.Context())
	require.NoError(t, err)
	w.mustUpdate(listJSON("colours", "urn:test:colours", "red"))
	w.mustUpdate(`{"resourceType":"CodeSystem","id":"shapes","url":"urn:test:shapes","status":"active","content":"complete"}`)
	st.reset()
	again, err := w.schemes.Latest(t.Context())
	require.NoError(t, err)
	require.Same(t, first, again)
	require.Zero(t, st.searches.Load())
}

func TestAListThatCannotBeUsedIsRefused(t *testing.T) {
	w := newMemoryWorld(t)
	w.mustUpdate(listJSON("list", "urn:test:list", "A00"))
	w.mustUpdate(naming(w))
	update := func(body string) *outcome.Error {
		doc := w.parse(body)
		_, err := w.service.Update(context.Background(), everyone, store.Key{Type: doc.Type(), ID: doc.ID()}, doc, resources.UpdateOptions{})
		var refused *outcome.Error
		require.ErrorAs(t, err, &refused)
		require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
		return refused
	}
	require.Equal(t, "The list of codes is empty", update(`{"resourceType":"ValueSet","id":"list","url":"urn:test:list","status":"active"}`).Issues[0].Text)
	require.Equal(t, "Several lists of codes go by the url", update(listJSON("list-2", "urn:test:list", "A00")).Issues[0].Text)

	w.mustUpdate(`{"resourceType":"ValueSet","id":"empty","url":"urn:test:empty","status":"active"}`)
	refused := update(strings.Replace(string(w.get("InsurancePlan", "umoja-basic").Bytes()), "urn:test:list", "urn:test:empty", 1))
	require.Equal(t, "The list of codes is empty", refused.Issues[0].Text)
	require.Empty(t, diagnosed(w, "L-7"))
}

func TestAListAndItsPlanInOneTransaction(t *testing.T) {
	for name, order := range map[string][2]string{"list first": {"ValueSet", "InsurancePlan"}, "plan first": {"InsurancePlan", "ValueSet"}} {
		t.Run(name, func(t *testing.T) {
			w := newMemoryWorld(t)
			require.Empty(t, diagnosed(w, "L-8"))
			entries := map[string]string{
				"ValueSet":      `{"resource":` + listJSON("list", "urn:test:list", "B00") + `,"request":{"method":"PUT","url":"ValueSet/list"}}`,
				"InsurancePlan": `{"resource":` + naming(w) + `,"request":{"method":"PUT","url":"InsurancePlan/umoja-basic"}}`,
			}
			w.transact(`{"resourceType":"Bundle","type":"transaction","entry":[` + entries[order[0]] + "," + entries[order[1]] + `]}`)
			require.Equal(t, "diagnosis-not-listed", diagnosed(w, "L-9"))
		})
	}
}
