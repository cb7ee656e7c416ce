package claims

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"claimwright/adjudication/claims/answer"
	"claimwright/adjudication/claims/intake"
	"claimwright/adjudication/claims/parties"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// financialTasks are the names of R4's code system of financial Tasks: as it is published, and as the financial module's
// text has it.
var financialTasks = []string{"http://terminology.hl7.org/CodeSystem/financialtaskcode", "http://hl7.org/fhir/CodeSystem/financialtaskcode"}

// carriedOut are the codes that are carried out, each in the commit that writes the Task.
var carriedOut = map[string]func(*Claims, context.Context, *resources.Unit, *ordered) (answer.Order, error){
	"release": (*Claims).orderRelease,
	"cancel":  (*Claims).orderCancel,
}

// ordered is a claim that a Task asks something about, with its answer.
type ordered struct {
	id              string
	version         int64
	claim, response *codec.Document
}

// orderOf is the code of a Task that asks for something this server does by itself; empty for any other Task.
func orderOf(task *codec.Document) string {
	for coding := range task.Root().Get(nCode).Get(nCoding).Each() {
		code := coding.Get(nCode).Text()
		if carriedOut[code] != nil && slices.Contains(financialTasks, coding.Get(nSystem).Text()) {
			return code
		}
	}
	return ""
}

// asks tells whether a change of a Task asks for something now: one that is written with the status requested.
func asks(ch resources.Change) bool {
	return ch.New != nil && statusOfDocument(ch.New) == "requested" && orderOf(ch.New) != ""
}

// settled tells a Task that was carried out: it is a record, and stays as it is.
func settled(task *codec.Document) bool {
	switch statusOfDocument(task) {
	case "completed", "rejected", "failed":
		return orderOf(task) != ""
	}
	return false
}

// stageOrder carries out what a Task asks for and stores it with what became of it. What cannot be done is no error: the
// Task says so.
func (c *Claims) stageOrder(ctx context.Context, u *resources.Unit, ch resources.Change) (*resources.Stored, error) {
	done, err := c.carryOut(ctx, u, ch.New)
	if err != nil {
		return nil, err
	}
	done.Now = u.Now()
	return putMade(ctx, u, ch.Key, answer.Ordered(ch.New, done), ch.Interaction)
}

func (c *Claims) carryOut(ctx context.Context, u *resources.Unit, task *codec.Document) (answer.Order, error) {
	focus, err := c.focusOf(ctx, u, task)
	switch {
	case err != nil:
		return answer.Order{}, err
	case focus == nil:
		return failedOrder("The focus is no claim that is known here."), nil
	}
	if payer, err := c.wrongPayer(ctx, task, focus); err != nil || payer {
		return rejectedOrder("The owner of the Task is not the insurer of the claim."), err
	}
	return carriedOut[orderOf(task)](c, ctx, u, focus)
}

func failedOrder(reason string) answer.Order { return answer.Order{Status: "failed", Reason: reason} }

func rejectedOrder(reason string) answer.Order {
	return answer.Order{Status: "rejected", Reason: reason}
}

// focusOf finds the claim that a Task is about: by the reference to it or to its response, or by an identifier that one
// active claim has. Nil when there is none that the principal may see.
func (c *Claims) focusOf(ctx context.Context, u *resources.Unit, task *codec.Document) (*ordered, error) {
	ids, err := c.focusIDs(ctx, u, task)
	if err != nil {
		return nil, err
	}
	var found *ordered
	for _, id := range ids {
		o, err := c.readOrdered(ctx, u, id)
		if err != nil {
			return nil, err
		}
		if o == nil || len(ids) > 1 && statusOfDocument(o.claim) != "active" {
			continue
		}
		if found != nil {
			return nil, nil // several: the identifier does not say which
		}
		found = o
	}
	return found, nil
}

func (c *Claims) focusIDs(ctx context.Context, u *resources.Unit, task *codec.Document) ([]string, error) {
	t := intake.Alone(task, c.options.Base).Target(task.Root().Get(nFocus))
	switch {
	case t.ID != "" && t.Type == "Claim":
		return []string{t.ID}, nil
	case t.ID != "" && t.Type == "ClaimResponse":
		response, err := readDocument(ctx, u, store.Key{Type: "ClaimResponse", ID: t.ID})
		if err != nil || response == nil || ClaimOfResponse(response) == "" {
			return nil, err
		}
		return []string{ClaimOfResponse(response)}, nil
	}
	if len(t.Identifiers) > 0 {
		id := t.Identifiers[0]
		holders, err := u.Holders(ctx, "Claim", id.System, id.Value)
		if errors.Is(err, resources.ErrManyHolders) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("find the claim of a Task: %w", err)
		}
		ids := make([]string, len(holders))
		for i, h := range holders {
			ids[i] = h.ID
		}
		return ids, nil
	}
	return nil, nil
}

// readOrdered reads a claim that the principal may see, with its answer where it has one.
func (c *Claims) readOrdered(ctx context.Context, u *resources.Unit, id string) (*ordered, error) {
	seen, err := u.Get(ctx, u.Principal().Access, claimKey(id))
	if err != nil || seen[0] == nil || seen[0].Deleted {
		return nil, err
	}
	o := &ordered{id: id, version: seen[0].Version}
	if o.claim, err = parse(seen[0]); err != nil {
		return nil, err
	}
	o.response, err = answerOf(ctx, u, id)
	return o, err
}

// wrongPayer tells whether the Task is addressed to an insurer that is not the claim's.
func (c *Claims) wrongPayer(ctx context.Context, task *codec.Document, o *ordered) (bool, error) {
	sch, err := c.schemes.Latest(ctx)
	if err != nil || o.response == nil {
		return false, err
	}
	owner := parties.New(intake.Alone(task, c.options.Base)).Insurer(task.Root().Get(nOwner), sch)
	return owner != "" && owner != insurerOf(o.response), nil
}

// orderLocks are the heads that carrying out a Task will most likely write.
func (c *Claims) orderLocks(ctx context.Context, u *resources.Unit, task *codec.Document) ([]string, error) {
	focus, err := c.focusOf(ctx, u, task)
	if err != nil || focus == nil || focus.response == nil {
		return nil, err
	}
	return answer.HeadsOf(focus.response), nil
}

func orderIsRecord() error {
	return outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, "Task.status",
		"The Task was carried out and stays as it is; create another one.")
}
