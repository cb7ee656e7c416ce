package replay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/replay"
	"claimwright/adjudication/engine"
	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/memory"
	"claimwright/store/resources"
	"claimwright/testdata/sandbox"
)

// world is a server without HTTP whose clock moves a second with each write.
type world struct {
	*testing.T
	store   store.Store
	service *resources.Service
	claims  *claims.Claims
	clock   time.Time
}

var everyone = resources.Principal{ID: "tester", Access: store.Everything("tester")}

func newWorld(t *testing.T) *world {
	w := &world{T: t, store: memory.New(), clock: time.Date(2027, 2, 1, 9, 0, 0, 0, time.UTC)}
	w.service = resources.New(w.store, resources.Options{Clock: func() time.Time { return w.clock }})
	w.claims = claims.New(w.service, claims.NewSchemes(w.store), claims.Options{})
	for _, name := range []string{"organizations.json", "locations.json", "plans.json", "register.json", "price-lists.json", "members.json", "policies.json"} {
		plan, err := bundle.Read(w.file(name), codec.Limits{}, bundle.Options{})
		require.NoError(t, err)
		_, err = w.service.Transaction(w.tick(), everyone, plan, resources.BundleOptions{})
		require.NoError(t, err)
	}
	return w
}

func (w *world) tick() context.Context {
	w.clock = w.clock.Add(time.Second)
	return w.Context()
}

func (w *world) file(name string) []byte {
	body, err := sandbox.Files.ReadFile(name)
	require.NoError(w, err)
	var flat bytes.Buffer
	require.NoError(w, json.Compact(&flat, body))
	return flat.Bytes()
}

func (w *world) parse(body []byte) *codec.Document {
	doc, issues := codec.Parse(body, codec.Limits{})
	require.Empty(w, issues)
	return doc
}

// submit submits one of the sandbox's claims and returns the id of the response.
func (w *world) submit(name string) string {
	answer, err := w.claims.Submit(w.tick(), everyone, w.parse(w.file("claims/"+name)))
	require.NoError(w, err)
	return answer.ID()
}

// change writes a resource anew with one text in the place of another.
func (w *world) change(key store.Key, from, to string) {
	found, err := w.store.Get(w.Context(), store.System(), key)
	require.NoError(w, err)
	require.Contains(w, string(found[0].Body), from)
	doc := w.parse([]byte(strings.Replace(string(found[0].Body), from, to, 1)))
	_, err = w.service.Update(w.tick(), everyone, key, doc, resources.UpdateOptions{})
	require.NoError(w, err)
}

func (w *world) replay(id string) replay.Result {
	results, err := replay.New(w.store).Response(w.Context(), id)
	require.NoError(w, err)
	require.Len(w, results, 1)
	return results[0]
}

func (w *world) requireAllTheSame() int {
	page, err := w.store.Search(w.Context(), store.System(), &search.Query{Type: "ClaimResponse", Count: 1000}, "")
	require.NoError(w, err)
	r := replay.New(w.store)
	for _, record := range page.Records {
		results, err := r.Response(w.Context(), record.ID)
		require.NoError(w, err)
		for _, result := range results {
			if result.Verdict != replay.NotADecision {
				require.Equal(w, replay.Same, result.Verdict, "%+v", result)
			}
		}
	}
	return len(page.Records)
}

func TestTheSandboxComesOutTheSame(t *testing.T) {
	w := newWorld(t)
	files, err := fs.Glob(sandbox.Files, "claims/*.json")
	require.NoError(t, err)
	for _, name := range files {
		w.submit(strings.TrimPrefix(name, "claims/"))
	}
	require.Equal(t, len(files), w.requireAllTheSame())
}

// TestTheSchemeOfThen: plans, prices, register and organisations change, disappear and come back between the claims.
func TestTheSchemeOfThen(t *testing.T) {
	w := newWorld(t)
	first := w.submit("01-outpatient-malaria.json")
	w.change(store.Key{Type: "InsurancePlan", ID: "umoja-gold"}, "500.00", "750.00")
	second := w.submit("02-billed-above-list.json")
	w.change(store.Key{Type: "Contract", ID: "prices-ziwani"}, `"title"`, `"name":"x","title"`)
	w.submit("05-wrong-sex.json")
	list := store.Key{Type: "Contract", ID: "prices-ziwani"}
	_, err := w.service.Delete(w.tick(), everyone, list, resources.DeleteOptions{})
	require.NoError(t, err)
	w.submit("06-child-only.json")
	_, err = w.service.Create(w.tick(), everyone, w.parse([]byte(`{"resourceType":"Organization","name":"an employer"}`)), resources.CreateOptions{})
	require.NoError(t, err)
	w.submit("07-quantity-cut-and-share.json")
	require.Equal(t, 5, w.requireAllTheSame())

	got := w.replay(first)
	require.Equal(t, engine.Version, got.Recorded)
	require.EqualValues(t, 1, got.Version)
	require.NotEmpty(t, got.Claim)
	w.change(store.Key{Type: "InsurancePlan", ID: "umoja-gold"}, "750.00", "500.00")
	require.Equal(t, replay.Same, w.replay(second).Verdict)
}

func TestCancelledClaimsAreDecidedAgain(t *testing.T) {
	w := newWorld(t)
	id := w.submit("01-outpatient-malaria.json")
	w.change(store.Key{Type: "Claim", ID: w.replay(id).Claim}, `"status":"active"`, `"status":"cancelled"`)
	got := w.replay(id)
	require.Equal(t, replay.Same, got.Verdict, "%+v", got)
	require.EqualValues(t, 1, got.Version, "the cancellation is no decision")
}

func TestWhatIsNoDecision(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, replay.NotADecision, w.replay(w.submit("16-unknown-member.json")).Verdict)
	_, err := replay.New(w.store).Response(t.Context(), "nobody")
	require.ErrorContains(t, err, "ClaimResponse/nobody is not in the store")
}

// altered is a store in which one text stands in the place of another, as if the data had been tampered with or another
// engine had decided.
type altered struct {
	store.Store
	typ      string
	from, to string
	gone     store.Space
}

func (a *altered) alter(r *store.Record) *store.Record {
	if r == nil || r.Type != a.typ {
		return r
	}
	next := *r
	next.Body = bytes.ReplaceAll(r.Body, []byte(a.from), []byte(a.to))
	return &next
}

func (a *altered) Version(ctx context.Context, access store.Access, k store.Key, v int64) (*store.Record, error) {
	r, err := a.Store.Version(ctx, access, k, v)
	return a.alter(r), err
}

func (a *altered) History(ctx context.Context, access store.Access, h store.HistoryQuery) (store.Page, error) {
	page, err := a.Store.History(ctx, access, h)
	for i := range page.Records {
		page.Records[i] = a.alter(page.Records[i])
	}
	return page, err
}

func (a *altered) Internals(ctx context.Context, access store.Access, keys ...store.InternalKey) ([]store.Internal, error) {
	found, err := a.Store.Internals(ctx, access, keys...)
	for i := range found {
		if found[i].Key.Space == a.gone {
			found[i] = store.Internal{Key: found[i].Key}
		}
	}
	return found, err
}

func TestDifferencesAreTold(t *testing.T) {
	w := newWorld(t)
	id := w.submit("02-billed-above-list.json")
	version := fmt.Sprintf(`"url":"engine","valueString":%q`, engine.Version)
	paid := w.replay(id)
	require.Equal(t, replay.Same, paid.Verdict)
	for name, c := range map[string]struct {
		altered altered
		verdict replay.Verdict
		reason  string
		want    []replay.Difference
	}{
		"tampered with": {altered{typ: "ClaimResponse", from: `"outcome":"complete"`, to: `"outcome":"partial"`}, replay.Different, "",
			[]replay.Difference{{At: "ClaimResponse.outcome", Stored: `"partial"`, Again: `"complete"`}}},
		"another engine, the same figures": {altered{typ: "ClaimResponse", from: version, to: `"url":"engine","valueString":"0"`}, replay.Same, "", nil},
		"another engine, other figures": {altered{typ: "ClaimResponse", from: version, to: `"url":"engine","valueString":"0"`}, replay.Changed, "",
			[]replay.Difference{{At: "ClaimResponse.outcome", Stored: `"partial"`, Again: `"complete"`}}},
		"another claim":    {altered{typ: "Claim", from: `"unitPrice":{"value":900.00`, to: `"unitPrice":{"value":1900.00`}, replay.Unable, "cannot be read", nil},
		"another plan":     {altered{typ: "InsurancePlan", from: `500.00`, to: `600.00`}, replay.Unable, "cannot be made again from the history", nil},
		"no head":          {altered{gone: store.SpaceEntry}, replay.Unable, "is not in the store", nil},
		"broken extension": {altered{typ: "ClaimResponse", from: `"url":"head","valueString":"member`, to: `"url":"head","valueString":"m`}, replay.Unable, "head", nil},
	} {
		t.Run(name, func(t *testing.T) {
			c.altered.Store = w.store
			if name == "another engine, other figures" {
				c.altered.Store = &altered{Store: w.store, typ: "ClaimResponse", from: `"outcome":"complete"`, to: `"outcome":"partial"`}
			}
			results, err := replay.New(&c.altered).Response(t.Context(), id)
			require.NoError(t, err)
			require.Len(t, results, 1)
			require.Equal(t, c.verdict, results[0].Verdict, "%+v", results[0])
			require.Contains(t, results[0].Reason, c.reason)
			require.Equal(t, c.want, results[0].Differences)
		})
	}
}

func TestAnAmountIsToldWithItsGrowth(t *testing.T) {
	w := newWorld(t)
	id := w.submit("02-billed-above-list.json")
	found, err := w.store.Get(t.Context(), store.System(), store.Key{Type: "ClaimResponse", ID: id})
	require.NoError(t, err)
	root := w.parse(found[0].Body).Root()
	var amount string
	for total := range root.Field("total").Each() {
		if total.Field("category").Field("coding").Index(0).Field("code").Text() == "benefit" {
			amount = total.Field("amount").Field("value").Text()
		}
	}
	require.NotEmpty(t, amount)
	st := &altered{Store: w.store, typ: "ClaimResponse", from: `"code":"benefit"}]},"amount":{"value":` + amount, to: `"code":"benefit"}]},"amount":{"value":1.00`}
	results, err := replay.New(st).Response(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, replay.Different, results[0].Verdict)
	last := results[0].Differences[len(results[0].Differences)-1]
	require.Equal(t, "ClaimResponse.total[benefit].amount.value", last.At)
	require.Equal(t, "1.00", last.Stored)
	require.Equal(t, amount, last.Again)
	require.Equal(t, "+", last.By[:1])
}

func TestAll(t *testing.T) {
	w := newWorld(t)
	first := w.submit("01-outpatient-malaria.json")
	w.submit("16-unknown-member.json")
	since := w.clock.Add(time.Millisecond)
	last := w.submit("02-billed-above-list.json")
	list := func(since time.Time) (ids []string, done int64) {
		err := replay.New(w.store).All(t.Context(), since, func(r replay.Result) {
			require.False(t, r.Verdict.Fault())
			ids = append(ids, r.Response.ID)
		}, func(n, total int64) {
			done = n
			require.Equal(t, n, total)
		})
		require.NoError(t, err)
		return ids, done
	}
	ids, done := list(time.Time{})
	require.Len(t, ids, 3)
	require.EqualValues(t, 3, done)
	require.Contains(t, ids, first)
	ids, _ = list(since)
	require.Equal(t, []string{last}, ids)
}
