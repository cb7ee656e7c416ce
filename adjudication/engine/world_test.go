package engine_test

import (
	"io/fs"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/testdata/sandbox"
)

// world is the sandbox's scheme with its members, kept in memory as the use cases keep it in a store.
type world struct {
	t        testing.TB
	scheme   *scheme.Scheme
	members  map[string]*ledger.Member
	policies map[string]*ledger.Policy
	entries  map[string][]ledger.Entry
	now      time.Time
	claims   int
}

func parse(t testing.TB, body []byte) *codec.Document {
	t.Helper()
	doc, issues := codec.Parse(body, codec.Limits{})
	require.Empty(t, issues)
	return doc
}

// resourcesOf are the resources of a transaction Bundle of the sandbox, as a store would return them.
func resourcesOf(t testing.TB, file string) []*codec.Document {
	t.Helper()
	body, err := sandbox.Files.ReadFile(file)
	require.NoError(t, err)
	bundle := parse(t, body)
	var docs []*codec.Document
	for entry := range bundle.Root().Field("entry").Each() {
		d := bundle.Extract(entry.Field("resource"))
		docs = append(docs, d.WithMeta(d.ID(), 1, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
	}
	return docs
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{
		t: t, members: map[string]*ledger.Member{}, policies: map[string]*ledger.Policy{},
		entries: map[string][]ledger.Entry{}, now: time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC),
	}
	var docs []*codec.Document
	for _, f := range []string{"organizations.json", "register.json", "plans.json", "price-lists.json"} {
		docs = append(docs, resourcesOf(t, f)...)
	}
	sch, issues := scheme.Compile(docs)
	require.Empty(t, issues)
	w.scheme = sch
	for _, d := range resourcesOf(t, "members.json") {
		if d.Type() == "Patient" {
			w.members[d.ID()] = engine.ReadPatient(d, nil)
		}
	}
	w.enrol(resourcesOf(t, "policies.json"))
	return w
}

// enrol does with covers and policies what the use cases do when they are written.
func (w *world) enrol(docs []*codec.Document) {
	for _, d := range docs {
		if d.Type() != "Coverage" {
			continue
		}
		ref, cover, issues := engine.ReadCover(d, w.scheme)
		require.Empty(w.t, issues)
		id := ref.Key[len("Patient/"):]
		before := w.members[id]
		after, err := before.WithCover(cover)
		require.NoError(w.t, err)
		w.members[id] = after
		w.policies[cover.Policy] = w.policy(cover.Policy).WithMember(before.Belonging(cover.Policy), after.Belonging(cover.Policy))
	}
	for _, d := range docs {
		if !scheme.IsPolicy(d) {
			continue
		}
		for _, plan := range []string{"GOLD", "BASIC"} {
			if id := ledger.PolicyID(d.ID(), plan); w.policies[id] != nil {
				w.policies[id] = engine.ReadPolicy(d, w.scheme, w.policies[id])
			}
		}
	}
}

func (w *world) policy(id string) *ledger.Policy {
	if p := w.policies[id]; p != nil {
		return p
	}
	return &ledger.Policy{ID: id}
}

// submit decides a claim and books what it uses.
func (w *world) submit(body []byte) *engine.Decision {
	w.t.Helper()
	d := engine.Decide(w.caseOf(body))
	w.book(d)
	return d
}

func (w *world) caseOf(body []byte) *engine.Case {
	w.t.Helper()
	claim, issues := engine.ReadClaim(parse(w.t, body))
	require.Empty(w.t, issues)
	w.claims++
	c := &engine.Case{Claim: claim, Scheme: w.scheme, Now: w.now, ClaimID: "c", ResponseID: "r", MemberVersion: 1}
	c.Member = w.find(&claim.Patient)
	for _, id := range engine.Concerned(claim, c.Member, w.scheme) {
		c.Policies = append(c.Policies, engine.PolicyHead{Head: w.policy(id), Version: 1})
	}
	return c
}

// find resolves a patient by key, or by number, which in the sandbox is the Coverage's as well.
func (w *world) find(ref *engine.Reference) *ledger.Member {
	if ref.Key != "" {
		return w.members[ref.Key[len("Patient/"):]]
	}
	for _, id := range ref.Identifiers {
		for _, m := range w.members {
			if len(m.Covers) > 0 && m.Covers[0].Identifiers[0] == id.String() {
				return m
			}
		}
	}
	return nil
}

func (w *world) book(d *engine.Decision) {
	w.t.Helper()
	for i := range d.Entries {
		e := &d.Entries[i]
		w.entries[e.Head] = append(w.entries[e.Head], *e)
		if p := w.policies[e.Head]; p != nil {
			next, err := p.With(e)
			require.NoError(w.t, err)
			w.policies[e.Head] = next
			continue
		}
		for id, m := range w.members {
			if ledger.MemberID(id) == e.Head {
				next, err := m.With(e)
				require.NoError(w.t, err)
				w.members[id] = next
			}
		}
	}
}

func sandboxClaims(t testing.TB) []string {
	t.Helper()
	names, err := fs.Glob(sandbox.Files, "claims/*.json")
	require.NoError(t, err)
	return names
}
