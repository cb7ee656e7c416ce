package parties

import (
	"context"
	"errors"
	"fmt"

	"claimwright/adjudication/claims/intake"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/store/resources"
)

var (
	nPatient   = codec.Intern("patient")
	nInsurance = codec.Intern("insurance")
	nCoverage  = codec.Intern("coverage")
	nFocal     = codec.Intern("focal")
)

// Parties resolve who a request is about. They belong to one request.
type Parties struct {
	item *intake.Item
	// Known are the references and the evidence that were found to be the server's own.
	Known intake.Known
}

// New begins with nobody known.
func New(it *intake.Item) *Parties { return &Parties{item: it, Known: intake.Known{}} }

// Insurer finds an insurer of the scheme; empty when it is none.
func (p *Parties) Insurer(ref codec.Value, sch *scheme.Scheme) string {
	return p.organization(ref, sch, func(key string) bool { return sch.Insurer(key) != nil })
}

// Provider finds a facility of the scheme; empty when it is none.
func (p *Parties) Provider(ref codec.Value, sch *scheme.Scheme) string {
	return p.organization(ref, sch, func(key string) bool { return sch.Facility(key) != nil })
}

// organization finds an insurer or a facility of the scheme by its literal reference or by an identifier; the zero answer
// is that it is none of the scheme's, or that the identifiers fit several.
func (p *Parties) organization(ref codec.Value, sch *scheme.Scheme, fits func(key string) bool) string {
	t := p.item.Target(ref)
	found := ""
	if t.ID != "" && t.Type == "Organization" && fits("Organization/"+t.ID) {
		found = "Organization/" + t.ID
	} else {
		for _, id := range t.Identifiers {
			for _, key := range sch.Organizations(scheme.Code{System: id.System, Value: id.Value}) {
				if !fits(key) || key == found {
					continue
				}
				if found != "" {
					return ""
				}
				found = key
			}
		}
	}
	p.note(ref, t, found)
	return found
}

// Patient finds the id of the Patient that a reference most likely means; empty when nobody, or more than one, carries the
// identifiers. Whether there is a member with that id is for the head to say.
func (p *Parties) Patient(ctx context.Context, u *resources.Unit, ref codec.Value) (string, error) {
	t := p.item.Target(ref)
	if t.ID != "" {
		if t.Type != "Patient" {
			return "", nil
		}
		return t.ID, nil
	}
	found := ""
	for _, id := range t.Identifiers {
		holders, err := u.Holders(ctx, "Patient", id.System, id.Value)
		if errors.Is(err, resources.ErrManyHolders) {
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("find the patient: %w", err)
		}
		for _, h := range holders {
			if found != "" && found != h.ID {
				return "", nil
			}
			found = h.ID
		}
	}
	return found, nil
}

// Member notes that a reference means a member who is known.
func (p *Parties) Member(ref codec.Value, id string) { p.note(ref, p.item.Target(ref), "Patient/"+id) }

// Cover notes which of a member's covers a reference means, if any: by its id, or by an identifier.
func (p *Parties) Cover(ref codec.Value, m *ledger.Member) *ledger.Cover {
	t := p.item.Target(ref)
	var found *ledger.Cover
	if t.ID != "" {
		if t.Type == "Coverage" {
			found = m.Cover(t.ID)
		}
	} else {
		found = coverNamed(m, t.Identifiers)
	}
	if found != nil {
		p.note(ref, t, "Coverage/"+found.ID)
	}
	return found
}

// Covers notes the member and all covers that a request names; it answers with the focal one.
func (p *Parties) Covers(request codec.Value, m *ledger.Member) (focal *ledger.Cover) {
	p.Member(request.Get(nPatient), m.ID)
	for in := range request.Get(nInsurance).Each() {
		if cover := p.Cover(in.Get(nCoverage), m); in.Get(nFocal).Bool() {
			focal = cover
		}
	}
	return focal
}

func coverNamed(m *ledger.Member, identifiers []intake.Identifier) *ledger.Cover {
	for _, id := range identifiers {
		token := id.System + "|" + id.Value
		for i := range m.Covers {
			for _, own := range m.Covers[i].Identifiers {
				if own == token {
					return &m.Covers[i]
				}
			}
		}
	}
	return nil
}

// note remembers what a reference means, unless it says so itself.
func (p *Parties) note(ref codec.Value, t intake.Target, own string) {
	switch {
	case own == "" || !ref.Exists():
	case t.Evidence.Exists():
		p.Known[t.Evidence] = own
	case t.ID == "":
		p.Known[ref] = own
	}
}
