package server

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// ids are the ids of a searchset's matches, in order.
func (r *reply) ids() []string {
	r.t.Helper()
	var all []string
	for i := range r.count("entry") {
		if r.at(fmt.Sprintf("entry.%d.search.mode", i)) == "match" {
			all = append(all, r.at(fmt.Sprintf("entry.%d.resource.id", i)))
		}
	}
	return all
}

// link is the address with this relation, without the base's scheme and host so that it can be followed; "" for none.
func (r *reply) link(relation string) string {
	r.t.Helper()
	for i := range r.count("link") {
		if r.at(fmt.Sprintf("link.%d.relation", i)) == relation {
			return strings.TrimPrefix(r.at(fmt.Sprintf("link.%d.url", i)), strings.TrimSuffix(base, "/fhir"))
		}
	}
	return ""
}

func TestSearchset(t *testing.T) {
	h := open(t, Options{})
	for _, name := range []string{"Musa", "Nnamdi", "Okafor"} {
		h.send(http.MethodPut, "/fhir/Patient/"+strings.ToLower(name), patientWithID(strings.ToLower(name), name)).want(http.StatusCreated)
	}
	all := h.send(http.MethodGet, "/fhir/Patient?_sort=_id", "").want(http.StatusOK).valid("Bundle")
	require.Equal(t, "searchset", all.at("type"))
	require.Equal(t, "3", all.at("total"))
	require.Equal(t, []string{"musa", "nnamdi", "okafor"}, all.ids())
	require.Equal(t, base+"/Patient/musa", all.at("entry.0.fullUrl"))
	require.Equal(t, "/fhir/Patient?_sort=_id", all.link("self"))
	require.Empty(t, all.link("next"))

	one := h.send(http.MethodGet, "/fhir/Patient?family=oka&gender=female", "").want(http.StatusOK)
	require.Equal(t, []string{"okafor"}, one.ids())
	require.Contains(t, one.Body, h.send(http.MethodGet, "/fhir/Patient/okafor", "").Body, "entries are the stored bytes")

	none := h.send(http.MethodGet, "/fhir/Patient?family=zzz", "").want(http.StatusOK).valid("Bundle")
	require.Equal(t, "0", none.at("total"))
	require.Zero(t, none.count("entry"))

	head := h.send(http.MethodHead, "/fhir/Patient?family=zzz", "").want(http.StatusOK)
	require.Equal(t, none.Header.Get("Content-Length"), head.Header.Get("Content-Length"))
}

func TestSearchByPost(t *testing.T) {
	h := open(t, Options{})
	id := h.create(patient("Pepple"))
	h.create(patient("Quadri"))
	const form = "Content-Type: application/x-www-form-urlencoded"
	cases := []struct {
		name, path, body string
		headers          []string
		want             []string
	}{
		{"form", "/fhir/Patient/_search", "family=Pepple", []string{form}, []string{id}},
		{"form with charset", "/fhir/Patient/_search", "family=Pepple", []string{form + "; charset=utf-8"}, []string{id}},
		{"url only", "/fhir/Patient/_search?family=Pepple", "", []string{"Content-Type: none"}, []string{id}},
		{"merged", "/fhir/Patient/_search?gender=female", "family=Pepple", []string{form}, []string{id}},
		{"merged to nothing", "/fhir/Patient/_search?gender=male", "family=Pepple", []string{form}, nil},
		{"_format in the form", "/fhir/Patient/_search", "family=Pepple&_format=json", []string{form, "Accept: text/html"}, []string{id}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, h.on(t).send(http.MethodPost, c.path, c.body, c.headers...).want(http.StatusOK).ids())
		})
	}
	h.send(http.MethodPost, "/fhir/Patient/_search", "{}", "Content-Type: application/json").
		wantOutcome(http.StatusUnsupportedMediaType, "not-supported", "")
	h.send(http.MethodPost, "/fhir/Patient/_search", "_format=ttl", form).
		wantOutcome(http.StatusNotAcceptable, "not-supported", "")
}

func TestSearchHandling(t *testing.T) {
	h := open(t, Options{})
	id := h.create(patient("Rotimi"))

	lenient := h.send(http.MethodGet, "/fhir/Patient?family=Rotimi&nonsense=1", "").want(http.StatusOK).valid("Bundle")
	require.Equal(t, []string{id}, lenient.ids())
	require.Equal(t, "1", lenient.at("total"), "S2 the warning is no match")
	require.Equal(t, "/fhir/Patient?family=Rotimi", lenient.link("self"), "S1 what was ignored is not shown")
	require.Equal(t, "outcome", lenient.at("entry.1.search.mode"))
	require.Equal(t, "OperationOutcome", lenient.at("entry.1.resource.resourceType"))
	require.Equal(t, "warning", lenient.at("entry.1.resource.issue.0.severity"))

	cases := []struct{ name, query, prefer string }{
		{"P2 strict, unknown parameter", "nonsense=1", "handling=strict"},
		{"S7 unsupported modifier, even when lenient", "family:nonsense=x", "handling=lenient"},
		{"S8 bad date", "birthdate=yesterday", ""},
		{"S3 bad count", "_count=many", ""},
		{"S3 negative count", "_count=-1", ""},
		{"a page that nobody sealed", "_page=AAAA", ""},
		{"broken escapes", "family=%zz", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := h.on(t).send(http.MethodGet, "/fhir/Patient?"+c.query, "", "Prefer: "+c.prefer).want(http.StatusBadRequest)
			require.Equal(t, "OperationOutcome", got.at("resourceType"))
		})
	}
}

func TestTotals(t *testing.T) {
	h := open(t, Options{})
	for i := range 5 {
		h.create(patient(fmt.Sprintf("Sule%d", i)))
	}
	cases := []struct {
		query, total string
		entries      int
	}{
		{"", "5", 5},
		{"_count=2", "5", 2},
		{"_count=2&_sort=-family", "5", 2},
		{"_count=2&_total=none", "", 2},
		{"_count=2&_total=accurate", "5", 2},
		{"_count=2&_total=estimate", "5", 2},
		{"_total=none", "", 5},
		{"_count=0", "5", 0},
		{"_summary=count", "5", 0},
		{"_summary=count&family=Sule3", "1", 0},
		{"_count=5", "5", 5},
	}
	for _, c := range cases {
		t.Run(c.query, func(t *testing.T) {
			got := h.on(t).send(http.MethodGet, "/fhir/Patient?"+c.query, "").want(http.StatusOK).valid("Bundle")
			require.Equal(t, c.total, got.at("total"))
			require.Equal(t, c.entries, got.count("entry"))
			if c.entries == 0 {
				require.Empty(t, got.link("next"), "S3")
			}
		})
	}
}

func TestPagingSurvivesWrites(t *testing.T) {
	h := open(t, Options{})
	var want []string
	for i := range 7 {
		want = append(want, h.create(patient(fmt.Sprintf("Tanko%d", i))))
	}
	slices.Sort(want)
	var got []string
	path := "/fhir/Patient?family=Tanko&_sort=_id&_count=2&nonsense=1"
	for page := 0; path != ""; page++ {
		answer := h.send(http.MethodGet, path, "").want(http.StatusOK).valid("Bundle")
		require.LessOrEqual(t, len(answer.ids()), 2)
		got = append(got, answer.ids()...)
		if path = answer.link("next"); path != "" {
			require.Contains(t, path, "_count=2", "S3 the count stays")
			require.Equal(t, "/fhir/Patient?family=Tanko&_sort=_id&_count=2", answer.link("first"))
		}
		h.send(http.MethodPut, "/fhir/Patient/000", patientWithID("000", fmt.Sprintf("Tanko before %d", page)))
		require.Less(t, page, 10)
	}
	require.Equal(t, want, got)
}

func TestPageLinksAreBoundToTheirQuery(t *testing.T) {
	h := open(t, Options{})
	for i := range 3 {
		h.create(patient(fmt.Sprintf("Umar%d", i)))
	}
	next := h.send(http.MethodGet, "/fhir/Patient?family=Umar&_count=1", "").want(http.StatusOK).link("next")
	parsed, err := url.Parse(next)
	require.NoError(t, err)
	token := parsed.Query().Get("_page")
	require.NotEmpty(t, token)
	h.send(http.MethodGet, next, "").want(http.StatusOK)
	h.send(http.MethodGet, "/fhir/Patient?_count=1&_page="+token, "").wantOutcome(http.StatusBadRequest, "value", "")
	h.send(http.MethodGet, "/fhir/Practitioner?family=Umar&_count=1&_page="+token, "").wantOutcome(http.StatusBadRequest, "value", "")
	h.send(http.MethodGet, next[:len(next)-1], "").wantOutcome(http.StatusBadRequest, "value", "")
}
