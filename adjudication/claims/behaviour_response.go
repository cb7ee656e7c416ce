package claims

import (
	"context"
	"net/http"

	"claimwright/adjudication/claims/intake"
	"claimwright/adjudication/claims/parties"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store/resources"
)

// responseBehaviour lets clients store the ClaimResponses of other payers, for the coordination of benefits. Those of the
// insurers that this server decides for are written by the use cases alone.
type responseBehaviour struct{ *Claims }

func (responseBehaviour) Locks(context.Context, *resources.Unit, resources.Change) ([]string, error) {
	return nil, nil
}

func (b responseBehaviour) Stage(ctx context.Context, u *resources.Unit, ch resources.Change) (*resources.Stored, error) {
	for _, doc := range [...]*codec.Document{ch.New, oldDocument(ch)} {
		ours, err := b.ours(ctx, u, ch, doc)
		if err != nil {
			return nil, err
		}
		if ours {
			return nil, outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, "ClaimResponse.insurer",
				"The ClaimResponses of this insurer are written by this server alone.")
		}
	}
	return resources.Plain(ctx, u, ch)
}

func oldDocument(ch resources.Change) *codec.Document {
	if ch.Old == nil {
		return nil
	}
	return ch.Old.Doc
}

// ours tells whether a response speaks for an insurer of the scheme, or is the one that answers a claim of this server,
// whoever its insurer.
func (b responseBehaviour) ours(ctx context.Context, u *resources.Unit, ch resources.Change, doc *codec.Document) (bool, error) {
	if doc == nil {
		return false, nil
	}
	sch, err := b.schemes.Latest(ctx)
	if err != nil {
		return false, err
	}
	if parties.New(intake.Alone(doc, b.options.Base)).Insurer(doc.Root().Get(nInsurer), sch) != "" {
		return true, nil
	}
	request := idOf("Claim", doc.Root().Get(nRequest).Get(nReference).Text())
	if request == "" || ch.Old == nil || Companion(request) != ch.Key.ID {
		return false, nil
	}
	claim, err := readDocument(ctx, u, claimKey(request))
	return claim != nil, err
}
