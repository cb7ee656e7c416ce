package storetest

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"claimwright/fhir/search"
	"claimwright/store"
)

// Submitter makes commits of the shape that a submitted claim of ten lines has: Claim, ClaimResponse and Task (4.7, 5.0
// and 1.5 KB) with 37 index values together, 10 of them nearly unique, the heads of a policy and a member, an entry
// beneath each, and a guard. Submitters with different numbers never conflict. A Submitter belongs to one goroutine and
// must see each of its commits applied.
type Submitter struct {
	number int
	made   int
	heads  map[string]int64
	// Now is the clock of meta.lastUpdated.
	Now func() time.Time
}

// NewSubmitter makes the submitter of a number.
func NewSubmitter(number int) *Submitter {
	return &Submitter{number: number, heads: map[string]int64{}, Now: time.Now}
}

// Resources and policies that submissions are spread over.
const (
	submitterPolicies   = 64 // of each submitter
	submitterFacilities = 200
)

// Next makes the next submission. Its first resource is the Claim, its second the ClaimResponse, its third the Task.
func (s *Submitter) Next() store.Commit {
	n := s.made
	s.made++
	now := s.Now().UTC().Truncate(time.Millisecond)
	policy := fmt.Sprintf("policy-%d-%d", s.number, n%submitterPolicies)
	member := fmt.Sprintf("%s-%d", policy, n%4)
	sub := submission{
		unique: fmt.Sprintf("%d-%d", s.number, n), member: member, now: float64(now.UnixMilli()),
		facility: fmt.Sprintf("Organization/facility-%d", (s.number*31+n)%submitterFacilities),
		claim:    newID(), response: newID(), task: newID(),
	}
	return store.Commit{
		ID: store.NewCommitID(), ExtractorVersion: extractorVersion,
		Resources: []store.Write{
			s.write("Claim", sub.claim, 4700, now, sub.claimValues()),
			s.write("ClaimResponse", sub.response, 5000, now, sub.responseValues()),
			s.write("Task", sub.task, 1500, now, sub.taskValues()),
		},
		Internals: []store.InternalWrite{
			s.head("policy/"+policy, 900), s.head("member/"+member, 600),
			s.internal(store.SpaceEntry, "policy/"+policy+"/"+sub.unique, 1, 200),
			s.internal(store.SpaceEntry, "member/"+member+"/"+sub.unique, 1, 200),
			s.internal(store.SpaceGuard, "identifier/urn:provider|"+sub.unique, 1, 40),
		},
	}
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

func (s *Submitter) head(id string, size int) store.InternalWrite {
	s.heads[id]++
	return s.internal(store.SpaceHead, id, s.heads[id], size)
}

func (s *Submitter) internal(space store.Space, id string, version int64, size int) store.InternalWrite {
	return store.InternalWrite{Key: store.InternalKey{Space: space, ID: id}, Version: version, Data: s.lines(nil, size)}
}

// lines appends text that repeats itself as much as the lines of a claim do: the same systems, other numbers.
func (s *Submitter) lines(b []byte, size int) []byte {
	end := len(b) + size
	for line := 1; len(b) < end; line++ {
		n := uint32(s.made*31+s.number*1009+line) * 2_654_435_761
		b = fmt.Appendf(b, "line %d of https://claimwright.example/services|S-%04d at %d x %d.%02d KES on 2026-%02d-%02d, ",
			line, n%9973, 1+n%7, n%3001, n>>8%100, 1+n>>16%12, 1+n>>20%28)
	}
	return b[:end]
}

func (s *Submitter) write(resourceType, id string, size int, now time.Time, v *search.Values) store.Write {
	k := store.Key{Type: resourceType, ID: id}
	body := body(k, 1, now)
	body = append(body[:len(body)-1], `,"text":{"status":"generated","div":"`...)
	body = s.lines(body, max(0, size-len(body)-3))
	return store.Write{
		Key: k, Version: 1, Updated: now, Body: append(body, `"}}`...), Values: v, Labels: []string{"organization/insurer"},
		Audit: store.Audit{Principal: "Practitioner/clerk", Request: id[:8], Interaction: "submit"},
	}
}

// submission is what the values of one submission are made of.
type submission struct {
	unique, member, facility, claim, response, task string
	now                                             float64
}

func (s *submission) claimValues() *search.Values {
	return &search.Values{
		Terms: []search.Term{
			{Param: "identifier", Text: s.unique}, {Param: "identifier", Text: "urn:provider|" + s.unique},
			{Param: "identifier", Text: "urn:provider|"}, {Param: "patient", Text: "Patient/" + s.member},
			{Param: "provider", Text: s.facility}, {Param: "facility", Text: s.facility + "-location"},
			{Param: "insurer", Text: "Organization/insurer"}, {Param: "status", Text: "active"}, {Param: "use", Text: "claim"},
			{Param: "priority", Text: "normal"}, {Param: "payee", Text: s.facility}, {Param: "item-encounter", Text: "Encounter/" + s.unique},
		},
		Ranges: []search.Range{{Param: "created", Lo: s.now, Hi: s.now}},
		Sorts:  []search.Sortable{numSort("created", s.now, s.now), textSort("status", "active", "active")},
	}
}

func (s *submission) responseValues() *search.Values {
	return &search.Values{
		Terms: []search.Term{
			{Param: "identifier", Text: "urn:insurer|" + s.unique}, {Param: "request", Text: "Claim/" + s.claim},
			{Param: "patient", Text: "Patient/" + s.member}, {Param: "requestor", Text: s.facility},
			{Param: "insurer", Text: "Organization/insurer"}, {Param: "outcome", Text: "complete"},
			{Param: "status", Text: "active"}, {Param: "use", Text: "claim"},
		},
		Ranges:  []search.Range{{Param: "created", Lo: s.now, Hi: s.now}},
		Strings: []search.Text{{Param: "disposition", Folded: "settled as filed", Exact: "Settled as filed"}},
		Sorts:   []search.Sortable{numSort("created", s.now, s.now)},
	}
}

func (s *submission) taskValues() *search.Values {
	return &search.Values{
		Terms: []search.Term{
			{Param: "focus", Text: "Claim/" + s.claim}, {Param: "based-on", Text: "ClaimResponse/" + s.response},
			{Param: "patient", Text: "Patient/" + s.member}, {Param: "owner", Text: "Organization/insurer"},
			{Param: "requester", Text: s.facility}, {Param: "status", Text: "completed"}, {Param: "intent", Text: "order"},
			{Param: "code", Text: "adjudicate"},
		},
		Ranges: []search.Range{{Param: "authored-on", Lo: s.now, Hi: s.now}, {Param: "modified", Lo: s.now, Hi: s.now}},
		Sorts:  []search.Sortable{numSort("modified", s.now, s.now)},
	}
}
