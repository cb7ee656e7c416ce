package resources

import (
	"context"
	"net/http"

	"claimwright/fhir/bundle"
	"claimwright/fhir/outcome"
)

// answerRoom is what is left of the bytes of resources that one response Bundle may hold: a short request can ask for the
// same long page many times. Once something did not fit, nothing more is read. What operations that are posted answer is not
// counted; it grows with what was sent to them.
type answerRoom struct{ left int }

// fetch answers a GET or HEAD entry if it fits, be it a read or an operation that only asks. The unit is the transaction that
// is read over, nil in a batch.
func (r *answerRoom) fetch(ctx context.Context, o BundleOptions, p Principal, reads *Reads, u *Unit, e *bundle.Entry) (a *bundle.Answer, err error) {
	if r.left == 0 {
		return nil, noRoom(e)
	}
	if e.Target.Operation != "" {
		a, err = o.Operate(ctx, p, u, e)
	} else {
		a, err = o.fetch(ctx, p, reads, e)
	}
	if err != nil {
		return nil, err
	}
	if !r.take(len(a.Resource)) { // a HEAD costs as much, though it is answered without
		return nil, noRoom(e)
	}
	if e.Method == bundle.HEAD {
		a.Resource, a.FullURL = nil, ""
	}
	return a, nil
}

// trim takes from the answer to a write the resource that does not fit: that it comes back is a preference only.
func (r *answerRoom) trim(a *bundle.Answer) *bundle.Answer {
	if !r.take(len(a.Resource)) {
		a.Resource, a.FullURL = nil, ""
	}
	return a
}

func (r *answerRoom) take(size int) bool {
	if size > r.left {
		r.left = 0
		return false
	}
	r.left -= size
	return true
}

func noRoom(e *bundle.Entry) error {
	err := outcome.New(http.StatusRequestEntityTooLarge, outcome.TooCostly, e.Path()+".request", "the answers to the Bundle's entries are too large together; ask for this by itself")
	err.Issues[0].Found = e.Name()
	return err
}
