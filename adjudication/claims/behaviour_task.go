package claims

import (
	"context"
	"net/http"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store/resources"
)

// taskBehaviour keeps clients from writing life-cycle Tasks, which say how a claim stands; all other Tasks are theirs.
type taskBehaviour struct{}

func (taskBehaviour) Locks(context.Context, *resources.Unit, resources.Change) ([]string, error) {
	return nil, nil
}

func (taskBehaviour) Stage(ctx context.Context, u *resources.Unit, ch resources.Change) (*resources.Stored, error) {
	if isLifeCycle(ch.New) || ch.Old != nil && isLifeCycle(ch.Old.Doc) {
		return nil, outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, "Task.businessStatus",
			"The life-cycle Task of a claim is written by the server alone.")
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
