package claims_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims"
	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
	"claimwright/testdata/sandbox"
)

// world is a server without HTTP: a store with the sandbox scheme in it, and the use cases over it.
type world struct {
	t       testing.TB
	store   store.Store
	service *resources.Service
	schemes *claims.Schemes
	claims  *claims.Claims
	// ahead is how much later than now it is.
	ahead time.Duration
}

// now is a moment after all claims of the sandbox.
var now = time.Date(2027, 2, 1, 9, 0, 0, 0, time.UTC)

func newWorld(t testing.TB, st store.Store) *world {
	w := joinWorld(t, st)
	for _, file := range []string{"organizations.json", "locations.json", "plans.json", "register.json", "price-lists.json", "members.json", "policies.json"} {
		w.load(file)
	}
	return w
}

// joinWorld is another server over the same store.
func joinWorld(t testing.TB, st store.Store) *world {
	w := &world{t: t, store: st}
	w.service = resources.New(st, resources.Options{Clock: func() time.Time { return now.Add(w.ahead) }})
	w.schemes = claims.NewSchemes(st)
	w.claims = claims.New(w.service, w.schemes, claims.Options{Base: []string{"https://claims.test/fhir"}})
	return w
}

// later lets time pass.
func (w *world) later(d time.Duration) { w.ahead += d }

func newMemoryWorld(t testing.TB) *world { return newWorld(t, storetest.NewMemory()) }

var everyone = resources.Principal{ID: "tester", Request: "r-1", Organization: "Organization/mwangaza", Access: store.Everything("tester")}

func (w *world) load(file string) {
	body, err := fs.ReadFile(sandbox.Files, file)
	require.NoError(w.t, err)
	w.transact(string(body))
}

func (w *world) transact(body string) {
	plan, err := bundle.Read([]byte(body), codec.Limits{}, bundle.Options{})
	require.NoError(w.t, err)
	_, err = w.service.Transaction(context.Background(), everyone, plan, resources.BundleOptions{})
	require.NoError(w.t, err)
}

func (w *world) parse(body string) *codec.Document { return parse(w.t, body) }

func parse(t testing.TB, body string) *codec.Document {
	doc, issues := codec.Parse([]byte(body), codec.Limits{})
	require.Empty(t, issues, body)
	return doc
}

// sample is one of the sandbox's claims.
func sample(t testing.TB, name string) *codec.Document {
	body, err := fs.ReadFile(sandbox.Files, "claims/"+name)
	require.NoError(t, err)
	return parse(t, string(body))
}

func (w *world) submit(doc *codec.Document) *response {
	answer, err := w.claims.Submit(context.Background(), everyone, doc)
	require.NoError(w.t, err)
	return readResponse(w.t, answer)
}

// response is what tests look at in a ClaimResponse.
type response struct {
	doc          *codec.Document
	ResourceType string
	ID           string
	Status       string
	Outcome      string
	Disposition  string
	Request      struct{ Reference string }
	Patient      struct {
		Reference  string
		Identifier *struct{ Value string }
	}
	Insurer   struct{ Reference, Display string }
	Requestor struct{ Reference string }
	Item      []struct {
		ItemSequence int
		NoteNumber   []int
		Extension    []json.RawMessage
		Adjudication []adjudication
	}
	Total       []adjudication
	ProcessNote []struct {
		Number int
		Text   string
	}
	Insurance []struct {
		Sequence int
		Coverage struct{ Reference string }
	}
	Error []struct {
		Code struct {
			Coding []struct{ Code string }
			Text   string
		}
	}
}

type adjudication struct {
	Category struct {
		Coding []struct{ System, Code string }
	}
	Reason struct{ Coding []struct{ Code string } }
	Amount struct {
		Value    json.Number
		Currency string
	}
}

func readResponse(t testing.TB, doc *codec.Document) *response {
	r := &response{doc: doc}
	require.NoError(t, json.Unmarshal(doc.Bytes(), r))
	require.Equal(t, "ClaimResponse", r.ResourceType, string(doc.Bytes()))
	return r
}

// amounts are the adjudications or totals by their category; denied is the reason of the first that has one.
func amounts(rows []adjudication) (by map[string]string, denied string) {
	by = map[string]string{}
	for _, r := range rows {
		by[r.Category.Coding[0].Code] = r.Amount.Value.String()
		if len(r.Reason.Coding) > 0 {
			denied = r.Reason.Coding[0].Code
		}
	}
	return by, denied
}

// claimSpec writes claims for one line of a sandbox service.
type claimSpec struct {
	identifier, patient, coverage, provider, service, date, price string
	members                                                       string // further members, each with a leading comma
}

func (c claimSpec) json() string {
	or := func(s, otherwise string) string {
		if s == "" {
			return otherwise
		}
		return s
	}
	id := ""
	if c.identifier != "" {
		id = fmt.Sprintf(`"identifier":[{"system":"urn:test","value":%q}],`, c.identifier)
	}
	price := or(c.price, "800.00")
	return fmt.Sprintf(`{"resourceType":"Claim",%s"status":"active","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"professional"}]},
"use":"claim","patient":%s,"created":"2026-12-31","insurer":{"reference":"Organization/umoja"},"provider":%s,
"priority":{"coding":[{"code":"normal"}]},"insurance":[{"sequence":1,"focal":true,"coverage":%s}]%s,
"item":[{"sequence":1,"productOrService":{"coding":[{"system":"https://claimwright.org/sandbox/services","code":%q}]},"servicedDate":%q,
"quantity":{"value":1},"unitPrice":{"value":%s,"currency":"KES"},"net":{"value":%s,"currency":"KES"}}]}`,
		id, or(c.patient, `{"reference":"Patient/p-2001-01"}`), or(c.provider, `{"reference":"Organization/ziwani"}`),
		or(c.coverage, `{"reference":"Coverage/p-2001-01"}`), c.members, or(c.service, "S-CONS"), or(c.date, "2026-05-05"), price, price)
}
