package replay

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/store"
)

// inputs are what a decision was made from, beside its basis.
type inputs struct {
	doc    *codec.Document
	claim  *engine.Claim
	scheme *scheme.Scheme
}

// inputs finds the claim, the scheme of then, and what other payers had paid, which it puts into the basis.
func (r *Replayer) inputs(ctx context.Context, b *engine.Basis) (*inputs, error) {
	in := &inputs{}
	var err error
	if in.doc, err = r.claim(ctx, b.ClaimID); err != nil {
		return nil, err
	}
	claim, issues := engine.ReadClaim(in.doc)
	if len(issues) > 0 {
		return nil, fmt.Errorf("the stored Claim/%s cannot be read: %s", b.ClaimID, issues[0].Text)
	}
	in.claim = claim
	if err := r.Others(ctx, b, claim); err != nil {
		return nil, err
	}
	in.scheme, err = r.schemes.at(ctx, b.Scheme, b.Clock)
	return in, err
}

// Scheme is the scheme with a digest as it was about a time.
func (r *Replayer) Scheme(ctx context.Context, digest string, when time.Time) (*scheme.Scheme, error) {
	return r.schemes.at(ctx, digest, when)
}

// claim is the Claim as it was decided: the content of a decided claim stays as it is until it is cancelled, so it is that
// of the newest active version.
func (r *Replayer) claim(ctx context.Context, id string) (*codec.Document, error) {
	key := store.Key{Type: "Claim", ID: id}
	found, err := r.store.Get(ctx, store.System(), key)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	if found[0] == nil {
		return nil, fmt.Errorf("%s %w", key, errMissing)
	}
	for version := found[0].Version; version > 0; version-- {
		record, err := r.store.Version(ctx, store.System(), key, version)
		if err != nil {
			return nil, fmt.Errorf("read %s version %d: %w", key, version, err)
		}
		if record == nil || record.Deleted {
			continue
		}
		doc, err := parse(record)
		if err != nil {
			return nil, err
		}
		if doc.Root().Get(nStatus).Text() == "active" {
			return doc, nil
		}
	}
	return nil, fmt.Errorf("an active version of %s %w", key, errMissing)
}

// Others reads again what other payers had paid, in the versions that were read then, and puts it into the basis.
func (r *Replayer) Others(ctx context.Context, b *engine.Basis, claim *engine.Claim) error {
	next := 0
	for i := range claim.Insurance {
		in := &claim.Insurance[i]
		if in.Focal || !in.Answer.Given() {
			continue
		}
		if next == len(b.Others) {
			return errors.New("the claim names more answers of other payers than were read")
		}
		doc, err := r.otherPayer(ctx, &b.Others[next])
		if err != nil {
			return err
		}
		paid, issues := engine.ReadOtherPayment(doc, claim, in)
		if len(issues) > 0 {
			return fmt.Errorf("%s: %s", b.Others[next].Response, issues[0].Text)
		}
		b.Others[next] = paid
		next++
	}
	if next < len(b.Others) {
		return errors.New("the claim names fewer answers of other payers than were read")
	}
	return nil
}

func (r *Replayer) otherPayer(ctx context.Context, o *engine.OtherPayment) (*codec.Document, error) {
	version, err := strconv.ParseInt(o.Version, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("the version of %s: %w", o.Response, err)
	}
	key := store.Key{Type: "ClaimResponse", ID: strings.TrimPrefix(o.Response, "ClaimResponse/")}
	record, err := r.store.Version(ctx, store.System(), key, version)
	if err != nil {
		return nil, fmt.Errorf("read %s version %d: %w", key, version, err)
	}
	if record == nil || record.Deleted {
		return nil, fmt.Errorf("%s version %d %w", key, version, errMissing)
	}
	return parse(record)
}
