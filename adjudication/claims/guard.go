package claims

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"claimwright/adjudication/claims/intake"
	"claimwright/adjudication/claims/parties"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/store"
)

// A submission's guard is an internal record that recognises the same submission: what was submitted before under the
// same identifier, to the same insurer, by the same provider, for the same use. It is read before a decision and written in
// its commit, so that of two submissions at the same moment, on whatever servers, one finds the other.
//
// Its data are a format byte and, for each claim, the organisation that submitted, the digest of the content, the Claim's
// id and whether it was rejected as a whole, as a duplicate or for its own sake.

const (
	guardFormat = 1
	// mostSubmissions bounds a guard; the oldest rejected submissions are forgotten first, then the oldest.
	mostSubmissions = 32

	flagRejected, flagDuplicate = 1, 2
)

// past is an earlier submission under a guard.
type past struct {
	digest   [sha256.Size]byte
	by       string
	claim    string
	rejected bool
	// duplicate says that it was rejected because of an earlier claim.
	duplicate bool
}

// guardOf names the guard of a submission; the zero key when it has neither an identifier nor an idempotency key, or
// when insurer or provider are not known. The principal's organisation is in the data instead of the key, because the
// duplicate rule asks across submitters.
func guardOf(claim codec.Value, insurer, provider, organization, idempotency string) store.InternalKey {
	id := firstIdentifier(claim)
	switch {
	case insurer == "" || provider == "":
		return store.InternalKey{}
	case id.Get(nValue).Exists():
		return guardOfIdentifier(claim, intake.Identifier{System: id.Get(nSystem).Text(), Value: id.Get(nValue).Text()}, insurer, provider)
	case idempotency != "":
		return guardKey("key", organization, idempotency, insurer, provider, claim.Get(nUse).Text())
	}
	return store.InternalKey{}
}

// guardOfIdentifier names the guard that a claim of the same use would have under an identifier.
func guardOfIdentifier(claim codec.Value, id intake.Identifier, insurer, provider string) store.InternalKey {
	if insurer == "" || provider == "" {
		return store.InternalKey{}
	}
	return guardKey("identifier", id.System, id.Value, insurer, provider, claim.Get(nUse).Text())
}

func guardKey(parts ...string) store.InternalKey {
	h := sha256.New()
	for _, s := range parts {
		var size [binary.MaxVarintLen64]byte
		h.Write(size[:binary.PutUvarint(size[:], uint64(len(s)))])
		h.Write([]byte(s))
	}
	var sum [sha256.Size]byte
	return store.InternalKey{Space: store.SpaceGuard, ID: "claim/" + base64.RawURLEncoding.EncodeToString(h.Sum(sum[:0])[:18])}
}

// firstIdentifier is the first of a claim's identifiers that has a value; absent when none has.
func firstIdentifier(claim codec.Value) codec.Value {
	for id := range claim.Get(nIdentifier).Each() {
		if id.Get(nValue).Exists() {
			return id
		}
	}
	return codec.Value{}
}

// guard is the guard of a submission as far as a scheme tells who insurer and provider are.
func (s *submission) guard(sch *scheme.Scheme, organization string) store.InternalKey {
	root := s.item.Doc.Root()
	who := parties.New(s.item)
	insurer := who.Insurer(root.Get(nInsurer), sch)
	provider := who.Provider(root.Get(nProvider), sch)
	return guardOf(root, insurer, provider, organization, s.idempotency)
}

func lockOf(guard store.InternalKey) string { return "guard/" + guard.ID }

// submissions are the decoded guard, the oldest first.
type submissions []past

// same is the submission that is being made again, nil if there is none: by the same organisation, with the same content.
func (l submissions) same(by string, digest [sha256.Size]byte) *past {
	for i := range l {
		if l[i].by == by && l[i].digest == digest {
			return &l[i]
		}
	}
	return nil
}

// original is the claim that another one under the same identifier duplicates; empty if all before were rejected.
func (l submissions) original() string {
	for i := range l {
		if !l[i].rejected {
			return l[i].claim
		}
	}
	return ""
}

// with adds a submission.
func (l submissions) with(p past) submissions {
	next := append(submissions{}, l.without(p.claim)...)
	for len(next) >= mostSubmissions {
		next = next.forgotten()
	}
	return append(next, p)
}

func (l submissions) forgotten() submissions {
	for i := range l {
		if l[i].rejected {
			return append(l[:i:i], l[i+1:]...)
		}
	}
	return l[1:]
}

// withoutCancelled is the list after a claim was cancelled: without it, and without those that were denied as duplicates, so
// that their content may be submitted again.
func (l submissions) withoutCancelled(claim string) submissions {
	var left submissions
	for _, p := range l {
		if p.claim != claim && !p.duplicate {
			left = append(left, p)
		}
	}
	return left
}

// judged is the list after a claim was decided again.
func (l submissions) judged(claim string, rejected bool) submissions {
	next := slices.Clone(l)
	for i := range next {
		if next[i].claim == claim {
			next[i].rejected = rejected
		}
	}
	return next
}

// without is the list without a claim.
func (l submissions) without(claim string) submissions {
	for i := range l {
		if l[i].claim == claim {
			return append(l[:i:i], l[i+1:]...)
		}
	}
	return l
}

func (l submissions) encode() []byte {
	out := []byte{guardFormat}
	for i := range l {
		p := &l[i]
		flags := byte(0)
		if p.rejected {
			flags |= flagRejected
		}
		if p.duplicate {
			flags |= flagDuplicate
		}
		out = append(append(out, p.digest[:]...), flags)
		for _, s := range [...]string{p.by, p.claim} {
			out = append(binary.AppendUvarint(out, uint64(len(s))), s...)
		}
	}
	return out
}

var errGuard = errors.New("the guard of a submission cannot be read")

func decodeSubmissions(data []byte) (submissions, error) {
	if len(data) == 0 {
		return nil, nil
	}
	if data[0] > guardFormat {
		return nil, fmt.Errorf("%w: %w", errGuard, store.ErrNewerFormat)
	}
	var l submissions
	for rest := data[1:]; len(rest) > 0; {
		if len(rest) <= sha256.Size {
			return nil, errGuard
		}
		flags := rest[sha256.Size]
		p := past{rejected: flags&flagRejected != 0, duplicate: flags&flagDuplicate != 0}
		copy(p.digest[:], rest)
		rest = rest[sha256.Size+1:]
		for _, s := range [...]*string{&p.by, &p.claim} {
			size, n := binary.Uvarint(rest)
			if n <= 0 || size > uint64(len(rest)-n) {
				return nil, errGuard
			}
			*s, rest = string(rest[n:n+int(size)]), rest[n+int(size):]
		}
		l = append(l, p)
	}
	return l, nil
}
