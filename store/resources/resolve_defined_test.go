package resources_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
)

// ids are what a principal finds, sorted by id.
func (b *bench) ids(t *testing.T, p resources.Principal, resourceType, query string) []string {
	t.Helper()
	q, warnings, err := search.Parse(resourceType, query, b.SearchOptions())
	require.NoError(t, err)
	require.Empty(t, warnings)
	page, err := b.Search(t.Context(), p, q, "")
	require.NoError(t, err)
	n, err := b.Count(t.Context(), p, q)
	require.NoError(t, err)
	require.EqualValues(t, len(page.Records), n)
	ids := []string{}
	for _, r := range page.Records {
		ids = append(ids, r.ID)
	}
	return ids
}

// fault is why a search is refused.
func (b *bench) fault(t *testing.T, p resources.Principal, resourceType, query string) error {
	t.Helper()
	q, _, err := search.Parse(resourceType, query, b.SearchOptions())
	require.NoError(t, err)
	_, err = b.Search(t.Context(), p, q, "")
	require.Error(t, err)
	_, countErr := b.Count(t.Context(), p, q)
	require.Error(t, countErr)
	return err
}

// vocabulary is a bench with a code system, value sets and observations that have its codes.
func vocabulary(t *testing.T) *bench {
	b := newBench(t)
	b.put(t, `{"resourceType":"CodeSystem","id":"cs","url":"urn:cs","status":"active","content":"complete","concept":[
		{"code":"out","concept":[{"code":"lab","concept":[{"code":"Blood"},{"code":"urine"}]},{"code":"visit"}]},{"code":"in"}]}`)
	b.put(t, `{"resourceType":"CodeSystem","id":"parts","url":"urn:parts","status":"active","content":"complete","hierarchyMeaning":"part-of","concept":[{"code":"leg","concept":[{"code":"knee"}]}]}`)
	b.put(t, `{"resourceType":"ValueSet","id":"lab","url":"http://x/lab","version":"1","status":"active","compose":{"include":[{"system":"urn:cs","filter":[{"property":"concept","op":"is-a","value":"lab"}]}]}}`)
	b.put(t, `{"resourceType":"ValueSet","id":"nameless","status":"active","compose":{"include":[{"system":"urn:cs","concept":[{"code":"visit"}]},{"system":"http://loinc.org"}]}}`)
	b.put(t, `{"resourceType":"ValueSet","id":"but","url":"http://x/but","status":"active","compose":{"include":[{"system":"urn:cs"}],"exclude":[{"system":"urn:cs","concept":[{"code":"in"}]}]}}`)
	b.put(t, `{"resourceType":"ValueSet","id":"far","url":"http://x/far","status":"active","compose":{"include":[{"system":"urn:far"}],"exclude":[{"system":"urn:far","concept":[{"code":"in"}]}]}}`)
	b.put(t, `{"resourceType":"ValueSet","id":"status","url":"http://x/status","status":"active","compose":{"include":[{"system":"http://hl7.org/fhir/observation-status"}]}}`)
	var list strings.Builder
	for i := range 6000 {
		fmt.Fprintf(&list, `{"code":"c%d"},`, i)
	}
	b.put(t, `{"resourceType":"ValueSet","id":"huge","url":"http://x/huge","status":"active","compose":{"include":[{"system":"urn:huge","concept":[%s]}]}}`, strings.TrimSuffix(list.String(), ","))
	for id, coding := range map[string]string{
		"o-blood": `{"system":"urn:cs","code":"blood"}`, "o-urine": `{"system":"urn:cs","code":"urine"},{"system":"http://loinc.org","code":"1-2"}`,
		"o-visit": `{"system":"urn:cs","code":"visit"}`, "o-in": `{"system":"urn:cs","code":"in"}`, "o-other": `{"system":"urn:other","code":"blood"}`,
		"o-loinc": `{"system":"http://loinc.org","code":"3-4"}`, "o-none": ``,
	} {
		if coding != "" {
			coding = `"coding":[` + coding + `],`
		}
		b.put(t, `{"resourceType":"Observation","id":%q,"status":"final","code":{%s"text":"x"}}`, id, coding)
	}
	b.put(t, `{"resourceType":"Claim","id":"c1","status":"active","use":"claim","type":{"text":"x"},"patient":{"reference":"Patient/1"},"created":"2026-01-01","provider":{"display":"x"},"priority":{"text":"x"},"insurance":[{"sequence":1,"focal":true,"coverage":{"display":"x"}}]}`)
	return b
}

func TestValueSetsAndHierarchies(t *testing.T) {
	b := vocabulary(t)
	cases := []struct {
		name, resource, query string
		want                  []string
	}{
		{"in", "Observation", "code:in=http://x/lab", []string{"o-blood", "o-urine"}},
		{"in, of a version", "Observation", "code:in=http://x/lab|1", []string{"o-blood", "o-urine"}},
		{"in, by id, a whole system too", "Observation", "code:in=ValueSet/nameless", []string{"o-loinc", "o-urine", "o-visit"}},
		{"in either", "Observation", "code:in=http://x/lab,ValueSet/nameless", []string{"o-blood", "o-loinc", "o-urine", "o-visit"}},
		{"in a system but some", "Observation", "code:in=http://x/but", []string{"o-blood", "o-urine", "o-visit"}},
		{"not-in", "Observation", "code:not-in=http://x/lab", []string{"o-in", "o-loinc", "o-none", "o-other", "o-visit"}},
		{"not-in and in", "Observation", "code:not-in=http://x/lab&code:in=http://x/but", []string{"o-visit"}},
		{"in one of R4's own, of a plain code", "Claim", "status:in=http://hl7.org/fhir/ValueSet/fm-status", []string{"c1"}},
		{"not-in one of R4's own", "Claim", "status:not-in=http://hl7.org/fhir/ValueSet/fm-status", []string{}},
		{"in a whole system, of a plain code", "Observation", "status:in=http://x/status&_id=o-in", []string{"o-in"}},
		{"below", "Observation", "code:below=urn:cs|lab", []string{"o-blood", "o-urine"}},
		{"below has the code itself", "Observation", "code:below=urn:cs|urine", []string{"o-urine"}},
		{"above", "Observation", "code:above=urn:cs|urine", []string{"o-urine"}},
		{"above has what is above", "Observation", "code:above=urn:cs|visit,urn:cs|in", []string{"o-in", "o-visit"}},
		{"in a chain", "DiagnosticReport", "result.code:in=http://x/lab", []string{}},
		{"in a filter", "Observation", "_filter=code%20in%20http://x/lab%20or%20code%20ss%20urn:cs|visit", []string{"o-blood", "o-urine", "o-visit"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, b.ids(t, clerk, c.resource, c.query)) })
	}
	refusals := []struct{ name, resource, query, code, found string }{
		{"a value set that is not known", "Observation", "code:in=http://x/none", "not-found", "http://x/none"},
		{"a version that is not known", "Observation", "code:in=http://x/lab|2", "not-found", "http://x/lab|2"},
		{"an id that is not known", "Observation", "code:not-in=ValueSet/none", "not-found", "ValueSet/none"},
		{"too many codes", "Observation", "code:in=http://x/huge", "too-costly", "http://x/huge"},
		{"all but some of what is not known", "Observation", "code:in=http://x/far", "not-supported", "urn:far"},
		{"a code system that is not known", "Observation", "code:below=urn:none|x", "not-found", "urn:none"},
		{"a code that is not known", "Observation", "code:above=urn:cs|none", "not-found", "none"},
		{"a hierarchy of parts", "Observation", "code:below=urn:parts|leg", "not-supported", "urn:parts"},
	}
	for _, c := range refusals {
		t.Run(c.name, func(t *testing.T) {
			said := refused(t, b.fault(t, clerk, c.resource, c.query), 422, c.code)
			require.Equal(t, c.found, said.Issues[0].Found)
		})
	}
	refused(t, b.fault(t, insider, "Observation", "code:in=http://x/lab"), 422, "not-found")
}

func TestPartsOfResources(t *testing.T) {
	b := newBench(t)
	for id, partOf := range map[string]string{"house": "", "floor": "house", "room": "floor", "bed": "room", "shed": "", "ring1": "ring2", "ring2": "ring1"} {
		part := ""
		if partOf != "" {
			part = `,"partOf":{"reference":"Location/` + partOf + `"}`
		}
		b.put(t, `{"resourceType":"Location","id":%q%s}`, id, part)
		b.put(t, `{"resourceType":"Encounter","id":"in-%s","status":"finished","class":{"code":"AMB"},"location":[{"location":{"reference":"Location/%s"}}]}`, id, id)
	}
	cases := []struct {
		query string
		want  []string
	}{
		{"location:below=Location/floor", []string{"in-bed", "in-floor", "in-room"}},
		{"location:below=bed", []string{"in-bed"}},
		{"location:above=room", []string{"in-floor", "in-house", "in-room"}},
		{"location:above=house,shed", []string{"in-house", "in-shed"}},
		{"location:below=ring1", []string{"in-ring1", "in-ring2"}},
		{"location:above=ring1", []string{"in-ring1", "in-ring2"}},
		{"location:below=nowhere", []string{}},
		{"location.partof:below=floor", []string{"in-bed", "in-room"}},
	}
	for _, c := range cases {
		t.Run(c.query, func(t *testing.T) { require.Equal(t, c.want, b.ids(t, clerk, "Encounter", c.query)) })
	}
	require.Empty(t, b.ids(t, resources.Principal{ID: "nobody", Access: store.Nothing("nobody")}, "Encounter", "location:below=floor"))
	for i := range 70 {
		b.put(t, `{"resourceType":"Location","id":"d%d","partOf":{"reference":"Location/d%d"}}`, i, i+1)
	}
	refused(t, b.fault(t, clerk, "Encounter", "location:above=d0"), 422, "too-costly")
	refused(t, b.fault(t, clerk, "Encounter", "location:below=d70"), 422, "too-costly")
}

func TestLists(t *testing.T) {
	b := newBench(t, func(o *resources.Options) { o.BaseURL = "http://claims.example.org/fhir" })
	for _, id := range []string{"p1", "p2", "p3", "p4"} {
		b.put(t, `{"resourceType":"Patient","id":%q,"managingOrganization":{"reference":"Organization/1"}}`, id)
	}
	b.put(t, `{"resourceType":"Practitioner","id":"p1"}`)
	b.put(t, `{"resourceType":"List","id":"l1","status":"current","mode":"working","entry":[{"item":{"reference":"Patient/p1"}},{"item":{"reference":"Practitioner/p1"}},
		{"item":{"reference":"http://claims.example.org/fhir/Patient/p2"}},{"item":{"reference":"Patient/p3/_history/1"}},{"deleted":true,"item":{"reference":"Patient/p4"}},
		{"item":{"reference":"http://elsewhere.example.org/fhir/Patient/p4"}},{"item":{"display":"nobody"}}]}`)
	b.put(t, `{"resourceType":"List","id":"l2","status":"current","mode":"working","entry":[{"item":{"reference":"Patient/p4"}}]}`)
	cases := []struct {
		resource, query string
		want            []string
	}{
		{"Patient", "_list=l1", []string{"p1", "p2", "p3"}},
		{"Patient", "_list=List/l1&_id=p2,p4", []string{"p2"}},
		{"Patient", "_list=l1,l2", []string{"p1", "p2", "p3", "p4"}},
		{"Patient", "_list=l1&_list=l2", []string{}},
		{"Practitioner", "_list=l1", []string{"p1"}},
		{"Patient", "_list=nothing", []string{}},
	}
	for _, c := range cases {
		t.Run(c.resource+"?"+c.query, func(t *testing.T) { require.Equal(t, c.want, b.ids(t, clerk, c.resource, c.query)) })
	}
	require.Empty(t, b.ids(t, insider, "Patient", "_list=l1"), "the List is hidden, though the patients are not")
}
