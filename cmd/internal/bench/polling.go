package bench

import (
	"bytes"
	"fmt"
	"net/http"
	"sync"
)

// Decided remembers some of the decisions that were made, for pollers to ask for. It is safe for concurrent use.
type Decided struct {
	mu    sync.RWMutex
	pairs []pair
	added int
}

type pair struct{ response, claim string }

// remembered bounds how many decisions are kept; later ones replace earlier ones.
const remembered = 20_000

func (d *Decided) add(response, claim string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.pairs) < remembered {
		d.pairs = append(d.pairs, pair{response, claim})
	} else {
		d.pairs[d.added%remembered] = pair{response, claim}
	}
	d.added++
}

func (d *Decided) pick(n int64) (pair, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if len(d.pairs) == 0 {
		return pair{}, false
	}
	return d.pairs[int(n*2654435761%int64(len(d.pairs)))], true
}

// Read polls for a decision by its id.
func (d *Decided) Read(n int64) *Request {
	p, ok := d.pick(n)
	return &Request{Method: http.MethodGet, Path: "/fhir/ClaimResponse/" + p.response, Check: func(a Answer) error {
		return checkPoll(a, ok, `"id":"`+p.response+`"`)
	}}
}

// Search polls for the decision of a claim, as an integrator does that kept only the claim's reference.
func (d *Decided) Search(n int64) *Request {
	p, ok := d.pick(n)
	return &Request{Method: http.MethodGet, Path: "/fhir/ClaimResponse?request=" + p.claim, Check: func(a Answer) error {
		return checkPoll(a, ok, `"id":"`+p.response+`"`)
	}}
}

func checkPoll(a Answer, known bool, want string) error {
	switch {
	case !known:
		return fmt.Errorf("nothing was decided yet, there is nothing to poll for")
	case a.Status != http.StatusOK:
		return fmt.Errorf("status %d: %.200s", a.Status, a.Body)
	case !bytes.Contains(a.Body, []byte(want)):
		return fmt.Errorf("the answer lacks %s", want)
	}
	return nil
}

// Mixed sends one submission after every pollsPerSubmit polls, of which each second is a search.
func Mixed(s *Submissions, pollsPerSubmit int64) func(int64) *Request {
	return func(n int64) *Request {
		switch {
		case n%(pollsPerSubmit+1) == 0:
			return s.Next(n)
		case n%2 == 0:
			return s.Decided.Search(n)
		default:
			return s.Decided.Read(n)
		}
	}
}
