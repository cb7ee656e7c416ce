package server

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store"
	"claimwright/store/resources"
)

// keysOf are the types and ids of a Bundle's entries with their modes, sorted.
func (r *reply) keysOf() []string {
	r.t.Helper()
	var keys []string
	for i := range r.count("entry") {
		at := fmt.Sprintf("entry.%d.", i)
		key := r.at(at+"resource.resourceType") + "/" + r.at(at+"resource.id")
		if mode := r.at(at + "search.mode"); mode != "match" {
			key += " " + mode
		}
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// keep stores resources under their own ids: "Type/id" and the members after it.
func (h *house) keep(key, members string) {
	h.t.Helper()
	resourceType, id, _ := strings.Cut(key, "/")
	if members != "" {
		members = "," + members
	}
	r := h.send(http.MethodPut, "/fhir/"+key, `{"resourceType":"`+resourceType+`","id":"`+id+`"`+members+`}`)
	require.Less(h.t, r.Status, 300, r.Body)
}

// village stores two patients with what concerns them.
func (h *house) village() {
	h.keep("Organization/insurer", `"name":"Umoja"`)
	h.keep("Organization/other", `"name":"Other"`)
	h.keep("Practitioner/doctor", "")
	h.keep("Patient/p1", `"generalPractitioner":[{"reference":"Practitioner/doctor"}]`)
	h.keep("Patient/p2", `"link":[{"other":{"reference":"Patient/p1"},"type":"seealso"}]`)
	h.keep("Coverage/c1", `"status":"active","beneficiary":{"reference":"Patient/p1"},"payor":[{"reference":"Organization/insurer"}]`)
	h.keep("Coverage/c2", `"status":"active","beneficiary":{"reference":"Patient/p2"},"payor":[{"reference":"Organization/other"}]`)
	h.keep("Encounter/e1", `"status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/p1"},"period":{"start":"2026-03-01","end":"2026-03-02"},"serviceProvider":{"reference":"Organization/insurer"}`)
	h.keep("Condition/d1", `"subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1"},"onsetDateTime":"2026-03-01"`)
	h.keep("Observation/o1", `"status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p1"},"effectiveDateTime":"2026-05-05"`)
	h.keep("Task/t1", `"status":"requested","intent":"order","for":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1"}`)
	h.keep("Basic/unrelated", `"code":{"text":"x"}`)
}

func TestEverything(t *testing.T) {
	h := open(t, Options{Resources: nil})
	h.village()
	p1 := []string{"Condition/d1", "Coverage/c1", "Encounter/e1", "Observation/o1", "Organization/insurer include", "Patient/p1", "Patient/p2", "Practitioner/doctor include", "Task/t1"}
	for _, c := range []struct {
		name, path string
		want       []string
	}{
		{"of a patient", "Patient/p1/$everything", p1},
		{"of all patients", "Patient/$everything", append(slices.Clone(p1), "Coverage/c2", "Organization/other include")},
		{"of an encounter", "Encounter/e1/$everything", []string{"Condition/d1", "Encounter/e1", "Organization/insurer include", "Patient/p1 include", "Task/t1"}},
		{"some types", "Patient/p1/$everything?_type=Coverage,Task", []string{"Coverage/c1", "Task/t1"}},
		{"types by repetition", "Patient/p1/$everything?_type=Coverage&_type=Organization", []string{"Coverage/c1", "Organization/insurer include"}},
		{"dates of care", "Patient/p1/$everything?start=2026-03-02&end=2026-04-30", []string{"Coverage/c1", "Encounter/e1", "Organization/insurer include", "Patient/p1", "Patient/p2", "Practitioner/doctor include", "Task/t1"}},
		{"from a month on", "Patient/p1/$everything?start=2026-05&_type=Observation,Encounter", []string{"Encounter/e1 include", "Observation/o1"}},
		{"since the future", "Patient/p1/$everything?_since=2199-01-01T00:00:00Z", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			slices.Sort(c.want)
			got := h.on(t).send(http.MethodGet, "/fhir/"+c.path, "").want(http.StatusOK).valid("Bundle")
			require.Equal(t, "searchset", got.at("type"))
			require.Equal(t, c.want, got.keysOf())
			require.Equal(t, base+"/"+c.path[:strings.Index(c.path+"?", "?")], strings.Split(got.at("link.0.url"), "?")[0])
		})
	}
	body := `{"resourceType":"Parameters","parameter":[{"name":"_type","valueCode":"Coverage"},{"name":"_count","valueInteger":5},{"name":"start","valueDate":"2026-01-01"}]}`
	got := h.send(http.MethodPost, "/fhir/Patient/p1/$everything", body).want(http.StatusOK).valid("Bundle")
	require.Equal(t, []string{"Coverage/c1"}, got.keysOf())
	require.Contains(t, got.at("link.0.url"), "_count=5&_type=Coverage&start=2026-01-01")
	got = h.send(http.MethodPost, "/fhir", bundleOf("batch", `{"request":{"method":"GET","url":"Encounter/e1/$everything?_count=1"}}`)).want(http.StatusOK).valid("Bundle")
	require.Equal(t, "Encounter", got.at("entry.0.resource.entry.0.resource.resourceType"))
}

// TestEverythingInPages follows the links of pages of each size, while others write.
func TestEverythingInPages(t *testing.T) {
	h := open(t, Options{})
	h.village()
	for _, path := range []string{"Patient/p1/$everything", "Patient/$everything"} {
		whole := h.send(http.MethodGet, "/fhir/"+path, "").want(200).keysOf()
		for count := 1; count <= len(whole)+1; count++ {
			var pages []string
			next := fmt.Sprintf("%s/%s?_count=%d", base, path, count)
			for next != "" {
				got := h.send(http.MethodGet, strings.TrimPrefix(next, "http://claims.example.org"), "").want(200).valid("Bundle")
				keys := got.keysOf()
				require.LessOrEqual(t, len(keys), count)
				pages = append(pages, keys...)
				next = ""
				for i := range got.count("link") {
					if got.at(fmt.Sprintf("link.%d.relation", i)) == "next" {
						next = got.at(fmt.Sprintf("link.%d.url", i))
					}
				}
				h.keep("Basic/unrelated", fmt.Sprintf(`"code":{"text":"%d %d"}`, count, len(pages)))
			}
			slices.Sort(pages)
			require.Equal(t, whole, pages, "%s by %d", path, count)
		}
	}
}

func TestEverythingIsRefused(t *testing.T) {
	h := open(t, Options{})
	h.village()
	for _, c := range []struct {
		path   string
		status int
		code   string
	}{
		{"Patient/none/$everything", 404, "not-found"},
		{"Patient/p1/$everything?_type=Clam", 400, "value"},
		{"Patient/p1/$everything?_count=0", 400, "value"},
		{"Patient/p1/$everything?start=soon", 400, "value"},
		{"Patient/p1/$everything?_page=AAAA", 400, "value"},
		{"Encounter/$everything", 404, "not-supported"},
		{"Claim/1/$everything", 404, "not-supported"},
	} {
		h.send(http.MethodGet, "/fhir/"+c.path, "").wantOutcome(c.status, c.code, "")
	}
	h.send(http.MethodPost, "/fhir", bundleOf("transaction", `{"request":{"method":"GET","url":"Patient/p1/$everything"}}`)).want(http.StatusBadRequest)
	blind := openOver(t, h.store, Options{Resources: h.service, Principal: func(*http.Request) resources.Principal {
		return resources.Principal{ID: "nobody", Access: store.Nothing("nobody")}
	}})
	blind.send(http.MethodGet, "/fhir/Patient/p1/$everything", "").want(http.StatusNotFound)
	require.Empty(t, blind.send(http.MethodGet, "/fhir/Patient/$everything", "").want(200).keysOf())
	next := h.send(http.MethodGet, "/fhir/Patient/p1/$everything?_count=1", "").at("link.2.url")
	require.Contains(t, next, "_page=")
	h.send(http.MethodGet, strings.Replace(strings.TrimPrefix(next, "http://claims.example.org"), "/p1/", "/p2/", 1), "").wantOutcome(400, "value", "")
	blind.send(http.MethodGet, strings.TrimPrefix(strings.Replace(next, "Patient/p1/", "Patient/", 1), "http://claims.example.org"), "").wantOutcome(400, "value", "")
}

// Pages of $everything are written alike, and in a Bundle as alone.
func TestEverythingKeepsTheFormOfItsAnswer(t *testing.T) {
	h := open(t, Options{})
	h.village()
	t.Run("C4 on every page", func(t *testing.T) {
		h := h.on(t)
		path, pages := "/fhir/Patient/p1/$everything?_count=2&_summary=true", 0
		for path != "" {
			page := h.send(http.MethodGet, path, "").want(http.StatusOK).valid("Bundle")
			for i := range page.count("entry") {
				require.Contains(t, page.at(fmt.Sprintf("entry.%d.resource.meta", i)), "SUBSETTED")
			}
			path = page.link("next")
			pages++
		}
		require.Greater(t, pages, 1)
	})
	t.Run("C4 posted", func(t *testing.T) {
		got := h.on(t).send(http.MethodPost, "/fhir/Patient/p1/$everything?_elements=status", "").want(http.StatusOK)
		require.Contains(t, got.at("entry.0.resource.meta"), "SUBSETTED")
	})
	t.Run("C4 _elements are those of the matches", func(t *testing.T) {
		got := h.on(t).send(http.MethodGet, "/fhir/Coverage/c1", "").want(http.StatusOK)
		require.Empty(t, got.at("meta.tag"))
		got = h.on(t).send(http.MethodGet, "/fhir/Patient/p1/$everything?_type=Coverage,Organization&_elements=status", "").want(http.StatusOK).valid("Bundle")
		require.Equal(t, []string{"Coverage/c1", "Organization/insurer include"}, got.keysOf())
		require.Contains(t, got.at("entry.0.resource.meta"), "SUBSETTED")
		require.Equal(t, "Umoja", got.at("entry.1.resource.name"), "what is included is whole, as in a search")
	})
	t.Run("C4 in the links", func(t *testing.T) {
		got := h.on(t).send(http.MethodGet, "/fhir/Patient/p1/$everything?_count=2&_elements=status", "").want(http.StatusOK)
		for _, relation := range []string{"self", "next"} {
			require.Contains(t, got.link(relation), "_elements=status", relation)
			require.Contains(t, got.link(relation), "_count=2", relation)
		}
	})
	t.Run("C4 in a batch", func(t *testing.T) {
		got := h.on(t).send(http.MethodPost, "/fhir", `{"resourceType":"Bundle","type":"batch","entry":[
			{"request":{"method":"GET","url":"Patient/p1/$everything?_summary=true"}}]}`).want(http.StatusOK)
		require.Contains(t, got.at("entry.0.resource.entry.0.resource.meta"), "SUBSETTED")
	})
	h.send(http.MethodGet, "/fhir/Patient/p1/$everything?_summary=count", "").wantOutcome(http.StatusBadRequest, "value", "")
}
