package server

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store/resources"
)

// keys are the types and ids of a searchset's matches, in order.
func (r *reply) keys() []string {
	r.t.Helper()
	all := []string{}
	for i := range r.count("entry") {
		if r.at(fmt.Sprintf("entry.%d.search.mode", i)) == "match" {
			all = append(all, r.at(fmt.Sprintf("entry.%d.resource.resourceType", i))+"/"+r.at(fmt.Sprintf("entry.%d.resource.id", i)))
		}
	}
	return all
}

// put stores a resource under an id of the test's own.
func (h *house) put(resourceType, id, rest string) {
	h.t.Helper()
	h.send(http.MethodPut, "/fhir/"+resourceType+"/"+id, `{"resourceType":"`+resourceType+`","id":"`+id+`"`+rest+`}`).want(http.StatusCreated)
}

const observation = `,"status":"final","code":{"text":"weight"},"subject":{"reference":"Patient/%s"}`

func twoPatients(t *testing.T) *house {
	st := openStore(t)
	h := openOver(t, st, Options{Resources: resources.New(st, resources.Options{Clock: ticking()})}) // no two at the same moment
	for _, id := range []string{"p1", "p2"} {
		h.put("Patient", id, "")
		for i := range 3 {
			h.put("Observation", fmt.Sprintf("%s-o%d", id, i), fmt.Sprintf(observation, id))
		}
		h.put("Encounter", id+"-e", `,"status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/`+id+`"}`)
		h.put("Coverage", id+"-c", `,"status":"active","beneficiary":{"reference":"Patient/`+id+`"},"payor":[{"reference":"Organization/o1"}]`)
	}
	h.put("Patient", "p3", `,"link":[{"other":{"reference":"Patient/p1"},"type":"seealso"}]`)
	h.put("Organization", "o1", "")
	return h
}

func TestCompartments(t *testing.T) {
	h := twoPatients(t)
	const form = "Content-Type: application/x-www-form-urlencoded"
	all := []string{"Coverage/p1-c", "Encounter/p1-e", "Observation/p1-o0", "Observation/p1-o1", "Observation/p1-o2", "Patient/p1", "Patient/p3"}
	cases := []struct {
		name, method, path, body, self string
		want                           []string
	}{
		{"one type", "GET", "/fhir/Patient/p1/Observation?_sort=_id", "", "", all[2:5]},
		{"one type, narrowed", "GET", "/fhir/Patient/p1/Observation?_id=p1-o1,p2-o1", "", "", all[3:4]},
		{"one type, by form", "POST", "/fhir/Patient/p1/Observation/_search", "_id=p1-o2", "/fhir/Patient/p1/Observation?_id=p1-o2", all[4:5]},
		{"the patient, and who links to it", "GET", "/fhir/Patient/p1/Patient?_sort=_id", "", "", all[5:]},
		{"nothing refers to it", "GET", "/fhir/Patient/nobody/Observation", "", "", []string{}},
		{"of an encounter", "GET", "/fhir/Encounter/p1-e/Encounter", "", "", all[1:2]},
		{"all types", "GET", "/fhir/Patient/p1/*", "", "", all},
		{"all types by form", "POST", "/fhir/Patient/p1/*/_search", "_count=50", "/fhir/Patient/p1/*?_count=50", all},
		{"all types by form, without a star", "POST", "/fhir/Patient/p1/_search", "_count=50", "/fhir/Patient/p1/*?_count=50", all},
		{"some types", "GET", "/fhir/Patient/p1/*?_type=Patient,Coverage", "", "/fhir/Patient/p1/*?_type=Coverage,Patient", []string{all[0], all[5], all[6]}},
		{"some types, a common parameter", "GET", "/fhir/Patient/p1/*?_type=Encounter,Observation&subject=Patient/p1&_id=p1-e", "", "", all[1:2]},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			headers := []string{}
			if c.method == http.MethodPost {
				headers = append(headers, form)
			}
			got := h.on(t).send(c.method, c.path, c.body, headers...).want(http.StatusOK).valid("Bundle")
			require.Equal(t, c.want, got.keys())
			require.Equal(t, fmt.Sprint(len(c.want)), got.at("total"))
			if c.self == "" {
				c.self = c.path
			}
			require.Equal(t, c.self, got.link("self"), "S1")
		})
	}
	for _, path := range []string{"/fhir/Patient/p1/Task", "/fhir/Patient/p1/InsurancePlan", "/fhir/Claim/c1/Patient", "/fhir/Claim/c1/*", "/fhir/Patient/p1/Nothing", "/fhir/Patient/p1/observation"} {
		t.Run("not there "+path, func(t *testing.T) {
			h.on(t).send(http.MethodGet, path, "").wantOutcome(http.StatusNotFound, "not-supported", "")
		})
	}
	for _, path := range []string{"/fhir/Patient/p1/*?_type=Task", "/fhir/Patient/p1/*?status=final", "/fhir/Patient/p1/Observation?_type=Observation"} {
		t.Run("refused "+path, func(t *testing.T) {
			h.on(t).send(http.MethodGet, path, "").want(http.StatusBadRequest)
		})
	}
	h.send(http.MethodPost, "/fhir/Patient/p1/Observation/_search", "{}", "Content-Type: application/json").
		wantOutcome(http.StatusUnsupportedMediaType, "not-supported", "")
}

func TestSearchAcrossTypes(t *testing.T) {
	h := twoPatients(t)
	cases := []struct {
		name, query, self string
		want              []string
	}{
		{"all types", "", "", []string{"Coverage/p1-c", "Coverage/p2-c", "Encounter/p1-e", "Encounter/p2-e", "Observation/p1-o0", "Observation/p1-o1",
			"Observation/p1-o2", "Observation/p2-o0", "Observation/p2-o1", "Observation/p2-o2", "Organization/o1", "Patient/p1", "Patient/p2", "Patient/p3"}},
		{"by id", "_id=p1,o1", "", []string{"Organization/o1", "Patient/p1"}},
		{"two types", "_type=Patient,Organization", "_type=Organization,Patient", []string{"Organization/o1", "Patient/p1", "Patient/p2", "Patient/p3"}},
		{"a parameter that both have", "_type=Encounter,Observation&patient=p1&_sort=-_id", "", []string{"Observation/p1-o2", "Observation/p1-o1", "Observation/p1-o0", "Encounter/p1-e"}},
		{"newest first", "_type=Encounter,Patient&_sort=-_lastUpdated", "", []string{"Patient/p3", "Encounter/p2-e", "Patient/p2", "Encounter/p1-e", "Patient/p1"}},
		{"one type has all its parameters", "_type=Observation&code:not=x&_sort=-date,_id&_id=p1-o0,p1-o1", "", []string{"Observation/p1-o0", "Observation/p1-o1"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := h.on(t).send(http.MethodGet, withQuery("/fhir", c.query), "").want(http.StatusOK).valid("Bundle")
			require.Equal(t, c.want, got.keys())
			require.Equal(t, fmt.Sprint(len(c.want)), got.at("total"))
			if c.self == "" {
				c.self = c.query
			}
			require.Equal(t, withQuery("/fhir", c.self), got.link("self"), "S1")
			form := h.on(t).send(http.MethodPost, "/fhir/_search", c.query, "Content-Type: application/x-www-form-urlencoded")
			require.Equal(t, got.Body, form.want(http.StatusOK).Body)
		})
	}
	refused := []struct{ name, query, code string }{
		{"not common to all types", "status=active", "not-supported"},
		{"not common to the types", "_type=Patient,Claim&status=active", "not-supported"},
		{"chain of a parameter that is not common", "_type=Patient,Claim&provider.name=x", "not-supported"},
		{"no such type", "_type=Patinet", "value"},
		{"_type twice", "_type=Patient&_type=Claim", "value"},
		{"S3 bad count", "_count=-1", "value"},
		{"S7 unsupported modifier", "_type=Patient,Claim&identifier:exact=x", "not-supported"},
		{"not the same for both types", "_type=Patient,StructureDefinition&name=x,y&type=z", "not-supported"},
	}
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			h.on(t).send(http.MethodGet, "/fhir?"+c.query, "").wantOutcome(http.StatusBadRequest, c.code, "")
		})
	}
	named := h.send(http.MethodGet, "/fhir?_type=Claim,Patient&status=active", "").want(http.StatusBadRequest)
	require.Contains(t, named.at("issue.0.details.text"), "Patient", "the type that lacks the parameter is named")
	counted := h.send(http.MethodGet, "/fhir?_summary=count", "").want(http.StatusOK).valid("Bundle")
	require.Equal(t, "14", counted.at("total"))
	require.Zero(t, counted.count("entry"))
}

func TestPagingAcrossTypes(t *testing.T) {
	for _, query := range []string{"_type=Patient,Observation,Encounter", "_sort=_id", "_sort=-_id", "_sort=_lastUpdated", "_sort=-_lastUpdated"} {
		for _, count := range []int{1, 2, 3, 5} {
			t.Run(fmt.Sprintf("S5 %s by %d", query, count), func(t *testing.T) {
				pageAcross(twoPatients(t), query, count)
			})
		}
	}
}

// pageAcross pages through a search while others write: what stands still is met once.
func pageAcross(h *house, query string, count int) {
	h.t.Helper()
	want := h.send(http.MethodGet, "/fhir?"+query, "").want(http.StatusOK).keys()
	still := want
	if n := slices.Index(want, "Observation/p1-o1"); n >= 0 { // is written while the client pages
		still = slices.Delete(slices.Clone(want), n, n+1)
	}
	seen := map[string]int{}
	path := fmt.Sprintf("/fhir?%s&_count=%d&nonsense=1", query, count)
	for page := 0; path != ""; page++ {
		answer := h.send(http.MethodGet, path, "").want(http.StatusOK).valid("Bundle")
		require.LessOrEqual(h.t, len(answer.keys()), count, "S3")
		for _, key := range answer.keys() {
			seen[key]++
		}
		if path = answer.link("next"); path != "" {
			require.Equal(h.t, fmt.Sprintf("/fhir?%s&_count=%d", sorted(query), count), answer.link("first"))
			h.send(http.MethodGet, path+"&_id=p1", "").wantOutcome(http.StatusBadRequest, "value", "")
		}
		if page > 3 { // whoever writes faster than he reads would never come to the end of _sort=_lastUpdated
			continue
		}
		h.send(http.MethodPut, "/fhir/Observation/p1-o1", fmt.Sprintf(`{"resourceType":"Observation","id":"p1-o1","language":"l%d"`+observation+`}`, page, "p1"))
		h.send(http.MethodPut, "/fhir/Organization/00", `{"resourceType":"Organization","id":"00","name":"`+fmt.Sprint("n", page)+`"}`)
	}
	for _, key := range still {
		require.Equal(h.t, 1, seen[key], key)
	}
}

// sorted is the query as the self link has it.
func sorted(query string) string {
	if query == "_type=Patient,Observation,Encounter" {
		return "_type=Encounter,Observation,Patient"
	}
	return query
}
