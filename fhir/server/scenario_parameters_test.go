package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store"
)

// searchParameter is an active SearchParameter as a guide publishes it.
func searchParameter(id, code, kind, base, expression string) string {
	return fmt.Sprintf(`{"resourceType":"SearchParameter","id":%q,"url":"http://example.org/SearchParameter/%s","version":"2.1.0","name":"X",
		"status":"active","description":"x","code":%q,"base":[%q],"type":%q,"expression":%q,"xpathUsage":"normal","comparator":["eq","ge"]}`,
		id, id, code, base, kind, expression)
}

func (h *house) define(id, code, kind, base, expression string) {
	h.t.Helper()
	h.send(http.MethodPut, "/fhir/SearchParameter/"+id, searchParameter(id, code, kind, base, expression)).want(http.StatusCreated)
}

func (h *house) reindex() {
	h.t.Helper()
	require.NoError(h.t, h.service.Reindex(h.t.Context(), func(store.Progress) {}))
}

func benefit(id, more string) string {
	return fmt.Sprintf(`{"resourceType":"ExplanationOfBenefit","id":%q,"status":"active","use":"claim","outcome":"complete",
		"patient":{"reference":"Patient/p1"},"created":"2026-01-01","insurer":{"reference":"Organization/o1"},
		"provider":{"reference":"Organization/o1"},"insurance":[{"focal":true,"coverage":{"reference":"Coverage/c1"}}],%s}`, id, more)
}

// TestParametersOfAGuide defines the search parameters that the CARIN guide asks payers for, over stored
// ExplanationOfBenefits, and searches by them.
func TestParametersOfAGuide(t *testing.T) {
	h := open(t, Options{})
	require.NoError(t, h.service.LoadParameters(t.Context()))
	h.send(http.MethodPut, "/fhir/Patient/p1", `{"resourceType":"Patient","id":"p1","gender":"female"}`).want(http.StatusCreated)
	institutional := `"type":{"coding":[{"system":"http://t","code":"institutional"}]}`
	h.send(http.MethodPut, "/fhir/ExplanationOfBenefit/inpatient", benefit("inpatient", institutional+`,"billablePeriod":{"start":"2026-03-01","end":"2026-03-09"}`)).want(http.StatusCreated)
	h.send(http.MethodPut, "/fhir/ExplanationOfBenefit/pharmacy", benefit("pharmacy", `"type":{"coding":[{"system":"http://t","code":"pharmacy"}]},
		"item":[{"sequence":1,"productOrService":{"text":"x"},"servicedDate":"2026-04-02"}]`)).want(http.StatusCreated)
	h.send(http.MethodPut, "/fhir/ExplanationOfBenefit/oral", benefit("oral", `"type":{"coding":[{"system":"http://t","code":"oral"}]},
		"item":[{"sequence":1,"productOrService":{"text":"x"},"servicedPeriod":{"start":"2026-05-01","end":"2026-05-02"}}]`)).want(http.StatusCreated)
	tag := h.send(http.MethodGet, "/fhir/metadata", "").Header.Get("Etag")

	const eob = "ExplanationOfBenefit"
	h.define("service-date", "service-date", "date", eob, eob+".billablePeriod | "+eob+".item.serviced")
	h.define("service-start-date", "service-start-date", "date", eob, eob+".billablePeriod.start | "+eob+".item.serviced.ofType(date) | "+eob+".item.serviced.ofType(Period).start")
	h.define("billable-period-start", "billable-period-start", "date", eob, eob+".billablePeriod.start")
	h.define("type", "type", "token", eob, eob+".type")
	h.define("patient", "patient", "reference", eob, eob+".patient") // R4 has it, and means the same

	pending := h.send(http.MethodGet, "/fhir/ExplanationOfBenefit?type=oral", "", "Prefer: handling=strict").wantOutcome(http.StatusBadRequest, "not-supported", "")
	require.Contains(t, pending.Body, "still being indexed")
	lenient := h.send(http.MethodGet, "/fhir/ExplanationOfBenefit?type=oral", "").want(http.StatusOK)
	require.Contains(t, lenient.Body, "still being indexed")
	require.NotContains(t, h.send(http.MethodGet, "/fhir/metadata", "").Body, "SearchParameter/service-date")

	h.reindex()
	for query, want := range map[string][]string{
		"type=oral":                                          {"oral"},
		"type=http://t|institutional":                        {"inpatient"},
		"type:not=oral":                                      {"inpatient", "pharmacy"},
		"service-date=2026-03-05":                            nil,
		"service-date=ge2026-04-01":                          {"oral", "pharmacy"},
		"service-date=lt2026-03-04":                          {"inpatient"},
		"service-start-date=2026-03-01":                      {"inpatient"},
		"service-start-date=2026-05":                         {"oral"},
		"service-start-date=2026-04-02":                      {"pharmacy"},
		"billable-period-start:missing=true":                 {"oral", "pharmacy"},
		"billable-period-start=ge2026&patient=Patient/p1":    {"inpatient"},
		"_sort=-service-start-date":                          {"oral", "pharmacy", "inpatient"},
		"_sort=type":                                         {"inpatient", "oral", "pharmacy"},
		"_filter=type eq oral or service-date lt 2026-03-04": {"inpatient", "oral"},
		"type=oral,pharmacy&service-date=gt2026-05-01":       {"oral"},
	} {
		t.Run(query, func(t *testing.T) {
			found := h.on(t).send(http.MethodGet, "/fhir/ExplanationOfBenefit?"+strings.ReplaceAll(query, " ", "%20"), "", "Prefer: handling=strict").want(http.StatusOK).valid("Bundle")
			require.Equal(t, want, found.ids())
		})
	}
	require.Equal(t, []string{"p1"}, h.send(http.MethodGet, "/fhir/Patient?_has:ExplanationOfBenefit:patient:type=oral", "").ids())

	statement := h.send(http.MethodGet, "/fhir/metadata", "").valid("CapabilityStatement")
	require.NotEqual(t, tag, statement.Header.Get("Etag"))
	require.Contains(t, statement.Body, `{"name":"service-date","definition":"http://example.org/SearchParameter/service-date","type":"date"}`)
	require.NotContains(t, statement.Body, "http://example.org/SearchParameter/patient", "R4's own serves")

	t.Run("a server that starts later", func(t *testing.T) {
		later := openOver(t, h.store, Options{})
		require.NoError(t, later.service.LoadParameters(t.Context()))
		require.Equal(t, []string{"oral"}, later.send(http.MethodGet, "/fhir/ExplanationOfBenefit?type=oral", "").ids())
	})
	t.Run("retired", func(t *testing.T) {
		h := h.on(t)
		h.send(http.MethodDelete, "/fhir/SearchParameter/type", "").want(http.StatusNoContent)
		h.send(http.MethodGet, "/fhir/ExplanationOfBenefit?type=oral", "", "Prefer: handling=strict").wantOutcome(http.StatusBadRequest, "not-supported", "")
		require.NotContains(t, h.send(http.MethodGet, "/fhir/metadata", "").Body, `"http://example.org/SearchParameter/type"`)
		require.Equal(t, []string{"pharmacy"}, h.send(http.MethodGet, "/fhir/ExplanationOfBenefit?service-start-date=2026-04-02", "").ids(), "the others stay")
	})
}

// TestParametersOfExtensions: what an extension holds is found, and a reference in it is followed.
func TestParametersOfExtensions(t *testing.T) {
	h := open(t, Options{})
	h.send(http.MethodPut, "/fhir/Organization/o1", `{"resourceType":"Organization","id":"o1","name":"Shire"}`).want(http.StatusCreated)
	h.send(http.MethodPut, "/fhir/Patient/p1", `{"resourceType":"Patient","id":"p1","extension":[
		{"url":"http://example.org/employer","valueReference":{"reference":"Organization/o1"}},{"url":"http://example.org/grade","valueInteger":7}]}`).want(http.StatusCreated)
	h.define("employer", "employer", "reference", "Patient", "Patient.extension.where(url='http://example.org/employer').value.ofType(Reference)")
	h.define("grade", "grade", "number", "Patient", "Patient.extension('http://example.org/grade').value")
	h.reindex()
	for _, query := range []string{
		"Patient?employer=Organization/o1", "Patient?employer:Organization.name=shire", "Patient?grade=7", "Patient?grade=gt6&grade=lt8",
	} {
		require.Equal(t, []string{"p1"}, h.send(http.MethodGet, "/fhir/"+query, "", "Prefer: handling=strict").want(http.StatusOK).ids(), query)
	}
	require.Equal(t, []string{"Organization/o1"}, h.send(http.MethodGet, "/fhir/Patient?_include=Patient:employer", "").included())
	require.Equal(t, []string{"Patient/p1"}, h.send(http.MethodGet, "/fhir/Organization?_revinclude=Patient:employer", "").included())
	statement := h.send(http.MethodGet, "/fhir/metadata", "").Body
	require.Contains(t, statement, `"Patient:employer"`)
}

// TestParametersThatCannotBeHonoured are refused with the element that is at fault; what is only kept is not judged.
func TestParametersThatCannotBeHonoured(t *testing.T) {
	h := open(t, Options{})
	for name, c := range map[string]struct{ body, code, at string }{
		"function": {searchParameter("a", "a", "token", "Claim", "Claim.item.first()"), "not-supported", "SearchParameter.expression"},
		"element":  {searchParameter("a", "a", "token", "Claim", "Claim.colour"), "value", "SearchParameter.expression"},
		"type":     {searchParameter("a", "a", "special", "Claim", "Claim.use"), "not-supported", "SearchParameter.type"},
		"code":     {searchParameter("a", "a:b", "token", "Claim", "Claim.use"), "value", "SearchParameter.code"},
	} {
		t.Run(name, func(t *testing.T) {
			h.on(t).send(http.MethodPut, "/fhir/SearchParameter/a", c.body).wantOutcome(http.StatusUnprocessableEntity, c.code, c.at)
		})
	}
}
