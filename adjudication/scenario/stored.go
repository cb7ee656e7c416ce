package scenario

import (
	"context"
	"encoding/json"
	"fmt"

	"claimwright/adjudication/claims"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// current is the answer to a claim as it is stored now.
func (p *play) current(ctx context.Context, name string) (*answer, error) {
	key := store.Key{Type: "ClaimResponse", ID: claims.Companion(p.keys[name].ID)}
	found, err := p.store.Get(ctx, store.System(), key)
	if err != nil {
		return nil, err
	}
	if found[0] == nil || found[0].Deleted {
		return nil, fmt.Errorf("%s is not stored", key)
	}
	doc, issues := codec.Parse(found[0].Body, codec.Limits{})
	if len(issues) > 0 {
		return nil, outcome.Rejected(issues)
	}
	a, err := p.read(doc)
	if err != nil {
		return nil, err
	}
	if before := p.answers[name]; before != nil {
		a.billed = before.billed
	}
	return a, p.remember(ctx, name, a)
}

// write stores a resource, under its id if it has one, and remembers it under the step's name if that has one.
func (p *play) write(ctx context.Context, name string, doc *codec.Document) (*codec.Document, error) {
	var stored *resources.Stored
	var err error
	if doc.ID() == "" {
		stored, err = p.service.Create(ctx, principal(""), doc, resources.CreateOptions{})
	} else {
		stored, err = p.service.Update(ctx, principal(""), store.Key{Type: doc.Type(), ID: doc.ID()}, doc, resources.UpdateOptions{})
	}
	if err == nil && name != "" {
		p.keys[name] = stored.Key
	}
	return result(stored, err)
}

// result is what a write brought: the answer to a claim, else the resource as it was stored.
func result(stored *resources.Stored, err error) (*codec.Document, error) {
	switch {
	case err != nil:
		return nil, err
	case stored.Result != nil:
		return stored.Result, nil
	}
	return stored.Doc, nil
}

// cancel cancels a claim or a payment as a client does: by an update with the status cancelled and nothing else changed.
func (p *play) cancel(ctx context.Context, name string) (*answer, error) {
	key := p.keys[name]
	found, err := p.store.Get(ctx, store.System(), key)
	if err != nil {
		return nil, err
	}
	if found[0] == nil {
		return nil, outcome.New(404, outcome.NotFound, key.Type, "%s was never stored", name)
	}
	resource, err := decode(found[0].Body)
	if err != nil {
		return nil, err
	}
	resource.(map[string]any)["status"] = "cancelled"
	body, err := json.Marshal(resource)
	if err != nil {
		return nil, err
	}
	doc, issues := codec.Parse(body, codec.Limits{})
	if len(issues) > 0 {
		return nil, outcome.Rejected(issues)
	}
	got, err := result(p.service.Update(ctx, principal(""), key, doc, resources.UpdateOptions{}))
	if err != nil {
		return nil, err
	}
	a, err := p.read(got)
	if err != nil {
		return nil, err
	}
	return a, p.remember(ctx, name, a)
}
