package resources_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/bundle"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

const uuidA, uuidB = "urn:uuid:0a8b1e57-6c0b-4d4b-9a51-000000000001", "urn:uuid:0a8b1e57-6c0b-4d4b-9a51-000000000002"

func (b *bench) transact(t *testing.T, entries ...string) (responseBundle, error) {
	t.Helper()
	body, err := b.Transaction(t.Context(), clerk, planOf(t, "transaction", entries...), resources.BundleOptions{Return: resources.Representation})
	if err != nil {
		return responseBundle{}, err
	}
	return responseOf(t, body), nil
}

func TestTransaction(t *testing.T) {
	b := newBench(t)
	b.put(t, `{"resourceType":"Patient","id":"old","active":true}`)
	b.put(t, `{"resourceType":"Patient","id":"kept"}`)
	r, err := b.transact(t,
		entryOf("", "GET", "Patient/kept", ""),
		entryOf("", "PUT", "Patient/kept", fmt.Sprintf(`{"resourceType":"Patient","id":"kept","link":[{"other":{"reference":%q},"type":"seealso"}]}`, uuidA)),
		entryOf(uuidA, "POST", "Patient", fmt.Sprintf(`{"resourceType":"Patient","id":"client","link":[{"other":{"reference":%q},"type":"seealso"}]}`, uuidB)),
		entryOf(uuidB, "POST", "Patient", fmt.Sprintf(`{"resourceType":"Patient","link":[{"other":{"reference":%q},"type":"seealso"}]}`, uuidA)),
		entryOf("", "DELETE", "Patient/old", ""),
		entryOf("", "DELETE", "Patient/never", ""),
	)
	require.NoError(t, err)
	require.Equal(t, "transaction-response", r.Type)
	require.Equal(t, []string{"200", "200", "201", "201", "204", "204"}, r.statuses())
	require.Contains(t, string(r.Entry[0].Resource), "Patient/id-1", "reads see the writes")
	require.Contains(t, string(r.Entry[2].Resource), "Patient/id-2")
	require.Contains(t, string(r.Entry[3].Resource), "Patient/id-1", "references may go in circles")
	require.Equal(t, "Patient/id-1/_history/1", r.Entry[2].Response.Location)
	require.Equal(t, "Patient/kept/_history/2", r.Entry[1].Response.Location)
	_, err = b.Read(t.Context(), clerk, key("Patient", "old"))
	require.Equal(t, http.StatusGone, statusOf(err))
	page, err := b.History(t.Context(), clerk, store.HistoryQuery{Limit: 100}, "")
	require.NoError(t, err)
	require.Len(t, page.Records, 2+4, "every entry once")
}

func TestTransactionIsOneCommit(t *testing.T) {
	st := &conflicting{Store: storetest.NewMemory(), left: 2}
	b := benchOver(t, st)
	_, err := b.transact(t,
		entryOf(uuidA, "POST", "Patient", `{"resourceType":"Patient"}`),
		entryOf("", "POST", "Basic", fmt.Sprintf(`{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":%q}}`, uuidA)),
	)
	require.NoError(t, err)
	require.Len(t, st.commits, 3)
	require.Equal(t, st.commits[0], st.commits[2])
	require.Len(t, st.commits[0].Resources, 2)
}

func TestTransactionReferences(t *testing.T) {
	about := func(reference string) string {
		return fmt.Sprintf(`{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":%q}}`, reference)
	}
	known := `{"resourceType":"Patient","id":"known","active":true,"identifier":[{"system":"http://n","value":"1"}]}`
	const byNumber = `"ifNoneExist":"identifier=http://n|1"`
	for _, c := range []struct {
		name    string
		entries []string
		want    string // Basic.subject of the last entry
	}{
		{"to a conditional create that found its match", []string{
			entryOf(uuidA, "POST", "Patient", `{"resourceType":"Patient"}`, byNumber),
			entryOf("", "POST", "Basic", about(uuidA)),
		}, "Patient/known"},
		{"with a version, to such a match", []string{
			entryOf(uuidA, "POST", "Patient", `{"resourceType":"Patient"}`, byNumber),
			entryOf("", "POST", "Basic", about(uuidA+"/_history/1")),
		}, "Patient/known/_history/1"},
		{"to a conditional create that created", []string{
			entryOf(uuidA, "POST", "Patient", `{"resourceType":"Patient"}`, `"ifNoneExist":"identifier=http://n|2"`),
			entryOf("", "POST", "Basic", about(uuidA)),
		}, "Patient/id-1"},
		{"to the match of a condition, after it is deleted here", []string{
			entryOf("", "DELETE", "Patient/known", ""),
			entryOf(uuidA, "POST", "Patient", `{"resourceType":"Patient"}`, byNumber),
			entryOf("", "POST", "Basic", about(uuidA)),
		}, "Patient/id-1"},
		{"to an update by its address", []string{
			entryOf("http://elsewhere/Patient/known", "PUT", "Patient/known", `{"resourceType":"Patient","id":"known"}`),
			entryOf("", "POST", "Basic", about("http://elsewhere/Patient/known")),
		}, "Patient/known"},
		{"with a version, to an update", []string{
			entryOf(uuidA, "PUT", "Patient/known", `{"resourceType":"Patient","id":"known"}`),
			entryOf("", "POST", "Basic", about(uuidA+"/_history/1")),
		}, "Patient/known/_history/2"},
		{"with a version, to an update that changes nothing but gets its version", []string{
			entryOf(uuidA, "PUT", "Patient/known", known),
			entryOf("", "POST", "Basic", about(uuidA+"/_history/1")),
		}, "Patient/known/_history/2"},
		{"by a condition, to what is stored", []string{
			entryOf("", "POST", "Basic", about("Patient?identifier=http://n|1")),
		}, "Patient/known"},
		{"by a condition, to what the transaction creates", []string{
			entryOf("", "POST", "Patient", `{"resourceType":"Patient","identifier":[{"value":"fresh"}]}`),
			entryOf("", "POST", "Basic", about("Patient?identifier=fresh")),
		}, "Patient/id-1"},
		{"by a condition, to what the transaction creates under that condition", []string{
			entryOf("", "POST", "Patient", `{"resourceType":"Patient","identifier":[{"system":"http://n","value":"2"}]}`, `"ifNoneExist":"identifier=http://n|2"`),
			entryOf("", "POST", "Basic", about("Patient?identifier=http://n|2")),
		}, "Patient/id-1"},
		{"by a condition, to what the transaction changes", []string{
			entryOf("", "PUT", "Patient/known", `{"resourceType":"Patient","id":"known","identifier":[{"value":"fresh"}]}`),
			entryOf("", "POST", "Basic", about("Patient?identifier=fresh")),
		}, "Patient/known"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.put(t, "%s", known)
			r, err := b.transact(t, c.entries...)
			require.NoError(t, err)
			require.Contains(t, string(r.Entry[len(r.Entry)-1].Resource), fmt.Sprintf(`"subject":{"reference":%q}`, c.want))
		})
	}
}

func TestTransactionRefusals(t *testing.T) {
	basic := func(reference string) string {
		return fmt.Sprintf(`{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":%q}}`, reference)
	}
	fine := entryOf("", "POST", "Patient", `{"resourceType":"Patient"}`)
	for _, c := range []struct {
		name   string
		entry  []string // after one that is fine
		status int
		code   string
		at     string
	}{
		{"a placeholder that no entry has", []string{entryOf("", "POST", "Basic", basic(uuidB))}, 400, outcome.Value, "Bundle.entry[1].resource.subject.reference"},
		{"a rule of the type", []string{entryOf("", "POST", "Basic", basic("Patient/denied"))}, 422, outcome.BusinessRule, "Bundle.entry[1].resource.subject"},
		{"a type that only the server writes", []string{entryOf("", "POST", "Linkage", `{"resourceType":"Linkage","item":[{"type":"source","resource":{"reference":"Basic/1"}}]}`)}, 422, outcome.BusinessRule, "Bundle.entry[1]"},
		{"a stale version", []string{entryOf("", "PUT", "Patient/p", `{"resourceType":"Patient","id":"p","active":true}`, `"ifMatch":"W/\"7\""`)}, 412, outcome.Conflict, "Bundle.entry[1]"},
		{"a stale version at a delete", []string{entryOf("", "DELETE", "Patient/p", "", `"ifMatch":"W/\"7\""`)}, 412, outcome.Conflict, "Bundle.entry[1]"},
		{"a read of nothing", []string{entryOf("", "GET", "Patient/never", "")}, 404, outcome.NotFound, "Bundle.entry[1]"},
		{"a read of what it deletes", []string{entryOf("", "GET", "Patient/p", ""), entryOf("", "DELETE", "Patient/p", "")}, 410, outcome.Deleted, "Bundle.entry[1]"},
		{"a condition without match", []string{entryOf("", "POST", "Basic", basic("Patient?identifier=none"))}, 412, outcome.NotFound, "Bundle.entry[1].resource.subject.reference"},
		{"a condition with matches", []string{entryOf("", "POST", "Basic", basic("Patient?identifier=twice"))}, 412, outcome.MultipleMatches, "Bundle.entry[1].resource.subject.reference"},
		{"a condition that is none", []string{entryOf("", "POST", "Basic", basic("Patient?shoesize=43"))}, 400, outcome.NotSupported, "Bundle.entry[1].resource.subject.reference"},
		{"a conditional create with matches", []string{entryOf("", "POST", "Patient", `{"resourceType":"Patient"}`, `"ifNoneExist":"identifier=twice"`)}, 412, outcome.MultipleMatches, "Bundle.entry[1]"},
		{"two conditional creates alike", []string{
			entryOf("", "POST", "Patient", `{"resourceType":"Patient"}`, `"ifNoneExist":"identifier=x"`),
			entryOf("", "POST", "Patient", `{"resourceType":"Patient"}`, `"ifNoneExist":"identifier=x"`),
		}, 400, outcome.Duplicate, "Bundle.entry[2].request.ifNoneExist"},
		{"a condition that another entry meets", []string{
			entryOf("", "POST", "Patient", `{"resourceType":"Patient","identifier":[{"value":"x"}]}`, `"ifNoneExist":"identifier=x"`),
			entryOf("", "POST", "Patient", `{"resourceType":"Patient","identifier":[{"value":"x"}]}`),
		}, 412, outcome.MultipleMatches, "Bundle.entry[1]"},
		{"B4 a conditional update and an update of one resource", []string{
			entryOf("", "PUT", "Patient?_id=p", `{"resourceType":"Patient"}`), entryOf("", "PUT", "Patient/p", `{"resourceType":"Patient","id":"p","active":true}`),
		}, 400, outcome.Duplicate, "Bundle.entry[2].request.url"},
		{"B4 a conditional delete and a patch of one resource", []string{
			entryOf("", "DELETE", "Patient?_id=p", ""), entryOf("", "PATCH", "Patient/p", patchOf("active", `"valueBoolean":true`)),
		}, 410, outcome.Deleted, "Bundle.entry[2]"},
		{"B4 two conditional updates alike", []string{
			entryOf("", "PUT", "Patient?identifier=x&_format=json", `{"resourceType":"Patient"}`), entryOf("", "PUT", "Patient?identifier=x", `{"resourceType":"Patient"}`),
		}, 400, outcome.Duplicate, "Bundle.entry[2].request.url"},
		{"B4 a conditional update whose condition another entry meets", []string{
			entryOf("", "PUT", "Patient?identifier=x", `{"resourceType":"Patient","identifier":[{"value":"x"}]}`),
			entryOf("", "POST", "Patient", `{"resourceType":"Patient","identifier":[{"value":"x"}]}`),
		}, 412, outcome.MultipleMatches, "Bundle.entry[1]"},
		{"U4 a conditional update with matches", []string{entryOf("", "PUT", "Patient?identifier=twice", `{"resourceType":"Patient"}`)}, 412, outcome.MultipleMatches, "Bundle.entry[1]"},
		{"U4 a conditional update with another id", []string{entryOf("", "PUT", "Patient?_id=p", `{"resourceType":"Patient","id":"q"}`)}, 400, outcome.Value, "Bundle.entry[1].resource.id"},
		{"D3 a conditional delete with matches", []string{entryOf("", "DELETE", "Patient?identifier=twice", "")}, 412, outcome.MultipleMatches, "Bundle.entry[1]"},
		{"D3 a conditional delete that says nothing", []string{entryOf("", "DELETE", "Patient?_count=1", "")}, 400, outcome.Value, "Bundle.entry[1]"},
		{"PA2 a conditional patch without match", []string{entryOf("", "PATCH", "Patient?identifier=x", patchOf("active", `"valueBoolean":true`))}, 404, outcome.NotFound, "Bundle.entry[1]"},
		{"PA5 a patch whose result is not valid", []string{entryOf("", "PATCH", "Patient/p", patchOf("gender", `"valueCode":"x"`))}, 422, outcome.CodeInvalid, "Bundle.entry[1]"},
		{"PA4 a patch of another version", []string{entryOf("", "PATCH", "Patient/p", patchOf("active", `"valueBoolean":true`), `"ifMatch":"W/\"7\""`)}, 412, outcome.Conflict, "Bundle.entry[1]"},
		{"a search, which nobody answers here", []string{entryOf("", "GET", "Patient?active=true", "")}, 400, outcome.NotSupported, "Bundle.entry[1].request"},
		{"an operation, which nobody performs here", []string{entryOf("", "POST", "Claim/$submit", `{"resourceType":"Parameters"}`)}, 400, outcome.NotSupported, "Bundle.entry[1].request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := decidingBench(t)
			b.put(t, `{"resourceType":"Patient","id":"p"}`)
			b.put(t, `{"resourceType":"Patient","id":"t1","identifier":[{"value":"twice"}]}`)
			b.put(t, `{"resourceType":"Patient","id":"t2","identifier":[{"value":"twice"}]}`)
			_, err := b.transact(t, append([]string{fine}, c.entry...)...)
			said := refused(t, err, c.status, c.code)
			require.Equal(t, c.at, said.Issues[0].Expression)
			page, err := b.History(t.Context(), clerk, store.HistoryQuery{Limit: 100}, "")
			require.NoError(t, err)
			require.Len(t, page.Records, 3, "nothing was written")
		})
	}
	t.Run("all placeholders that lead nowhere are named", func(t *testing.T) {
		_, err := newBench(t).transact(t, entryOf("", "POST", "Basic", basic(uuidA)), entryOf("", "POST", "Basic", basic(uuidB)))
		require.Len(t, refused(t, err, http.StatusBadRequest, outcome.Value).Issues, 2)
	})
}

func TestTransactionWithBehaviours(t *testing.T) {
	b := decidingBench(t)
	basic := `{"resourceType":"Basic","code":{"text":"x"}}`
	_, err := b.transact(t, entryOf("", "POST", "Basic", basic), entryOf("", "POST", "Basic", basic), entryOf("", "POST", "Basic", basic))
	require.NoError(t, err)
	require.Equal(t, "3", headValue(t, b.st), "each decision sees those before it")
	record, err := b.Read(t.Context(), clerk, key("Linkage", "id-6"))
	require.NoError(t, err)
	require.Contains(t, string(record.Body), `"display":"2"`)
}

func TestTransactionsOnOneHead(t *testing.T) {
	st := storetest.NewMemory()
	servers := []*resources.Service{resources.New(st, resources.Options{}), resources.New(st, resources.Options{})}
	for _, s := range servers {
		s.Register("Basic", decided{lock: "policy/1"})
	}
	basic := entryOf("", "POST", "Basic", `{"resourceType":"Basic","code":{"text":"x"}}`)
	plan := planOf(t, "transaction", basic, basic)
	errs := make([]error, 64)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() {
			_, errs[i] = servers[i%2].Transaction(t.Context(), clerk, plan, resources.BundleOptions{})
		})
	}
	group.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.Equal(t, "128", headValue(t, st))
}

func TestTransactionCallsBack(t *testing.T) {
	b := newBench(t)
	o := resources.BundleOptions{
		Fetch: func(ctx context.Context, p resources.Principal, r *resources.Reads, e *bundle.Entry) (*bundle.Answer, error) {
			record, err := r.Read(ctx, p, key("Patient", "id-1"))
			if err != nil {
				return nil, err
			}
			return &bundle.Answer{Status: 200, Resource: record.Body}, nil
		},
		Operate: func(ctx context.Context, p resources.Principal, u *resources.Unit, e *bundle.Entry) (*bundle.Answer, error) {
			_, err := addOne(ctx, u)
			return &bundle.Answer{Status: 200, Resource: e.Resource.Bytes()}, err
		},
	}
	body, err := b.Transaction(t.Context(), clerk, planOf(t, "transaction",
		entryOf("", "GET", "Patient?active=true", ""),
		entryOf("", "POST", "Basic/$count", fmt.Sprintf(`{"resourceType":"Parameters","parameter":[{"name":"subject","valueReference":{"reference":%q}}]}`, uuidA)),
		entryOf(uuidA, "POST", "Patient", `{"resourceType":"Patient"}`),
	), o)
	require.NoError(t, err)
	r := responseOf(t, body)
	require.Contains(t, string(r.Entry[0].Resource), `"id":"id-1"`)
	require.Contains(t, string(r.Entry[1].Resource), `"reference":"Patient/id-1"`, "references in an operation's input are rewritten too")
	require.Equal(t, "1", headValue(t, b.st))
}

func TestTransactionOfManyEntries(t *testing.T) {
	b := newBench(t)
	var entries []string
	for i := range 500 {
		entries = append(entries, entryOf(fmt.Sprintf("urn:uuid:%d", i), "POST", "Patient", fmt.Sprintf(
			`{"resourceType":"Patient","identifier":[{"value":"%d"}],"link":[{"other":{"reference":"urn:uuid:%d"},"type":"seealso"}]}`, i, (i+1)%500)))
	}
	counted := &counter{Store: b.st}
	b = benchOver(t, counted)
	r, err := b.transact(t, entries...)
	require.NoError(t, err)
	require.Equal(t, "201", r.Entry[499].Response.Status[:3])
	require.Equal(t, counts{internals: 1, commits: 1}, counted.counts, "whatever the number of entries")
	require.Equal(t, 500, strings.Count(string(contents(r)), `"type":"seealso"`))
}

func contents(r responseBundle) []byte {
	var all []byte
	for _, e := range r.Entry {
		all = append(all, e.Resource...)
	}
	return all
}

// patchOf is a FHIRPath Patch that adds an element to a Patient.
func patchOf(element, value string) string {
	return fmt.Sprintf(`{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},`+
		`{"name":"path","valueString":"Patient"},{"name":"name","valueString":%q},{"name":"value",%s}]}]}`, element, value)
}

// TestTransactionOfConditionalWrites does all of R4's conditional writes and patches in one commit, over every backend; what
// refers to their entries gets what they turned out to be.
func TestTransactionOfConditionalWrites(t *testing.T) {
	about := func(fullURL string) string {
		return fmt.Sprintf(`{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":%q}}`, fullURL)
	}
	urn := func(n int) string { return fmt.Sprintf("urn:uuid:0a8b1e57-6c0b-4d4b-9a51-0000000000%02d", n) }
	numbered := func(n string) string {
		return fmt.Sprintf(`{"resourceType":"Patient","identifier":[{"system":"http://n","value":%q}]}`, n)
	}
	for _, backend := range backends {
		t.Run(backend.name, func(t *testing.T) {
			b := benchOver(t, backend.open(t))
			for _, id := range []string{"updated", "patched", "deleted", "there", "named"} {
				b.put(t, `{"resourceType":"Patient","id":%q,"identifier":[{"system":"http://n","value":%q}]}`, id, id)
			}
			jsonPatch := base64.StdEncoding.EncodeToString([]byte(`[{"op":"add","path":"/link","value":[{"other":{"reference":"` + urn(2) + `"},"type":"seealso"}]}]`))
			r, err := b.transact(t,
				entryOf("", "GET", "Patient/named", ""),
				entryOf(urn(1), "PUT", "Patient?identifier=http://n|updated", strings.Replace(numbered("updated"), `"Patient"`, `"Patient","active":true`, 1)),
				entryOf(urn(2), "PUT", "Patient?identifier=http://n|new", numbered("new")),
				entryOf(urn(3), "POST", "Patient", numbered("there"), `"ifNoneExist":"identifier=http://n|there"`),
				entryOf(urn(4), "PATCH", "Patient?identifier=http://n|patched", patchOf("gender", `"valueCode":"other"`)),
				entryOf("", "PATCH", "Patient/named", `{"resourceType":"Binary","contentType":"application/json-patch+json","data":"`+jsonPatch+`"}`, `"ifMatch":"*"`),
				entryOf("", "DELETE", "Patient?identifier=http://n|deleted", ""),
				entryOf("", "DELETE", "Patient?identifier=http://n|never", ""),
				entryOf("", "POST", "Basic", about(urn(1))), entryOf("", "POST", "Basic", about(urn(2))), entryOf("", "POST", "Basic", about(urn(3))), entryOf("", "POST", "Basic", about(urn(4))),
				entryOf("", "POST", "Basic", about("Patient?identifier=http://n|new")),
			)
			require.NoError(t, err)
			require.Equal(t, []string{"200", "200", "201", "200", "200", "200", "204", "204", "201", "201", "201", "201", "201"}, r.statuses())
			created := strings.TrimSuffix(r.Entry[2].Response.Location, "/_history/1")
			for i, want := range map[int]string{0: created, 5: created, 8: "Patient/updated", 9: created, 10: "Patient/there", 11: "Patient/patched", 12: created} {
				require.Contains(t, string(r.Entry[i].Resource), `"reference":"`+want+`"`, "B5 B6 entry %d", i)
			}
			require.Equal(t, "Patient/updated/_history/2", r.Entry[1].Response.Location, "B7")
			require.Equal(t, "Patient/patched/_history/2", r.Entry[4].Response.Location)
			require.Equal(t, `W/"2"`, r.Entry[6].Response.Etag)
			require.Contains(t, string(r.Entry[4].Resource), `"gender":"other"`)
			_, err = b.Read(t.Context(), clerk, key("Patient", "deleted"))
			require.Equal(t, http.StatusGone, statusOf(err))

			t.Run("B4 what a condition finds is found after the deletes", func(t *testing.T) {
				r, err := b.transact(t,
					entryOf("", "PUT", "Patient?identifier=http://n|updated", numbered("updated")),
					entryOf("", "DELETE", "Patient/updated", ""),
				)
				require.NoError(t, err)
				require.Equal(t, []string{"201", "204"}, r.statuses())
			})
			t.Run("U5 a patch that changes nothing", func(t *testing.T) {
				r, err := b.transact(t, entryOf("", "PATCH", "Patient/patched", `{"resourceType":"Parameters"}`))
				require.NoError(t, err)
				require.Equal(t, "Patient/patched/_history/2", r.Entry[0].Response.Location)
			})
			t.Run("more conditions than rounds of locks", func(t *testing.T) {
				var entries []string
				for i := range 150 {
					entries = append(entries, entryOf("", "PUT", fmt.Sprintf("Patient?identifier=http://m|%d", i), `{"resourceType":"Patient"}`))
				}
				_, err := b.transact(t, entries...)
				require.NoError(t, err)
			})
		})
	}
}
