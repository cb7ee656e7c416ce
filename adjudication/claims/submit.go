package claims

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"claimwright/adjudication/claims/intake"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// submitted is the interaction that audit remembers.
const submitted resources.Interaction = "submit"

type idempotencyKey struct{}

// WithIdempotencyKey gives the submissions made with the context a key by which the same submission is known again
// although its claim has no identifier (the header X-Idempotency-Key of a request). An empty key is none.
func WithIdempotencyKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, idempotencyKey{}, key)
}

// Submit is Claim/$submit (R4 Claim, "Operations"): it decides what was sent, stores each Claim with its ClaimResponse in
// one commit, and answers in the shape of the input (see the package intake).
//
// A denial is an answer, and so is a claim whose member, insurer or provider is not known (outcome error). An
// outcome.Error is the answer to what cannot be processed: 400 or 422 with all that is formally wrong, 409 for an id that
// another claim has, 503 when the claim's turn did not come in time.
func (c *Claims) Submit(ctx context.Context, p resources.Principal, input *codec.Document) (*codec.Document, error) {
	in, err := intake.Read(input, intake.Options{Type: "Claim", Base: c.options.Base, MaxItems: c.options.MaxItems})
	if err != nil {
		return nil, err
	}
	alone := in.Item != nil
	return in.Reply(ctx, c.options.Base, func(ctx context.Context, it *intake.Item) (intake.Reply, error) {
		reply, err := c.submitOne(ctx, p, it)
		var refused *outcome.Error
		if err == nil || alone || errors.As(err, &refused) || ctx.Err() != nil {
			return reply, err
		}
		// The other claims of the Bundle are, or will be, decided: this one's fault must not hide their answers.
		c.log.ErrorContext(ctx, "a claim of a bundle could not be decided", "request", p.Request, "error", err)
		return intake.Reply{}, outcome.New(http.StatusInternalServerError, outcome.Exception, "Claim", "The claim could not be decided; nothing was written.")
	})
}

// SubmitIn is Submit of one claim as part of a unit of work, which commits it: an entry of a transaction. The same submission
// again gets the same answer here, too. Several claims at once are refused with 422: in a transaction each is an entry.
func (c *Claims) SubmitIn(ctx context.Context, u *resources.Unit, input *codec.Document) (*codec.Document, error) {
	in, err := intake.Read(input, intake.Options{Type: "Claim", Base: c.options.Base, MaxItems: c.options.MaxItems})
	if err != nil {
		return nil, err
	}
	if in.Item == nil {
		return nil, outcome.New(http.StatusUnprocessableEntity, outcome.NotSupported, input.Type(), "In a transaction each claim is submitted by an entry of its own.")
	}
	return in.Reply(ctx, c.options.Base, func(ctx context.Context, it *intake.Item) (intake.Reply, error) {
		s, err := newReplayable(ctx, it)
		if err != nil {
			return intake.Reply{}, err
		}
		if err := u.Require(c.foresee(s, u.Principal())...); err != nil {
			return intake.Reply{}, err
		}
		d, err := c.submitStaged(ctx, u, s, it.Doc)
		if err != nil {
			return intake.Reply{}, err
		}
		return intake.Reply{Doc: d.response, Known: d.known}, nil
	})
}

// newReplayable is a submission that is answered as before when it was made before.
func newReplayable(ctx context.Context, it *intake.Item) (*submission, error) {
	s, err := newSubmission(it, submitted)
	if err == nil {
		s.replayable = true
		s.idempotency, _ = ctx.Value(idempotencyKey{}).(string)
	}
	return s, err
}

func (c *Claims) submitStaged(ctx context.Context, u *resources.Unit, s *submission, doc *codec.Document) (d *decided, err error) {
	if s.target, err = c.draftOf(ctx, u, doc); err != nil {
		return nil, err
	}
	return c.decide(ctx, u, s)
}

func (c *Claims) submitOne(ctx context.Context, p resources.Principal, it *intake.Item) (intake.Reply, error) {
	s, err := newReplayable(ctx, it)
	if err != nil {
		return intake.Reply{}, err
	}
	var d *decided
	err = c.service.Do(ctx, p, c.foresee(s, p), func(ctx context.Context, u *resources.Unit) (err error) {
		d, err = c.submitStaged(ctx, u, s, it.Doc)
		return err
	})
	if err != nil {
		return intake.Reply{}, err
	}
	return intake.Reply{Doc: d.response, Known: d.known}, nil
}

// target is the Claim that a submission is to become.
type target struct {
	// key is the Claim's; its ID is empty for a new one.
	key store.Key
	// taken tells that the id belongs to a claim that is no draft, or not to be seen: only a replay can be the answer.
	taken bool
	// again tells that the claim was answered before with outcome error, so that its companions exist.
	again bool
}

// draftOf finds the stored draft that a claim with an id means to submit. An id that is not known here means nothing, as
// on any create.
func (c *Claims) draftOf(ctx context.Context, u *resources.Unit, doc *codec.Document) (target, error) {
	id := doc.ID()
	if id == "" {
		return target{}, nil
	}
	key := claimKey(id)
	all, err := u.Get(ctx, store.System(), key)
	if err != nil {
		return target{}, fmt.Errorf("read %s: %w", key, err)
	}
	if all[0] == nil || all[0].Deleted {
		return target{}, nil
	}
	stored, err := parse(all[0])
	if err != nil {
		return target{}, err
	}
	seen, err := u.Get(ctx, u.Principal().Access, key)
	if err != nil {
		return target{}, fmt.Errorf("read %s: %w", key, err)
	}
	if seen[0] == nil || stored.Root().Get(nStatus).Text() != "draft" {
		return target{taken: true}, nil
	}
	return target{key: key}, nil
}
