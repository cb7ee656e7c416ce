package answer

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"claimwright/adjudication/engine"
	"claimwright/fhir/codec"
)

var (
	nRequest        = codec.Intern("request")
	nValueReference = codec.Intern("valueReference")
)

// ErrNoBasis: a ClaimResponse does not say what it was decided from, because it was not decided here, or has outcome error.
var ErrNoBasis = errors.New("the response records no basis")

// BasisOf reads back from a stored ClaimResponse what its decision was made from, as far as the response says it: heads
// come without their data, which lie in the ledger, and what other payers paid by reference alone.
func BasisOf(response *codec.Document) (*engine.Basis, error) {
	root := response.Root()
	for e := range root.Get(nExtension).Each() {
		if e.Get(nURL).Text() != BasisExtension {
			continue
		}
		b, err := readBasis(response, e)
		if err != nil {
			return nil, fmt.Errorf("the basis of ClaimResponse/%s cannot be read: %w", response.ID(), err)
		}
		return b, nil
	}
	return nil, ErrNoBasis
}

func readBasis(response *codec.Document, e codec.Value) (b *engine.Basis, err error) {
	root := response.Root()
	b = &engine.Basis{ResponseID: response.ID(), ClaimID: localID("Claim", root.Get(nRequest).Get(nReference).Text())}
	if b.Clock, err = instant(root.Get(nCreated)); err != nil {
		return nil, err
	}
	if b.Review, err = ReviewOf(response); err != nil {
		return nil, err
	}
	for sub := range e.Get(nExtension).Each() {
		text, to := sub.Get(nValueString).Text(), sub.Get(nValueReference).Get(nReference).Text()
		switch sub.Get(nURL).Text() {
		case "engine":
			b.Engine = strings.Clone(text)
		case "scheme":
			b.Scheme = strings.Clone(text)
		case "duplicateOf":
			b.DuplicateOf = localID("Claim", to)
		case "replaces":
			b.Replaces = localID("Claim", to)
		case "unknownPrior":
			b.UnknownPrior = strings.Clone(text)
		case "received":
			if b.Received, err = instant(sub.Get(nValueInstant)); err != nil {
				return nil, err
			}
		case "head":
			h, err := headOf(text)
			if err != nil {
				return nil, err
			}
			b.Heads = append(b.Heads, h)
		case "otherPayer":
			response, version, _ := strings.Cut(to, "/_history/")
			b.Others = append(b.Others, engine.OtherPayment{Response: strings.Clone(response), Version: strings.Clone(version)})
		}
	}
	return b, nil
}

func headOf(text string) (engine.HeadState, error) {
	id := headID(text)
	version, err := strconv.ParseInt(strings.TrimPrefix(text[len(id):], "@"), 10, 64)
	if err != nil {
		return engine.HeadState{}, fmt.Errorf("head %q: %w", text, err)
	}
	return engine.HeadState{ID: id, Version: version}, nil
}

func instant(v codec.Value) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, v.Text())
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: %w", v.Path(), err)
	}
	return t.UTC(), nil
}

// localID is the id in "Type/id", empty for another type.
func localID(typ, reference string) string {
	id, ok := strings.CutPrefix(reference, typ+"/")
	if !ok {
		return ""
	}
	return strings.Clone(id)
}
