package claims

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// relationships is the code system of Claim.related.relationship.
const relationships = "http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship"

// prior is the claim that another one takes the place of; the zero prior is none.
type prior struct {
	id              string
	claim, response *codec.Document
	version         int64
	// unknown names a claim that is to be replaced and cannot be, because it is not known as one of the same member,
	// insurer, provider and use.
	unknown string
}

// readPrior finds the claim that a submission replaces: the one that Claim.related names with the relationship prior, or,
// for a preauthorization, the open authorization whose number it quotes. One that was cancelled before is none: there is
// nothing left to replace.
func (c *Claims) readPrior(ctx context.Context, u *resources.Unit, s *submission, snap *snapshot) (prior, error) {
	if !snap.member.Known() {
		return prior{}, nil
	}
	named, err := relatedPrior(s.item.Doc.Root())
	if err != nil {
		return prior{}, err
	}
	if !named.Exists() {
		if id := replacedAuthorization(snap); id != "" {
			p, err := c.priorOf(ctx, u, snap, id)
			p.unknown = "" // the decision itself says that the number cannot be used
			return p, err
		}
		return prior{}, nil
	}
	ids, label, err := c.claimsNamed(ctx, u, s, snap, named)
	if err != nil {
		return prior{}, err
	}
	for _, id := range ids {
		p, err := c.priorOf(ctx, u, snap, id)
		if err != nil || p.unknown == "" {
			return p, err
		}
	}
	return prior{unknown: label}, nil
}

// relatedPrior is the reference to the claim that is replaced; absent where none is.
func relatedPrior(claim codec.Value) (ref codec.Value, err error) {
	for related := range claim.Get(nRelated).Each() {
		if !isPrior(related.Get(nRelationship)) || !related.Get(nClaim).Exists() {
			continue
		}
		if ref.Exists() {
			return ref, outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, related.Path(),
				"A claim takes the place of one other claim; it names two of relationship prior.")
		}
		ref = related.Get(nClaim)
	}
	return ref, nil
}

func isPrior(relationship codec.Value) bool {
	for coding := range relationship.Get(nCoding).Each() {
		if coding.Get(nCode).Text() == "prior" && coding.Get(nSystem).Text() == relationships {
			return true
		}
	}
	return false
}

// replacedAuthorization is the id of the open authorization that a preauthorization takes the place of, empty for none.
func replacedAuthorization(snap *snapshot) string {
	focal := snap.claim.Focal()
	if snap.claim.Use != engine.UsePreauthorization || focal == nil {
		return ""
	}
	for _, ref := range focal.Authorizations {
		if id := engine.OpenAuthorization(snap.member.Member, ref); id != "" {
			return id
		}
	}
	return ""
}

// claimsNamed are the ids that a reference to a claim may mean, the likeliest first, and how it names it: by literal
// reference, or by an identifier under which the same provider has submitted to the same insurer.
func (c *Claims) claimsNamed(ctx context.Context, u *resources.Unit, s *submission, snap *snapshot, ref codec.Value) ([]string, string, error) {
	t := s.item.Target(ref)
	if t.ID != "" && t.Type == "Claim" {
		return []string{t.ID}, "Claim/" + t.ID, nil
	}
	label := "the claim"
	for _, id := range t.Identifiers {
		label = strings.Trim(id.System+"|"+id.Value, "|")
		guard := guardOfIdentifier(snap.doc.Root(), id, snap.insurer(), snap.provider())
		if guard.ID == "" {
			continue
		}
		found, err := u.Internal(ctx, guard)
		if err != nil {
			return nil, "", fmt.Errorf("read the guard of a prior claim: %w", err)
		}
		past, err := decodeSubmissions(found.Data)
		if err != nil {
			return nil, "", err
		}
		var ids []string
		if original := past.original(); original != "" {
			ids = append(ids, original)
		}
		for i := len(past) - 1; i >= 0; i-- {
			ids = append(ids, past[i].claim)
		}
		if len(ids) > 0 {
			return ids[:min(len(ids), maxPriors)], label, nil
		}
	}
	return nil, label, nil
}

// maxPriors bounds how many claims of one identifier are looked at.
const maxPriors = 4

// insurer and provider are the server's own, as the claim names them by now; empty where they are not known.
func (snap *snapshot) insurer() string {
	if i := engine.InsurerOf(snap.claim, snap.member.Member, snap.scheme); i != nil {
		return i.Key
	}
	return ""
}

func (snap *snapshot) provider() string {
	return scheme.LocalKey(snap.doc.Root().Get(nProvider).Get(nReference).Text())
}

// priorOf reads a claim that is to be replaced.
func (c *Claims) priorOf(ctx context.Context, u *resources.Unit, snap *snapshot, id string) (prior, error) {
	unknown := prior{unknown: "Claim/" + id}
	found, err := u.Get(ctx, store.System(), claimKey(id), responseKey(id), taskKey(id))
	if err != nil {
		return prior{}, fmt.Errorf("read Claim/%s and its answer: %w", id, err)
	}
	if found[0] == nil || found[0].Deleted || found[1] == nil || found[1].Deleted {
		return unknown, nil
	}
	p := prior{id: id, version: found[0].Version}
	if p.claim, err = parse(found[0]); err != nil {
		return prior{}, err
	}
	if p.response, err = parse(found[1]); err != nil {
		return prior{}, err
	}
	if !snap.replaces(&p) {
		return unknown, nil
	}
	if statusOfDocument(p.claim) != "active" || id == snap.key.ID {
		return prior{}, nil
	}
	return p, nil
}

// replaces tells whether a decided claim is one that this claim can take the place of.
func (snap *snapshot) replaces(p *prior) bool {
	root := p.claim.Root()
	return p.response.Root().Get(nRequest).Get(nReference).Text() == "Claim/"+p.id &&
		root.Get(nUse).Text() == string(snap.claim.Use) &&
		root.Get(nPatient).Get(nReference).Text() == "Patient/"+snap.member.ID &&
		scheme.LocalKey(root.Get(nProvider).Get(nReference).Text()) == snap.provider() && snap.provider() != "" &&
		insurerOf(p.response) == snap.insurer()
}

// supersede cancels the claim that this one takes the place of, as far as this one can be decided at all, and reads again
// what the decision rests on: heads, counts and guards as if the other had not been.
func (c *Claims) supersede(ctx context.Context, u *resources.Unit, s *submission, snap *snapshot) (*snapshot, error) {
	p := snap.prior
	if p.id == "" || snap.decision(u, snap.key.ID, c.options.Duplicates).Outcome == engine.Failed {
		return snap, nil
	}
	edited, issues := p.claim.Replace([]codec.Edit{{At: p.claim.Root().Get(nStatus), JSON: []byte(`"cancelled"`)}})
	if len(issues) > 0 {
		return nil, fmt.Errorf("cancel Claim/%s: %s", p.id, issues[0].Text)
	}
	_, err := c.cancel(ctx, u, resources.Change{
		Interaction: resources.Update, Key: claimKey(p.id), New: edited,
		Old: &resources.Stored{Key: claimKey(p.id), Version: p.version, Doc: p.claim},
	}, snap.key.ID)
	if err != nil {
		return nil, fmt.Errorf("replace Claim/%s: %w", p.id, err)
	}
	again, err := c.read(ctx, u, s)
	if err != nil {
		return nil, err
	}
	again.key, again.prior = snap.key, p
	if err := c.dropCancelled(ctx, u, again); err != nil {
		return nil, err
	}
	return again, again.readOthers(ctx, u)
}

// inheritPayment lets what was paid for the claim that this one replaces count for this one: only the difference moves.
func (c *Claims) inheritPayment(ctx context.Context, u *resources.Unit, snap *snapshot, d *engine.Decision) (err error) {
	if snap.prior.id == "" || d.Outcome == engine.Failed {
		return nil
	}
	p := &snap.prior
	snap.payment, err = c.settlePaid(ctx, u, p.id, p.claim, p.response, d,
		"The claim was replaced by Claim/"+snap.key.ID+" after it was paid.", cancelled)
	return err
}
