package offline

import (
	"context"
	"errors"
	"fmt"

	"claimwright/adjudication/claims/intake"
	"claimwright/adjudication/claims/parties"
	"claimwright/adjudication/engine/ledger"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store/resources"
)

var (
	nClaim      = codec.Intern("claim")
	nIdentifier = codec.Intern("identifier")
	nPatient    = codec.Intern("patient")
	nReference  = codec.Intern("reference")
	nRelated    = codec.Intern("related")
	nSystem     = codec.Intern("system")
	nValue      = codec.Intern("value")
)

// concerned names everything that the line's decision can share with another's; it refuses what is no submission.
func (a *Adjudicator) concerned(ctx context.Context, l *line) error {
	part, err := intake.Read(l.doc, intake.Options{Type: "Claim", Base: intake.Bases([]string{a.options.Base})})
	if err != nil {
		return l.refuse(err)
	}
	for it := range part.Items() {
		keys, err := a.keysOf(ctx, it)
		if err != nil {
			return err
		}
		l.keys = append(l.keys, keys...)
	}
	return nil
}

func (a *Adjudicator) keysOf(ctx context.Context, it *intake.Item) ([]string, error) {
	root := it.Doc.Root()
	var keys []string
	if id := it.Doc.ID(); id != "" {
		keys = append(keys, "Claim/"+id)
	}
	keys = addIdentifiers(keys, root.Get(nIdentifier))
	for r := range root.Get(nRelated).Each() {
		earlier := r.Get(nClaim)
		keys = addIdentifiers(keys, earlier.Get(nIdentifier))
		if literal := earlier.Get(nReference).Text(); literal != "" {
			keys = append(keys, literal)
		}
	}
	patient, err := a.patient(ctx, it)
	if err != nil {
		return nil, fmt.Errorf("find the patient: %w", err)
	}
	if patient != "" {
		keys = append(keys, a.groups.of(ledger.MemberID(patient)))
	}
	return keys, nil
}

func addIdentifiers(keys []string, ids codec.Value) []string {
	for id := range ids.Each() {
		if value := id.Get(nValue).Text(); value != "" {
			keys = append(keys, "identifier "+id.Get(nSystem).Text()+"|"+value)
		}
	}
	return keys
}

// patient is the id of the Patient whom the claim is for, empty when nobody or several are meant.
func (a *Adjudicator) patient(ctx context.Context, it *intake.Item) (id string, err error) {
	ref := it.Doc.Root().Get(nPatient)
	if t := it.Target(ref); t.ID != "" || len(t.Identifiers) == 0 {
		return t.ID, nil
	}
	err = a.service.Do(ctx, operator(""), nil, func(ctx context.Context, u *resources.Unit) (err error) {
		id, err = parties.New(it).Patient(ctx, u, ref)
		return err
	})
	return id, err
}

// refuse remembers why a line cannot be processed; it returns an error that is no reason to refuse a line.
func (l *line) refuse(err error) error {
	var refused *outcome.Error
	if errors.As(err, &refused) {
		l.refused = refused
		return nil
	}
	return err
}
