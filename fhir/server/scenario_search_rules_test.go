package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store"
	"claimwright/store/resources"
)

const formType = "Content-Type: application/x-www-form-urlencoded"

// TestSearchForms: every form of a search answers GET, HEAD and POST alike, with a self link below its own address.
func TestSearchForms(t *testing.T) {
	h := twoPatients(t)
	forms := []struct{ name, get, post, query string }{
		{"a type", "/fhir/Observation", "/fhir/Observation/_search", "patient=p1&_sort=_id"},
		{"across types", "/fhir", "/fhir/_search", "_type=Encounter,Observation&patient=p1"},
		{"a compartment's type", "/fhir/Patient/p1/Observation", "/fhir/Patient/p1/Observation/_search", "status=final"},
		{"a compartment", "/fhir/Patient/p1/*", "/fhir/Patient/p1/*/_search", "_type=Encounter,Observation"},
	}
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			h := h.on(t)
			got := h.send(http.MethodGet, f.get+"?"+f.query, "").want(http.StatusOK).valid("Bundle")
			require.NotEmpty(t, got.keys())
			require.Equal(t, f.get+"?"+f.query, got.link("self"), "S1")
			require.Equal(t, got.Body, h.send(http.MethodPost, f.post, f.query, formType).want(http.StatusOK).Body)
			first, rest, _ := strings.Cut(f.query, "&")
			merged := h.send(http.MethodPost, f.post+"?"+first, rest, formType).want(http.StatusOK)
			require.Equal(t, got.Body, merged.Body, "the url's and the form's parameters are merged")
			require.Equal(t, got.Body, h.send(http.MethodPost, f.post+"?"+f.query, "", "Content-Type: none").want(http.StatusOK).Body)
			head := h.send(http.MethodHead, f.get+"?"+f.query, "").want(http.StatusOK)
			require.Equal(t, got.Header.Get("Content-Length"), head.Header.Get("Content-Length"), "C5")
			h.send(http.MethodPost, f.post, "{}", "Content-Type: application/fhir+json").wantOutcome(http.StatusUnsupportedMediaType, "not-supported", "")
			h.send(http.MethodPost, f.post, f.query, "Content-Type: none").wantOutcome(http.StatusUnsupportedMediaType, "not-supported", "")
			h.send(http.MethodGet, f.post, "").wantOutcome(http.StatusMethodNotAllowed, "not-supported", "")
		})
	}
}

// TestSearchFormsInBundles: a search is an entry of a Bundle in every form.
func TestSearchFormsInBundles(t *testing.T) {
	h := twoPatients(t)
	for _, kind := range []string{"batch", "transaction"} {
		for url, n := range map[string]int{"?_type=Patient,Organization": 4, "Patient/p1/Observation": 3, "Patient/p1/*?_type=Encounter,Coverage": 2, "Observation?patient=p2": 3} {
			t.Run(kind+" "+url, func(t *testing.T) {
				got := h.on(t).send(http.MethodPost, "/fhir", fmt.Sprintf(`{"resourceType":"Bundle","type":%q,"entry":[{"request":{"method":"GET","url":%q}}]}`, kind, url)).
					want(http.StatusOK)
				require.Equal(t, "searchset", got.at("entry.0.resource.type"), got.Body)
				require.Equal(t, fmt.Sprint(n), got.at("entry.0.resource.total"))
			})
		}
	}
	staged := h.send(http.MethodPost, "/fhir", `{"resourceType":"Bundle","type":"transaction","entry":[
		{"request":{"method":"PUT","url":"Patient/p0"},"resource":{"resourceType":"Patient","id":"p0"}},
		{"request":{"method":"GET","url":"?_type=Patient,Organization&_count=3"}},{"request":{"method":"GET","url":"Patient/p0/*"}}]}`).want(http.StatusOK)
	require.Equal(t, "p0", staged.at("entry.1.resource.entry.1.resource.id"), staged.Body)
	require.Equal(t, "1", staged.at("entry.2.resource.total"))
	h.send(http.MethodPost, "/fhir", `{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"PUT","url":"Patient/p1/Observation"},"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"}}}]}`).
		want(http.StatusOK).is("entry.0.response.status", "400")
}

// is demands that a value begins with a text.
func (r *reply) is(path, want string) {
	r.t.Helper()
	require.True(r.t, strings.HasPrefix(r.at(path), want), "%s is %s", path, r.at(path))
}

func TestCommonParameters(t *testing.T) {
	h := open(t, Options{})
	h.put("Patient", "p1", `,"meta":{"tag":[{"system":"urn:t","code":"a"}],"security":[{"system":"urn:s","code":"R"}],"profile":["http://x/StructureDefinition/p|1"],"source":"urn:src"},"contained":[{"resourceType":"Practitioner","id":"d"}],"generalPractitioner":[{"reference":"#d"}]`)
	h.put("Patient", "p2", `,"meta":{"tag":[{"system":"urn:t","code":"b"}]}`)
	h.put("Organization", "p1", `,"meta":{"tag":[{"system":"urn:t","code":"a"}]}`)
	h.put("List", "l1", `,"status":"current","mode":"working","entry":[{"item":{"reference":"Patient/p2"}},{"item":{"reference":"Organization/p1"}}]`)
	found := []struct {
		query string
		want  []string
	}{
		{"_id=p1", []string{"Patient/p1"}},
		{"_id=p1,p2", []string{"Patient/p1", "Patient/p2"}},
		{"_tag=urn:t|a", []string{"Patient/p1"}},
		{"_tag=b", []string{"Patient/p2"}},
		{"_tag:not=b", []string{"Patient/p1"}},
		{"_security=urn:s|R", []string{"Patient/p1"}},
		{"_profile=http://x/StructureDefinition/p", []string{"Patient/p1"}},
		{"_profile=http://x/StructureDefinition/p|1", []string{"Patient/p1"}},
		{"_profile=http://x/StructureDefinition/p|2", nil},
		{"_source=urn:src", []string{"Patient/p1"}},
		{"_lastUpdated=gt2000", []string{"Patient/p1", "Patient/p2"}},
		{"_list=l1", []string{"Patient/p2"}},
		{"_list=none", nil},
		{"_contained=false", []string{"Patient/p1", "Patient/p2"}},
		{"_contained=false&_containedType=container", []string{"Patient/p1", "Patient/p2"}},
		{"_filter=_id%20eq%20p1%20or%20_tag%20eq%20b", []string{"Patient/p1", "Patient/p2"}},
	}
	for _, c := range found {
		t.Run(c.query, func(t *testing.T) {
			got := h.on(t).send(http.MethodGet, "/fhir/Patient?_sort=_id&"+c.query, "").want(http.StatusOK).valid("Bundle")
			require.ElementsMatch(t, c.want, got.keys())
			require.Zero(t, got.count("entry")-len(c.want), "nothing was ignored")
		})
	}
	across := h.send(http.MethodGet, "/fhir?_list=l1&_tag=urn:t|a", "").want(http.StatusOK)
	require.Equal(t, []string{"Organization/p1"}, across.keys())
	refusals := []struct {
		query, code string
		status      int
	}{
		{"_query=current-high-risk", "not-supported", 400},
		{"_type=Patient", "not-supported", 400},
		{"_contained=true", "not-supported", 400},
		{"_contained=both", "not-supported", 400},
		{"_contained=maybe", "value", 400},
		{"_containedType=box", "value", 400},
		{"_list:not=l1", "not-supported", 400},
		{"_list=$current-problems", "not-supported", 400},
		{"_filter=gender", "value", 400},
		{"gender:in=http://x/none", "not-found", 422},
		{"gender:below=http://hl7.org/fhir/administrative-gender|male", "not-found", 422},
	}
	for _, c := range refusals {
		for _, handling := range []string{"strict", "lenient"} {
			t.Run("refused, "+handling+" "+c.query, func(t *testing.T) {
				h.on(t).send(http.MethodGet, "/fhir/Patient?"+c.query, "", "Prefer: handling="+handling).wantOutcome(c.status, c.code, "")
			})
		}
	}
}

func TestBundleRules(t *testing.T) {
	h := open(t, Options{})
	for i := range 5 {
		h.put("Patient", fmt.Sprintf("p%d", i), `,"gender":"female"`)
	}
	for _, path := range []string{"/fhir/Patient", "/fhir", "/fhir/Patient/p1/*"} {
		get := func(t *testing.T, query string, headers ...string) *reply {
			return h.on(t).send(http.MethodGet, path+"?"+query, "", headers...)
		}
		t.Run("S1 self shows what was honoured, lenient "+path, func(t *testing.T) {
			got := get(t, "nonsense=1&_sort=_id,nonsense&_count=3&_tag=&_tag:not=x", "Prefer: handling=lenient").want(200)
			require.Equal(t, path+"?_sort=_id&_count=3&_tag:not=x", got.link("self"))
		})
		t.Run("S1 self shows what was honoured, strict "+path, func(t *testing.T) {
			got := get(t, "_sort=_id&_count=3&_tag=&_tag:not=x&_format=json", "Prefer: handling=strict").want(200)
			require.Equal(t, path+"?_sort=_id&_count=3&_tag:not=x&_format=json", got.link("self"))
		})
		t.Run("S2 total "+path, func(t *testing.T) {
			total := get(t, "").want(200).at("total")
			require.NotEmpty(t, total, "it costs nothing when the first page is all")
			require.Equal(t, total, get(t, "_count=1&_total=accurate").want(200).at("total"))
			if path != "/fhir" { // too many types to be counted unasked
				require.Equal(t, total, get(t, "_count=1").want(200).at("total"))
			}
			require.Equal(t, total, get(t, "_count=1&_total=estimate").want(200).at("total"))
			require.Empty(t, get(t, "_total=none").want(200).at("total"))
			get(t, "_total=exact").wantOutcome(400, "value", "")
		})
		t.Run("S3 count "+path, func(t *testing.T) {
			none := get(t, "_count=0").want(200).valid("Bundle")
			require.Equal(t, get(t, "_summary=count").want(200).at("total"), none.at("total"))
			require.Zero(t, none.count("entry"))
			require.Equal(t, path+"?_count=0", none.link("self"))
			require.Empty(t, none.link("next")+none.link("first"))
			require.Equal(t, path+"?_count=1000", get(t, "_count=5000").want(200).link("self"), "what is too many becomes the most")
			for _, bad := range []string{"-1", "x", "1.5", "1,2"} {
				get(t, "_count="+bad).wantOutcome(400, "value", "")
			}
		})
		t.Run("S6 unknown parameters "+path, func(t *testing.T) {
			got := get(t, "_tga=x", "Prefer: handling=lenient").want(200).valid("Bundle")
			last := fmt.Sprintf("entry.%d.", got.count("entry")-1)
			require.Equal(t, "outcome", got.at(last+"search.mode"))
			require.Equal(t, "warning", got.at(last+"resource.issue.0.severity"), "never an error or fatal")
			require.Contains(t, got.at(last+"resource.issue.0.details.text"), "_tga")
			require.Contains(t, got.at(last+"resource.issue.0.diagnostics"), "perhaps _tag")
			require.Equal(t, path, got.link("self"))
			get(t, "_tga=x", "Prefer: handling=strict").wantOutcome(400, "not-supported", "")
		})
		t.Run("S7 unknown modifiers "+path, func(t *testing.T) {
			for _, handling := range []string{"strict", "lenient"} {
				get(t, "_tag:exact=x", "Prefer: handling="+handling).wantOutcome(400, "not-supported", "")
				get(t, "_count:exact=1", "Prefer: handling="+handling).wantOutcome(400, "not-supported", "")
			}
		})
		t.Run("S8 values "+path, func(t *testing.T) {
			require.Equal(t, path, get(t, "_tag=", "Prefer: handling=strict").want(200).link("self"), "an empty value is ignored")
			for _, bad := range []string{"_lastUpdated=yesterday", "_lastUpdated=xx2020", "_id=a_b"} {
				get(t, bad).wantOutcome(400, "value", "")
			}
		})
	}
	t.Run("S4 a page has the includes of its own matches", func(t *testing.T) {
		h := h.on(t)
		h.put("Observation", "o1", `,"status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p1"}`)
		h.put("Observation", "o2", `,"status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p1"}`)
		first := h.send(http.MethodGet, "/fhir/Observation?_count=1&_include=Observation:subject", "").want(200)
		second := h.send(http.MethodGet, first.link("next"), "").want(200)
		require.Equal(t, "p1", first.at("entry.1.resource.id"))
		require.Equal(t, "p1", second.at("entry.1.resource.id"))
	})
}

// TestStrictByDefault: the server's own choice counts where the client makes none.
func TestStrictByDefault(t *testing.T) {
	h := open(t, Options{Strict: true})
	h.send(http.MethodGet, "/fhir/Patient?nonsense=1", "").wantOutcome(http.StatusBadRequest, "not-supported", "")
	h.send(http.MethodGet, "/fhir?nonsense=1", "", "Prefer: return=minimal").wantOutcome(http.StatusBadRequest, "not-supported", "")
	h.send(http.MethodGet, "/fhir/Patient?nonsense=1", "", "Prefer: handling=lenient").want(http.StatusOK)
	h.send(http.MethodGet, "/fhir/Patient?gender=male", "").want(http.StatusOK)
}

// TestPageLinksAreTheReadersOwn: S5 in every form, a page link is good for its query and its reader alone.
func TestPageLinksAreTheReadersOwn(t *testing.T) {
	h := open(t, Options{Principal: func(r *http.Request) resources.Principal {
		who := r.Header.Get("X-Who")
		return resources.Principal{ID: who, Access: store.Everything(who)}
	}})
	for _, id := range []string{"p1", "p2", "p3"} {
		h.put("Patient", id, `,"link":[{"other":{"reference":"Patient/p1"},"type":"seealso"}]`)
		h.put("Organization", id, "")
	}
	for _, path := range []string{"/fhir/Patient", "/fhir", "/fhir/Patient/p1/Patient", "/fhir/Patient/p1/*"} {
		t.Run("S5 "+path, func(t *testing.T) {
			h := h.on(t)
			next := h.send(http.MethodGet, path+"?_count=1", "", "X-Who: ann").want(200).link("next")
			require.NotEmpty(t, next)
			h.send(http.MethodGet, next, "", "X-Who: ann").want(200)
			h.send(http.MethodGet, next, "", "X-Who: bob").wantOutcome(400, "value", "")
			h.send(http.MethodGet, next+"&_tag:not=x", "", "X-Who: ann").wantOutcome(400, "value", "")
			h.send(http.MethodGet, strings.Replace(next, "_count=1", "_count=2", 1), "", "X-Who: ann").wantOutcome(400, "value", "")
			h.send(http.MethodGet, strings.Replace(next, path, "/fhir/Organization", 1), "", "X-Who: ann").wantOutcome(400, "value", "")
			other := strings.Replace(next, "/p1/", "/p2/", 1)
			if other != next {
				h.send(http.MethodGet, other, "", "X-Who: ann").wantOutcome(400, "value", "")
			}
		})
	}
}
