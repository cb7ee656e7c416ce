package offline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// answer is what a line gets: a line of the output, and what the summary counts of it.
type answer struct {
	body  []byte
	count Summary
}

// decide gives a line its answer.
func (a *Adjudicator) decide(ctx context.Context, l *line) error {
	if l.refused == nil {
		doc, err := a.claims.Submit(a.withIDs(ctx, l.number), operator("line "+strconv.Itoa(l.number)), l.doc)
		switch {
		case err == nil:
			return a.answered(ctx, l, doc)
		case ctx.Err() != nil:
			return ctx.Err()
		}
		if err := l.refuse(err); err != nil {
			a.options.Logger.ErrorContext(ctx, "a claim could not be decided", "line", l.number, "error", err)
			l.refused = outcome.New(http.StatusInternalServerError, outcome.Exception, "Claim", "The claim could not be decided.")
		}
	}
	l.answer.body = outcome.Render(l.refused.Issues)
	l.answer.count.Refused = 1
	return nil
}

func (a *Adjudicator) answered(ctx context.Context, l *line, doc *codec.Document) error {
	l.answer.body = doc.Bytes()
	if bytes.IndexByte(l.answer.body, '\n') >= 0 { // only what was sent in more than one line could be
		var flat bytes.Buffer
		if err := json.Compact(&flat, l.answer.body); err != nil {
			return fmt.Errorf("line %d: lay out the answer: %w", l.number, err)
		}
		l.answer.body = flat.Bytes()
	}
	return a.count(ctx, &l.answer.count, doc.Root())
}

// namespace is that of the ids that follow from a line's number.
var namespace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://claimwright.org/offline"))

// withIDs lets what is decided of a line have ids that follow from its number, if the clock stands still.
func (a *Adjudicator) withIDs(ctx context.Context, number int) context.Context {
	if a.options.Now.IsZero() {
		return ctx
	}
	drawn := 0
	return resources.WithIDs(ctx, func() string {
		for {
			drawn++
			id := uuid.NewSHA1(namespace, fmt.Appendf(nil, "%d/%d", number, drawn)).String()
			if !a.taken(ctx, id) {
				return id
			}
		}
	})
}

// taken tells whether a claim with the id came with the scheme: from the answers of an earlier run, say.
func (a *Adjudicator) taken(ctx context.Context, id string) bool {
	found, err := a.store.Get(ctx, store.System(), store.Key{Type: "Claim", ID: id}, store.Key{Type: "ClaimResponse", ID: id})
	return err == nil && (found[0] != nil || found[1] != nil)
}

// errNoTask: a decided claim has no life-cycle Task.
var errNoTask = errors.New("there is no Task for the decision")
