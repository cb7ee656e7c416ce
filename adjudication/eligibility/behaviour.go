package eligibility

import (
	"context"
	"net/http"

	"claimwright/adjudication/claims/intake"
	"claimwright/adjudication/claims/parties"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store/resources"
)

// requestBehaviour answers every request that is written with status active, by whatever route; others are stored.
type requestBehaviour struct{ *Eligibility }

func (requestBehaviour) Locks(context.Context, *resources.Unit, resources.Change) ([]string, error) {
	return nil, nil
}

// Concludes marks that a request is answered after its transaction has written whom and what it is about.
func (requestBehaviour) Concludes() {}

func (b requestBehaviour) Stage(ctx context.Context, u *resources.Unit, ch resources.Change) (*resources.Stored, error) {
	if ch.Interaction == resources.Delete {
		if _, err := u.Remove(ctx, responseKey(ch.Key.ID), ch.Interaction); err != nil {
			return nil, err
		}
	}
	if ch.New == nil || ch.Interaction == resources.Meta || ch.New.Root().Get(nStatus).Text() != "active" {
		return resources.Plain(ctx, u, ch)
	}
	if err := acceptable(ch.New); err != nil {
		return nil, err
	}
	a, err := b.answer(ctx, u, intake.Alone(ch.New, b.options.Base), ch.Key, ch.Interaction)
	if err != nil {
		return nil, err
	}
	a.request.Result = a.response
	return a.request, nil
}

// responseBehaviour lets clients store the answers of other payers; those of the insurers that this server answers for
// are written by the use case alone.
type responseBehaviour struct{ *Eligibility }

func (responseBehaviour) Locks(context.Context, *resources.Unit, resources.Change) ([]string, error) {
	return nil, nil
}

func (b responseBehaviour) Stage(ctx context.Context, u *resources.Unit, ch resources.Change) (*resources.Stored, error) {
	docs := []*codec.Document{ch.New}
	if ch.Old != nil {
		docs = append(docs, ch.Old.Doc)
	}
	for _, doc := range docs {
		if doc == nil {
			continue
		}
		sch, err := b.schemes.Latest(ctx)
		if err != nil {
			return nil, err
		}
		if parties.New(intake.Alone(doc, b.options.Base)).Insurer(doc.Root().Get(nInsurer), sch) != "" {
			return nil, outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, responseType+".insurer",
				"The CoverageEligibilityResponses of this insurer are written by this server alone.")
		}
	}
	return resources.Plain(ctx, u, ch)
}
