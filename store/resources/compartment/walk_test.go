package compartment_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/memory"
	"claimwright/store/resources"
	"claimwright/store/resources/compartment"
)

func TestScopes(t *testing.T) {
	f := newFiles(t)
	f.put("Organization/o", "")
	f.put("Patient/1", "")
	f.put("Patient/2", "")
	f.put("Observation/o1", observation+`,"effectiveDateTime":"2026-03-05"`, "Patient/1")
	f.put("Observation/o2", observation, "Patient/2")
	f.put("Observation/nobody", observation, "Group/g")
	f.put("Encounter/e", `"status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/1"},"period":{"start":"2026-03-01","end":"2026-03-09"}`)
	f.put("Task/t", `"status":"requested","intent":"order","for":{"reference":"Patient/1"}`)
	f.put("Basic/b", `"code":{"text":"x"}`)
	all := []string{"Basic/b", "Encounter/e", "Observation/nobody", "Observation/o1", "Observation/o2", "Organization/o", "Patient/1", "Patient/2", "Task/t"}
	one := []string{"Encounter/e", "Observation/o1", "Patient/1", "Task/t"}
	for _, c := range []struct {
		name  string
		scope compartment.Scope
		want  []string
	}{
		{"everything", compartment.Scope{}, all},
		{"some types", compartment.Scope{Types: []string{"Patient", "Basic"}}, []string{"Basic/b", "Patient/1", "Patient/2"}},
		{"a patient", compartment.Scope{Kind: "Patient", IDs: []string{"1"}}, one},
		{"a patient who is not there", compartment.Scope{Kind: "Patient", IDs: []string{"none"}}, nil},
		{"two patients", compartment.Scope{Kind: "Patient", IDs: []string{"1", "2"}}, append([]string{"Observation/o2", "Patient/2"}, one...)},
		{"all patients", compartment.Scope{Kind: "Patient"}, append([]string{"Observation/o2", "Patient/2"}, one...)},
		{"no patient", compartment.Scope{Kind: "Patient", IDs: []string{}}, nil},
		{"a type of a patient", compartment.Scope{Kind: "Patient", IDs: []string{"1"}, Types: []string{"Task", "Organization"}}, []string{"Task/t"}},
		{"a filter", compartment.Scope{Filters: map[string][]string{"Observation": {"subject=Patient/2"}}, Types: []string{"Observation", "Task"}}, []string{"Observation/o2", "Task/t"}},
		{"until a date", compartment.Scope{Kind: "Patient", IDs: []string{"1"}, End: "2026-03-02"}, []string{"Encounter/e", "Patient/1", "Task/t"}},
		{"from a date", compartment.Scope{Kind: "Patient", IDs: []string{"1"}, Start: "2026-03-06"}, []string{"Encounter/e", "Patient/1", "Task/t"}},
		{"after all dates", compartment.Scope{Kind: "Patient", IDs: []string{"1"}, Start: "2026-04"}, []string{"Patient/1", "Task/t"}},
		{"within dates without any of its own", compartment.Scope{Kind: "Patient", IDs: []string{"2"}, Start: "2026-04"}, []string{"Observation/o2", "Patient/2"}},
		{"since the future", compartment.Scope{Since: time.Now().Add(time.Hour)}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := files{f.Service, t}
			slices.Sort(c.want)
			for _, n := range []int{1, 2, 100} {
				got := f.visited(f.walk(c.scope), n)
				slices.Sort(got)
				require.Equal(t, c.want, got, "by %d", n)
			}
		})
	}
	first := f.visited(f.walk(compartment.Scope{Kind: "Patient"}), 100)
	require.Equal(t, []string{"Patient/1", "Patient/2"}, first[:2], "whom it is about comes first")
}

func TestScopesThatAreNotUnderstood(t *testing.T) {
	f := newFiles(t)
	for name, scope := range map[string]compartment.Scope{
		"a type":         {Types: []string{"Clam"}},
		"a date":         {Kind: "Patient", Start: "soon"},
		"another date":   {Kind: "Patient", End: "2026-13"},
		"a filter":       {Filters: map[string][]string{"Claim": {"none=1"}}},
		"several of one": {Filters: map[string][]string{"Claim": {"status=active", "status=draft"}}},
	} {
		_, err := compartment.New(&f.Reads, clerk, search.Options{}, scope)
		var refused *outcome.Error
		require.ErrorAs(t, err, &refused, name)
		require.Equal(t, http.StatusBadRequest, refused.Status, name)
	}
}

// TestManyPatients: a walk through more compartments than one query asks about visits what is in several of them once,
// whichever chunks those are of.
func TestManyPatients(t *testing.T) {
	f := newFiles(t)
	const many = 130
	var ids, want []string
	for i := range many {
		id := fmt.Sprintf("p%03d", i)
		ids = append(ids, id)
		f.put("Patient/"+id, "")
		f.put("Observation/of-"+id, observation, "Patient/"+id)
		want = append(want, "Patient/"+id, "Observation/of-"+id)
	}
	for i, pair := range [][2]int{{0, 1}, {0, 60}, {60, 0}, {49, 50}, {129, 3}, {99, 100}} {
		f.put(fmt.Sprintf("Observation/shared%d", i), observation+`,"performer":[{"reference":"Patient/%s"}]`, "Patient/"+ids[pair[0]], ids[pair[1]])
		want = append(want, fmt.Sprintf("Observation/shared%d", i))
	}
	var members []string
	for _, id := range append(ids, "stranger") {
		members = append(members, `{"entity":{"reference":"Patient/`+id+`"}}`)
	}
	f.put("Patient/stranger", `"link":[{"other":{"reference":"Patient/p000"},"type":"seealso"},{"other":{"reference":"Patient/p129"},"type":"seealso"}]`)
	f.put("Group/g", `"type":"person","actual":true,"member":[%s]`, strings.Join(members, ","))
	f.put("Observation/of-stranger", observation, "Patient/stranger")
	want = append(want, "Group/g", "Patient/stranger") // a linked patient is in R4's compartment
	slices.Sort(want)
	for _, n := range []int{7, 50, 1000} {
		got := f.visited(f.walk(compartment.Scope{Kind: "Patient", IDs: ids}), n)
		slices.Sort(got)
		require.Equal(t, want, got, "by %d", n)
	}
}

// TestWalksAreConfined: a walk visits what its principal may see, and its places are his alone.
func TestWalksAreConfined(t *testing.T) {
	f := newFiles(t)
	f.put("Patient/1", "")
	f.put("Observation/o", observation, "Patient/1")
	scope := compartment.Scope{Kind: "Patient", IDs: []string{"1"}}
	blind, err := compartment.New(&f.Reads, resources.Principal{ID: "blind", Access: store.Nothing("blind")}, search.Options{}, scope)
	require.NoError(t, err)
	require.Empty(t, f.visited(blind, 10))

	page, err := f.walk(scope).Everything(t.Context(), "", 1)
	require.NoError(t, err)
	require.NotEmpty(t, page.Next)
	other := f.walk(compartment.Scope{Kind: "Patient", IDs: []string{"2"}})
	for name, w := range map[string]*compartment.Walk{"another principal": blind, "another scope": other} {
		_, err := w.Everything(t.Context(), page.Next, 1)
		var refused *outcome.Error
		require.ErrorAs(t, err, &refused, name)
		require.Equal(t, http.StatusBadRequest, refused.Status, name)
	}
}

// TestPagesAreBounded: a page of large bodies ends early, and the next one goes on.
func TestPagesAreBounded(t *testing.T) {
	f := files{resources.New(memory.New(), resources.Options{MaxAnswer: 2 << 20}), t}
	f.put("Patient/1", "")
	for i := range 12 {
		f.put(fmt.Sprintf("Observation/o%02d", i), observation+`,"valueString":"%s"`, "Patient/1", strings.Repeat("x", 900_000))
	}
	page, err := f.walk(compartment.Scope{Kind: "Patient", IDs: []string{"1"}}).Everything(t.Context(), "", 500)
	require.NoError(t, err)
	require.NotEmpty(t, page.Next)
	require.Less(t, len(page.Visited), 13)
	seen := len(page.Visited)
	for page.Next != "" {
		page, err = f.walk(compartment.Scope{Kind: "Patient", IDs: []string{"1"}}).Everything(t.Context(), page.Next, 500)
		require.NoError(t, err)
		seen += len(page.Visited)
	}
	require.Equal(t, 13, seen)
}

func TestHolds(t *testing.T) {
	f := newFiles(t)
	version := func(key store.Key, body string) *store.Record {
		return &store.Record{Key: key, Version: 1, Updated: time.Now(), Body: []byte(body)}
	}
	of := func(patient string) *store.Record {
		return version(store.Key{Type: "Observation", ID: "o"}, `{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"subject":{"reference":"`+patient+`"}}`)
	}
	one := version(store.Key{Type: "Patient", ID: "1"}, `{"resourceType":"Patient","id":"1"}`)
	for _, c := range []struct {
		name  string
		scope compartment.Scope
		of    *store.Record
		want  bool
	}{
		{"everything", compartment.Scope{}, of("Group/g"), true},
		{"the patient", compartment.Scope{Kind: "Patient", IDs: []string{"1"}}, one, true},
		{"of the patient", compartment.Scope{Kind: "Patient", IDs: []string{"1"}}, of("Patient/1"), true},
		{"of another patient", compartment.Scope{Kind: "Patient", IDs: []string{"1"}}, of("Patient/2"), false},
		{"of any patient", compartment.Scope{Kind: "Patient"}, of("Patient/2"), true},
		{"of no patient", compartment.Scope{Kind: "Patient"}, of("Group/g"), false},
		{"of another type", compartment.Scope{Types: []string{"Claim"}}, of("Patient/1"), false},
		{"the filter", compartment.Scope{Filters: map[string][]string{"Observation": {"status=final"}}}, of("Patient/1"), true},
		{"not the filter", compartment.Scope{Filters: map[string][]string{"Observation": {"status=amended"}}}, of("Patient/1"), false},
		{"the filter whatever since", compartment.Scope{Since: time.Now().Add(time.Hour), Filters: map[string][]string{"Observation": {"status=final"}}}, of("Patient/1"), true},
		{"a chain is not judged", compartment.Scope{Filters: map[string][]string{"Observation": {"subject:Patient.gender=male"}}}, of("Patient/1"), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			holds, err := f.walk(c.scope).Holds(c.of)
			require.NoError(t, err)
			require.Equal(t, c.want, holds)
		})
	}
}
