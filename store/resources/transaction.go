package resources

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
)

// Transaction does all that the entries ask for in one commit, or nothing (R4 http.html#trules): DELETE, POST, PUT and
// PATCH, then GET over what those staged. References between entries become the assigned ids, conditional references what they find
// in the store and among the entries. An error names the entry at fault.
func (s *Service) Transaction(ctx context.Context, p Principal, plan *bundle.Plan, o BundleOptions) ([]byte, error) {
	if err := acceptable(plan, o); err != nil {
		return nil, err
	}
	var answers []bundle.Answer
	err := s.Do(ctx, p, transactionLocks(plan), func(ctx context.Context, u *Unit) (err error) {
		answers, err = newTransaction(u, plan, o).run(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return plan.Respond(answers), nil
}

// acceptable finds what fails the transaction before anything is read.
func acceptable(plan *bundle.Plan, o BundleOptions) error {
	conditions := map[string]int{}
	for i := range plan.Entries {
		e := &plan.Entries[i]
		if e.Fault != nil {
			return e.Fault
		}
		if err := supported(e, o); err != nil {
			return err
		}
		query, element := e.IfNoneExist, ".request.ifNoneExist"
		if e.Conditional() {
			query, element = e.Target.Query, ".request.url"
		}
		if query == "" {
			continue
		}
		condition := e.Target.Type + "?" + conditionOf(query)
		if earlier, twice := conditions[condition]; twice {
			return outcome.New(http.StatusBadRequest, outcome.Duplicate, e.Path()+element,
				"entries %d and %d write under the same condition", earlier, i)
		}
		conditions[condition] = i
	}
	return nil
}

// transactionLocks are the locks that are known before anything is read.
func transactionLocks(plan *bundle.Plan) []string {
	var locks []string
	for i := range plan.Entries {
		e := &plan.Entries[i]
		switch {
		case e.Conditional():
			locks = append(locks, conditionLock(e.Target.Type, e.Target.Query))
		case e.Method == bundle.PUT, e.Method == bundle.PATCH, e.Method == bundle.DELETE:
			locks = append(locks, resourceLock(store.Key{Type: e.Target.Type, ID: e.Target.ID}))
		case e.IfNoneExist != "":
			locks = append(locks, conditionLock(e.Target.Type, e.IfNoneExist))
		}
		if e.Resource != nil && e.Method != bundle.PATCH && e.Target.Operation == "" {
			locks = append(locks, guardLocks(e.Resource)...)
		}
	}
	return locks
}

// transaction is one attempt at a transaction.
type transaction struct {
	u       *Unit
	plan    *bundle.Plan
	options BundleOptions
	room    answerRoom
	links   bundle.Links
	steps   []step
	// also are the further steps of entries that delete several resources.
	also []step
}

// step is an entry on its way.
type step struct {
	*bundle.Entry
	key store.Key
	// doc is the content with all references rewritten.
	doc *codec.Document
	// always is set when another entry refers to the version that this one gets.
	always bool
	change Change
	// several are all resources that the entry deletes, where its condition has found more than this step's.
	several []store.Key
	// done is what is there already: the match of a conditional create, or content that does not change.
	done   *Stored
	answer *bundle.Answer
}

func newTransaction(u *Unit, plan *bundle.Plan, o BundleOptions) *transaction {
	t := &transaction{u: u, plan: plan, options: o, room: answerRoom{left: u.run.service.options.MaxAnswer}, steps: make([]step, len(plan.Entries))}
	for i := range plan.Entries {
		e := &plan.Entries[i]
		t.steps[i] = step{Entry: e, doc: e.Resource, key: store.Key{Type: e.Target.Type, ID: e.Target.ID}}
		if e.Method == bundle.PATCH {
			t.steps[i].doc = nil // until the patch is applied
		}
	}
	return t
}

// run goes through the phases of R4. Ids and references are settled before anything but deletes is staged, so that entries
// may refer to each other in circles.
func (t *transaction) run(ctx context.Context) ([]bundle.Answer, error) {
	phases := []func(context.Context) error{
		t.prefetch, t.deletes, t.identify, t.overlaps, t.link, t.resolve, t.prepare, t.writes, t.compare, t.reads,
	}
	for _, phase := range phases {
		if err := phase(ctx); err != nil {
			return nil, err
		}
	}
	answers := make([]bundle.Answer, len(t.steps))
	for i := range t.steps {
		answers[i] = *t.steps[i].answer
	}
	return answers, nil
}

// each goes through the steps of some methods in the order of the request and says of errors where they happened.
func (t *transaction) each(do func(s *step) error, methods ...bundle.Method) error {
	for _, steps := range [...][]step{t.steps, t.also} {
		for i := range steps {
			s := &steps[i]
			if !slices.Contains(methods, s.Method) {
				continue
			}
			if err := do(s); err != nil {
				return s.at(err)
			}
		}
	}
	return nil
}

// at says of what is wrong with an entry where it is in the Bundle. What is no fault of the entry, such as a conflict or
// a missing lock, keeps its meaning.
func (s *step) at(err error) error {
	var said *outcome.Error
	if !errors.As(err, &said) {
		return fmt.Errorf("%s: %w", s.Path(), err)
	}
	moved := *said
	moved.Issues = s.Within(said.Issues)
	return withCause(&moved, err)
}

// prefetch reads what the entries name in one round trip each: the resources, and the guards of what is created.
func (t *transaction) prefetch(ctx context.Context) error {
	var keys []store.Key
	var guards []store.InternalKey
	for i := range t.steps {
		s := &t.steps[i]
		switch {
		case s.Conditional():
		case s.Method == bundle.PUT, s.Method == bundle.PATCH, s.Method == bundle.DELETE:
			keys = append(keys, s.key)
		case s.Method == bundle.POST && s.Target.Operation == "":
			guards = append(guards, Guards(s.doc)...)
		}
	}
	if len(keys) > 0 {
		if _, err := t.u.Get(ctx, store.System(), keys...); err != nil {
			return err
		}
	}
	if len(guards) > 0 {
		if _, err := t.u.Internals(ctx, store.System(), guards...); err != nil {
			return err
		}
	}
	return nil
}

// overlaps refuses entries that turn out to change the same resource, once their conditions have found what they are for (R4
// http.html#trules). Those that name it in their urls were refused before.
func (t *transaction) overlaps(context.Context) error {
	first := map[store.Key]int{}
	return t.each(func(s *step) error {
		if s.Target.Operation != "" || s.key.ID == "" || s.Method == bundle.POST {
			return nil
		}
		if earlier, twice := first[s.key]; twice {
			return outcome.New(http.StatusBadRequest, outcome.Duplicate, s.Path()+".request.url", "entries %d and %d change the same resource", earlier, s.Index)
		}
		first[s.key] = s.Index
		return nil
	}, bundle.PUT, bundle.PATCH, bundle.DELETE)
}

// prepare finds out what each write changes, and takes the locks for all of it together.
func (t *transaction) prepare(ctx context.Context) error {
	err := t.each(func(s *step) (err error) {
		switch {
		case s.done != nil || s.Target.Operation != "":
		case s.Method == bundle.POST:
			s.change = Change{Interaction: Create, Key: s.key, New: s.doc}
		default:
			s.change, s.done, err = t.u.updating(ctx, s.key, s.doc, UpdateOptions{IfMatch: s.IfMatch, Always: s.always})
		}
		return err
	}, bundle.POST, bundle.PUT, bundle.PATCH)
	if err != nil {
		return err
	}
	return t.hold(ctx, bundle.POST, bundle.PUT, bundle.PATCH)
}

// hold asks the behaviours for the locks of the changes, and for those that are missing in one go.
func (t *transaction) hold(ctx context.Context, methods ...bundle.Method) error {
	var locks []string
	err := t.each(func(s *step) error {
		if s.done != nil || s.Target.Operation != "" {
			return nil
		}
		names, err := t.u.run.service.behaviour(s.key.Type).Locks(ctx, t.u, s.change)
		locks = append(locks, names...)
		return err
	}, methods...)
	if err != nil {
		return err
	}
	return t.u.Require(locks...)
}

// writes stages what is created before what is updated, and in that order again what rests on the others.
func (t *transaction) writes(ctx context.Context) error {
	for _, last := range [...]bool{false, true} {
		for _, methods := range [...][]bundle.Method{{bundle.POST}, {bundle.PUT, bundle.PATCH}} {
			err := t.each(func(s *step) error {
				if t.concludes(s) != last {
					return nil
				}
				return t.stage(ctx, s)
			}, methods...)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *transaction) concludes(s *step) bool {
	_, yes := t.u.run.service.behaviour(s.Target.Type).(Concluding)
	return yes
}

// stage stages one write, or performs one operation.
func (t *transaction) stage(ctx context.Context, s *step) (err error) {
	if s.Target.Operation != "" {
		entry := *s.Entry
		entry.Resource = s.doc
		s.answer, err = t.options.Operate(ctx, t.u.Principal(), t.u, &entry)
		return err
	}
	if s.done == nil {
		if s.done, err = t.u.stageLocked(ctx, s.change); err != nil {
			if s.several != nil {
				return refusing(s.key, err)
			}
			return err
		}
	}
	if s.several != nil {
		s.done = severalDeleted(s.several)
	}
	s.answer = t.room.trim(t.options.answer(s.done))
	return nil
}

func (t *transaction) reads(ctx context.Context) error {
	return t.each(func(s *step) (err error) {
		s.answer, err = t.room.fetch(ctx, t.options, t.u.Principal(), t.u.Reads(), t.u, s.Entry)
		return err
	}, bundle.GET, bundle.HEAD)
}
