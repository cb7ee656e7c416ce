package payments

import (
	"context"
	"net/http"

	"claimwright/adjudication/claims/intake"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store/resources"
)

// behaviour is a reconciliation's life: draft as it likes, active pays, cancelled takes back.
type behaviour struct{ *Payments }

// Concludes marks that a reconciliation is applied after the claims of its transaction are written.
func (behaviour) Concludes() {}

// Locks makes payments of the same claims take turns.
func (b behaviour) Locks(ctx context.Context, u *resources.Unit, ch resources.Change) ([]string, error) {
	var locks []string
	for _, doc := range [...]*codec.Document{ch.New, oldDocument(ch)} {
		if doc == nil || status(doc) != "active" {
			continue
		}
		refs, err := b.named(ctx, u, doc)
		if err != nil {
			return nil, err
		}
		for _, id := range claimsOf(refs) {
			locks = append(locks, "payment/"+id)
		}
	}
	return locks, nil
}

func (b behaviour) Stage(ctx context.Context, u *resources.Unit, ch resources.Change) (*resources.Stored, error) {
	if ch.Interaction == resources.Meta {
		return resources.Plain(ctx, u, ch)
	}
	from, to := "", ""
	if old := oldDocument(ch); old != nil {
		from = status(old)
	}
	if ch.New != nil {
		to = status(ch.New)
	}
	switch {
	case from == "active":
		return b.undo(ctx, u, ch, to)
	case to == "active" && from != "" && from != "draft":
		return nil, refuse("PaymentReconciliation.status", "A payment that was cancelled cannot be made again; make a new one.", from+" to active", "a new resource")
	case to == "active":
		if err := b.apply(ctx, u, ch.New, 1); err != nil {
			return nil, err
		}
	}
	return resources.Plain(ctx, u, ch)
}

// undo takes back what an active reconciliation paid, when it is cancelled and nothing else of it changes.
func (b behaviour) undo(ctx context.Context, u *resources.Unit, ch resources.Change, to string) (*resources.Stored, error) {
	refs, err := b.named(ctx, u, ch.Old.Doc)
	if err != nil {
		return nil, err
	}
	if len(refs) == 0 && (ch.New == nil || to != "active") { // it paid nothing here
		return resources.Plain(ctx, u, ch)
	}
	switch {
	case ch.Interaction == resources.Delete:
		return nil, refuse("PaymentReconciliation", "A payment of claims cannot be deleted; set its status to cancelled.", "delete", "status cancelled")
	case to != "cancelled" && to != "entered-in-error" || intake.Digest(ch.New, nStatus) != intake.Digest(ch.Old.Doc, nStatus):
		return nil, refuse("PaymentReconciliation", "A payment that was made cannot be changed; it can only be cancelled as it is.", "other content", "the same content with status cancelled")
	}
	if err := b.apply(ctx, u, ch.Old.Doc, -1); err != nil {
		return nil, err
	}
	return resources.Plain(ctx, u, ch)
}

func oldDocument(ch resources.Change) *codec.Document {
	if ch.Old == nil {
		return nil
	}
	return ch.Old.Doc
}

func status(doc *codec.Document) string { return doc.Root().Get(nStatus).Text() }

func refuse(at, text, found, expected string) *outcome.Error {
	refused := outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, at, "%s", text)
	refused.Issues[0].Found, refused.Issues[0].Expected = found, expected
	return refused
}
