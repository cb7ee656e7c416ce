package claims

import (
	"context"
	"fmt"
	"strings"

	"claimwright/adjudication/claims/heads"
	"claimwright/adjudication/engine/ledger"
	"claimwright/fhir/search"
	"claimwright/store"
)

// verifyPage is how many records are read at once.
const verifyPage = 500

// VerifyLedger proves what adjudication relies on: every head from the entries beneath it, no entry without a head, and for
// every active Claim the ClaimResponse that answers it. It reports each finding and returns an error only if it could not
// check. The store may be in use; what is written meanwhile may be reported although it is sound, and is not when asked
// again.
func VerifyLedger(ctx context.Context, st store.Store, report func(store.Finding), progress func(store.Progress)) error {
	v := verifier{store: st, report: report, progress: progress}
	explained, err := v.heads(ctx)
	if err != nil {
		return fmt.Errorf("verify the heads: %w", err)
	}
	if err := v.entries(ctx, explained); err != nil {
		return fmt.Errorf("verify the entries: %w", err)
	}
	if err := v.claims(ctx); err != nil {
		return fmt.Errorf("verify the claims: %w", err)
	}
	return nil
}

type verifier struct {
	store    store.Store
	report   func(store.Finding)
	progress func(store.Progress)
}

func (v *verifier) tell(stage string, done int64) {
	if v.progress != nil {
		v.progress(store.Progress{Stage: stage, Done: done})
	}
}

// heads proves each head; it answers with the number of entries that lie beneath heads.
func (v *verifier) heads(ctx context.Context) (explained int64, err error) {
	var done int64
	for _, prefix := range []string{"member/", "policy/", "family/", "event/"} {
		err := v.scan(ctx, store.SpaceHead, prefix, func(r store.Internal) error {
			n, err := v.head(ctx, r)
			explained += n
			done++
			v.tell("heads", done)
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return explained, nil
}

func (v *verifier) head(ctx context.Context, r store.Internal) (int64, error) {
	id := r.Key.ID
	tally, err := tallyOf(id, r.Data)
	if err != nil {
		v.report(store.Finding{Key: id, Text: "the head cannot be read: " + err.Error()})
		return 0, nil
	}
	var entries []ledger.Entry
	var count int64
	err = v.scan(ctx, store.SpaceEntry, id+"/", func(r store.Internal) error {
		count++
		e, _, err := heads.DecodeRecord(r.Data)
		if err != nil {
			v.report(store.Finding{Key: r.Key.ID, Text: err.Error()})
		} else if e != nil {
			entries = append(entries, *e)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, text := range ledger.Prove(id, tally, entries) {
		v.report(store.Finding{Key: id, Text: text})
	}
	return count, nil
}

func tallyOf(id string, data []byte) (*ledger.Tally, error) {
	if heads.IsMember(id) {
		m, err := ledger.DecodeMember(data)
		if err != nil {
			return nil, err
		}
		return &m.Tally, nil
	}
	p, err := ledger.DecodePolicy(data)
	if err != nil {
		return nil, err
	}
	return &p.Tally, nil
}

// entries counts all entries: more than lie beneath heads means that some explain nothing.
func (v *verifier) entries(ctx context.Context, explained int64) error {
	var all int64
	err := v.scan(ctx, store.SpaceEntry, "", func(store.Internal) error {
		all++
		return nil
	})
	if err == nil && all != explained {
		v.report(store.Finding{Key: "entries", Text: fmt.Sprintf("%d entries lie beneath heads, there are %d", explained, all)})
	}
	return err
}

func (v *verifier) scan(ctx context.Context, space store.Space, prefix string, each func(store.Internal) error) error {
	after := ""
	for {
		page, err := v.store.ScanInternals(ctx, store.System(), space, prefix, after, verifyPage)
		if err != nil {
			return err
		}
		for _, r := range page {
			if err := each(r); err != nil {
				return err
			}
		}
		if len(page) < verifyPage {
			return nil
		}
		after = page[len(page)-1].Key.ID
	}
}

// claims looks for active claims without their response.
func (v *verifier) claims(ctx context.Context) error {
	active := search.Clause{AnyOf: []search.Condition{{Kind: search.HasTerm, Param: "status", Text: "active"}}}
	q := &search.Query{Type: "Claim", Where: []search.Clause{active}, Count: verifyPage}
	var after store.Position
	var done int64
	for {
		page, err := v.store.Search(ctx, store.System(), q, after)
		if err != nil {
			return err
		}
		if err := v.answered(ctx, page.Records); err != nil {
			return err
		}
		done += int64(len(page.Records))
		v.tell("claims", done)
		if after = page.Next; after == "" {
			return nil
		}
	}
}

func (v *verifier) answered(ctx context.Context, claims []*store.Record) error {
	keys := make([]store.Key, len(claims))
	for i, c := range claims {
		keys[i] = responseKey(c.ID)
	}
	responses, err := v.store.Get(ctx, store.System(), keys...)
	if err != nil {
		return err
	}
	for i, r := range responses {
		request := `"reference":"` + claims[i].Key.String() + `"`
		if r == nil || r.Deleted || !strings.Contains(string(r.Body), request) {
			v.report(store.Finding{Key: claims[i].Key.String(), Text: "the claim is active and has no ClaimResponse"})
		}
	}
	return nil
}
