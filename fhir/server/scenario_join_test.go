package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/registry"
	"claimwright/store/resources"
)

// included are the "Type/id" of a searchset's included entries, sorted; each must have its address.
func (r *reply) included() []string {
	r.t.Helper()
	var bundle struct {
		Entry []struct {
			FullURL  string
			Search   struct{ Mode string }
			Resource struct{ ResourceType, ID string }
		}
	}
	require.NoError(r.t, json.Unmarshal([]byte(r.Body), &bundle))
	var all []string
	for _, e := range bundle.Entry {
		if e.Search.Mode == "include" {
			name := e.Resource.ResourceType + "/" + e.Resource.ID
			require.Equal(r.t, base+"/"+name, e.FullURL)
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// openJoined opens a house that knows its own base, so that absolute references to it are found.
func openJoined(t *testing.T) *house {
	st := openStore(t)
	return openOver(t, st, Options{Resources: resources.New(st, resources.Options{BaseURL: base})})
}

// household stores three members of one organisation with a cover each.
func (h *house) household() {
	h.t.Helper()
	h.send(http.MethodPut, "/fhir/Organization/o1", `{"resourceType":"Organization","id":"o1","name":"Aga Khan"}`).want(http.StatusCreated)
	for i, gender := range []string{"female", "male", "female"} {
		h.send(http.MethodPut, fmt.Sprintf("/fhir/Patient/p%d", i), fmt.Sprintf(`{"resourceType":"Patient","id":"p%d","gender":%q,
			"identifier":[{"system":"http://m","value":"%d"}],"managingOrganization":{"reference":"Organization/o1"}}`, i, gender, i)).want(http.StatusCreated)
		h.send(http.MethodPut, fmt.Sprintf("/fhir/Encounter/e%d", i), fmt.Sprintf(`{"resourceType":"Encounter","id":"e%d","status":"finished",
			"class":{"code":"AMB"},"subject":{"reference":"Patient/p%d"}}`, i, i)).want(http.StatusCreated)
		h.send(http.MethodPut, fmt.Sprintf("/fhir/Coverage/c%d", i), fmt.Sprintf(`{"resourceType":"Coverage","id":"c%d","status":"active",
			"beneficiary":{"reference":%q},"payor":[{"reference":"Organization/o1"}]}`, i, fmt.Sprintf("%s/Patient/p%d", base, i))).want(http.StatusCreated)
	}
}

func TestJoins(t *testing.T) {
	h := openJoined(t)
	h.household()
	for _, c := range []struct {
		name, path        string
		matches, included []string
	}{
		{"chain", "Coverage?beneficiary.identifier=http://m|1", []string{"c1"}, nil},
		{"typed chain", "Coverage?beneficiary:Patient.gender=female", []string{"c0", "c2"}, nil},
		{"chain of a chain", "Coverage?beneficiary.organization.name=aga", []string{"c0", "c1", "c2"}, nil},
		{"S8 chain through a patient, whatever else R4 says of that parameter elsewhere", "Encounter?patient.identifier=http://m|1", []string{"e1"}, nil},
		{"_has", "Patient?_has:Coverage:beneficiary:_id=c2", []string{"p2"}, nil},
		{"_include", "Coverage?_id=c1&_include=Coverage:beneficiary", []string{"c1"}, []string{"Patient/p1"}},
		{"_include with _sort", "Coverage?_include=Coverage:*&_sort=-_id", []string{"c2", "c1", "c0"}, []string{"Organization/o1", "Patient/p0", "Patient/p1", "Patient/p2"}},
		{"_include:iterate", "Coverage?_id=c1&_include=Coverage:beneficiary&_include:iterate=Patient:organization", []string{"c1"}, []string{"Organization/o1", "Patient/p1"}},
		{"_revinclude", "Patient?_id=p0&_revinclude=Coverage:beneficiary", []string{"p0"}, []string{"Coverage/c0"}},
		{"_include across types", "?_type=Coverage,Patient&_id=c1,p0&_include=Coverage:beneficiary&_include=Patient:organization", []string{"c1", "p0"}, []string{"Organization/o1", "Patient/p1"}},
		{"_include in a compartment", "Patient/p2/Coverage?_include=Coverage:payor", []string{"c2"}, []string{"Organization/o1"}},
		{"chain in a compartment", "Patient/p2/Coverage?payor:Organization.name=aga", []string{"c2"}, nil},
		{"_include on zero matches", "Coverage?_id=none&_include=*&_revinclude=*", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := h.on(t).send(http.MethodGet, "/fhir/"+c.path, "").want(http.StatusOK).valid("Bundle")
			require.Equal(t, c.matches, got.ids())
			require.Equal(t, c.included, got.included())
			require.Equal(t, fmt.Sprint(len(c.matches)), got.at("total"), "S2 the total is that of the matches")
		})
	}
	t.Run("S1 the self link shows joins", func(t *testing.T) {
		got := h.on(t).send(http.MethodGet, "/fhir/Coverage?beneficiary.gender=male&_include=Coverage:beneficiary&beneficiary.nonsense=1", "").want(http.StatusOK)
		require.Equal(t, "/fhir/Coverage?beneficiary.gender=male&_include=Coverage:beneficiary", got.link("self"))
		require.Equal(t, "outcome", got.at("entry.2.search.mode"))
	})
	t.Run("by POST", func(t *testing.T) {
		got := h.on(t).send(http.MethodPost, "/fhir/Coverage/_search?_include=Coverage:beneficiary", "beneficiary.gender=male", "Content-Type: application/x-www-form-urlencoded").want(http.StatusOK)
		require.Equal(t, []string{"c1"}, got.ids())
		require.Equal(t, []string{"Patient/p1"}, got.included())
	})
	t.Run("in a batch", func(t *testing.T) {
		got := h.on(t).send(http.MethodPost, "/fhir/", `{"resourceType":"Bundle","type":"batch","entry":[
			{"request":{"method":"GET","url":"Coverage?beneficiary.gender=male&_include=Coverage:beneficiary"}}]}`).want(http.StatusOK)
		require.Equal(t, "c1", got.at("entry.0.resource.entry.0.resource.id"))
		require.Equal(t, "p1", got.at("entry.0.resource.entry.1.resource.id"))
		require.Equal(t, "include", got.at("entry.0.resource.entry.1.search.mode"))
	})
}

func TestS4EachPageCarriesItsIncludes(t *testing.T) {
	h := openJoined(t)
	h.household()
	path := "/fhir/Coverage?beneficiary.organization.name=aga&_include=Coverage:payor&_include=Coverage:beneficiary&_sort=-_id&_count=1"
	for i := 2; i >= 0; i-- {
		got := h.send(http.MethodGet, path, "").want(http.StatusOK).valid("Bundle")
		require.Equal(t, []string{fmt.Sprintf("c%d", i)}, got.ids(), "S3 includes do not count")
		require.Equal(t, []string{"Organization/o1", fmt.Sprintf("Patient/p%d", i)}, got.included())
		path = got.link("next")
		require.Equal(t, i > 0, path != "")
	}
}

func TestFormsOfIncludes(t *testing.T) {
	h := open(t, Options{})
	h.household()
	h.send(http.MethodGet, "/fhir/Coverage?_include=Coverage:payor&_summary=text", "").wantOutcome(http.StatusBadRequest, "not-supported", "")
	count := h.send(http.MethodGet, "/fhir/Coverage?_include=Coverage:payor&_summary=count", "").want(http.StatusOK)
	require.Equal(t, "3", count.at("total"))
	require.Zero(t, count.count("entry"))
	elements := h.send(http.MethodGet, "/fhir/Coverage?_id=c0&_include=Coverage:payor&_elements=status", "").want(http.StatusOK)
	require.Empty(t, elements.at("entry.0.resource.order"))
	require.Equal(t, "Aga Khan", elements.at("entry.1.resource.name"), "_elements are those of the matches")
}

func TestRefusedJoins(t *testing.T) {
	h := open(t, Options{})
	for _, c := range []struct{ name, path, code, found string }{
		{"S8 an ambiguous chain", "Coverage?payor.identifier=x", "value", "payor.identifier"},
		{"a chain along no reference", "Coverage?status.x=y", "not-supported", "status.x"},
		{"_has of no type", "Patient?_has:Cover:beneficiary:status=x", "value", "Cover"},
		{"a list of includes", "Coverage?_include=Coverage:payor,Coverage:beneficiary", "value", "Coverage:payor,Coverage:beneficiary"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := h.on(t).send(http.MethodGet, "/fhir/"+c.path, "").wantOutcome(http.StatusBadRequest, c.code, "")
			require.Contains(t, got.at("issue.0.diagnostics")+got.at("issue.0.details.text"), c.found)
		})
	}
	h.send(http.MethodGet, "/fhir/Coverage?beneficiary.nonsense=x", "", "Prefer: handling=strict").wantOutcome(http.StatusBadRequest, "not-supported", "")
}

func TestTruncatedIncludesAreSaid(t *testing.T) {
	h := open(t, Options{})
	h.send(http.MethodPut, "/fhir/Organization/o1", `{"resourceType":"Organization","id":"o1","name":"x"}`).want(http.StatusCreated)
	var entries []byte
	for i := range 1_001 {
		if i > 0 {
			entries = append(entries, ',')
		}
		entries = fmt.Appendf(entries, `{"resource":{"resourceType":"Patient","id":"p%d","managingOrganization":{"reference":"Organization/o1"}},"request":{"method":"PUT","url":"Patient/p%d"}}`, i, i)
	}
	h.send(http.MethodPost, "/fhir/", `{"resourceType":"Bundle","type":"transaction","entry":[`+string(entries)+`]}`).want(http.StatusOK)
	got := h.send(http.MethodGet, "/fhir/Organization?_revinclude=Patient:organization", "").want(http.StatusOK)
	require.Len(t, got.included(), 1_000)
	require.Equal(t, "outcome", got.at("entry.1001.search.mode"))
	require.Equal(t, "warning", got.at("entry.1001.resource.issue.0.severity"))
	require.Equal(t, "too-costly", got.at("entry.1001.resource.issue.0.code"))
}

func TestDeclaredIncludes(t *testing.T) {
	got := open(t, Options{}).send(http.MethodGet, "/fhir/metadata", "").want(http.StatusOK).valid("CapabilityStatement")
	claim := fmt.Sprintf("rest.0.resource.%d.", slices.Index(registry.Types(), "Claim"))
	require.Contains(t, got.at(claim+"searchInclude"), `"Claim:patient"`)
	require.NotContains(t, got.at(claim+"searchInclude"), `"Claim:status"`)
	require.Contains(t, got.at(claim+"searchRevInclude"), `"ClaimResponse:request"`)
	require.NotContains(t, got.at(claim+"searchRevInclude"), `"Coverage:beneficiary"`)
}
