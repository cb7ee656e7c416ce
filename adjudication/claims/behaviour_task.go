package claims

import (
	"context"
	"net/http"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store/resources"
)

// taskBehaviour keeps clients from writing life-cycle Tasks, which say how a claim stands, and carries out what financial
// Tasks ask for; all other Tasks are the clients' own.
type taskBehaviour struct{ *Claims }

func (b taskBehaviour) Locks(ctx context.Context, u *resources.Unit, ch resources.Change) ([]string, error) {
	if !asks(ch) {
		return nil, nil
	}
	return b.orderLocks(ctx, u, ch.New)
}

func (b taskBehaviour) Stage(ctx context.Context, u *resources.Unit, ch resources.Change) (*resources.Stored, error) {
	switch {
	case isLifeCycle(ch.New) || ch.Old != nil && isLifeCycle(ch.Old.Doc):
		return nil, outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, "Task.businessStatus",
			"The life-cycle Task of a claim is written by the server alone.")
	case ch.Old != nil && settled(ch.Old.Doc) && ch.New != nil:
		return nil, orderIsRecord()
	case asks(ch):
		return b.stageOrder(ctx, u, ch)
	}
	return resources.Plain(ctx, u, ch)
}

// isLifeCycle tells a life-cycle Task by the system of its business state; false for nil.
func isLifeCycle(task *codec.Document) bool {
	for coding := range task.Root().Get(nBusinessStatus).Get(nCoding).Each() {
		if coding.Get(nSystem).Text() == BusinessStates {
			return true
		}
	}
	return false
}
