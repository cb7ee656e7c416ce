package resources

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
)

// An identifier's guard is an internal record that says which resources of a type carry the identifier. It is written
// whenever one begins or ceases to carry it, so that two writers of one identifier, conditional creates among them,
// cannot both be unaware of each other: both write the guard, and the second meets a conflict.
//
// Searches compare identifiers without regard to case, so identifiers that differ in case alone share a guard; each
// holder comes with a digest of what it carries exactly. A guard stays when its last holder goes: its version must never
// start again. guard_data.go has the form of its data.

// mostIdentifiers bounds the guards of one resource.
const mostIdentifiers = 256

// ErrManyHolders: more resources carry an identifier than its guard lists.
var ErrManyHolders = errors.New("the identifier is carried by too many resources")

var (
	nIdentifier = codec.Intern("identifier")
	nSystem     = codec.Intern("system")
	nValue      = codec.Intern("value")
)

// identifier is a business identifier; one without a system has the empty one.
type identifier struct{ system, value string }

// identifiers are those that a resource carries in its element identifier, each once. One more than a resource may have is
// enough to tell that it has too many.
func identifiers(doc *codec.Document) []identifier {
	var out []identifier
	for v := range doc.Root().Get(nIdentifier).Each() {
		id := identifier{v.Get(nSystem).Text(), v.Get(nValue).Text()}
		if id.value == "" || slices.Contains(out, id) {
			continue
		}
		if out = append(out, id); len(out) > mostIdentifiers {
			break
		}
	}
	return out
}

// exact tells identifiers apart that share a guard.
func (i identifier) exact() (short [exactBytes]byte) {
	sum := sha256.Sum256([]byte(i.system + "\x00" + i.value)) // no FHIR string holds a NUL
	copy(short[:], sum[:])
	return short
}

func guardKey(resourceType string, id identifier) store.InternalKey {
	sum := sha256.Sum256([]byte(id.system + "\x00" + strings.ToLower(id.value)))
	return store.InternalKey{
		Space: store.SpaceGuard,
		ID:    "id/" + resourceType + "/" + base64.RawURLEncoding.EncodeToString(sum[:18]),
	}
}

// Guards are the keys of the guards that a write of the resource touches as far as its own content tells. Reading them
// together with everything else that a use case needs saves a round trip.
func Guards(doc *codec.Document) []store.InternalKey {
	ids := identifiers(doc)
	keys := make([]store.InternalKey, len(ids))
	for i, id := range ids {
		keys[i] = guardKey(doc.Type(), id)
	}
	return keys
}

// Locks are the names of the locks that make writers of the same identifiers take turns; holding them saves conflicts.
func Locks(doc *codec.Document) []string { return guardLocks(doc) }

func guardLocks(doc *codec.Document) []string {
	guards := Guards(doc)
	names := make([]string, len(guards))
	for i, g := range guards {
		names[i] = "guard/" + g.ID
	}
	return names
}

func resourceLock(key store.Key) string { return "resource/" + key.String() }

// Holders tells which resources of a type carry an identifier, by key, in no particular order. It asks the identifier's
// guard, not the index, and the commit then depends on the answer: should another server add or remove a holder, the
// work is run again. ErrManyHolders comes with the holders that are listed.
func (u *Unit) Holders(ctx context.Context, resourceType, system, value string) ([]store.Key, error) {
	record, err := u.Internal(ctx, guardKey(resourceType, identifier{system, value}))
	if err != nil {
		return nil, err
	}
	u.RelyInternal(record)
	g, err := decodeGuard(record.Data)
	if err != nil {
		return nil, err
	}
	var keys []store.Key
	exact := identifier{system, value}.exact()
	for _, h := range g.holders {
		if h.exact == exact {
			keys = append(keys, store.Key{Type: resourceType, ID: h.id})
		}
	}
	if g.more {
		return keys, ErrManyHolders
	}
	return keys, nil
}

// moveGuards takes a resource from the guards of the identifiers that it loses to those that it gains. Identifiers that
// stay are no concern: who carries them does not change.
func (u *Unit) moveGuards(ctx context.Context, key store.Key, before, after *codec.Document) error {
	old, now := identifiers(before), identifiers(after)
	if len(now) > mostIdentifiers {
		return outcome.New(http.StatusUnprocessableEntity, outcome.TooCostly, key.Type+".identifier", "a resource may have at most %d identifiers", mostIdentifiers)
	}
	lost, gained := without(old, now), without(now, old)
	if len(lost)+len(gained) == 0 {
		return nil
	}
	g, err := u.readGuards(ctx, key.Type, append(lost, gained...))
	if err != nil {
		return fmt.Errorf("read the guards of %s: %w", key, err)
	}
	for _, id := range lost {
		g.of(id).remove(holder{key.ID, id.exact()})
	}
	for _, id := range gained {
		g.of(id).add(holder{key.ID, id.exact()})
	}
	for _, r := range g.records {
		u.PutInternal(r.Key, r.Version, g.byKey[r.Key].encode())
	}
	return nil
}

// guardSet are the guards of some identifiers of one type, each once.
type guardSet struct {
	resourceType string
	records      []store.Internal
	byKey        map[store.InternalKey]*guard
}

func (s *guardSet) of(id identifier) *guard { return s.byKey[guardKey(s.resourceType, id)] }

func (u *Unit) readGuards(ctx context.Context, resourceType string, ids []identifier) (*guardSet, error) {
	s := &guardSet{resourceType: resourceType, byKey: make(map[store.InternalKey]*guard, len(ids))}
	keys := make([]store.InternalKey, 0, len(ids))
	for _, id := range ids {
		key := guardKey(resourceType, id)
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	var err error
	if s.records, err = u.staged.Internals(ctx, store.System(), keys...); err != nil {
		return nil, err
	}
	for _, r := range s.records {
		if s.byKey[r.Key], err = decodeGuard(r.Data); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// without are the identifiers of a that b does not have.
func without(a, b []identifier) []identifier {
	var out []identifier
	for _, id := range a {
		if !slices.Contains(b, id) {
			out = append(out, id)
		}
	}
	return out
}
