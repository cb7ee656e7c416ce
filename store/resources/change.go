package resources

import (
	"context"
	"time"

	"claimwright/fhir/codec"
	"claimwright/store"
)

// Interaction is how a version came to be, as audit remembers it. Use cases have words of their own, such as "submit".
type Interaction string

// The interactions that a client can ask for.
const (
	Create Interaction = "create"
	Update Interaction = "update"
	Delete Interaction = "delete"
)

// Stored is a version as it is, or will be once the unit of work is committed.
type Stored struct {
	Key store.Key
	// Version is 0 only for the delete of a resource that never was.
	Version int64
	Updated time.Time
	// Doc is the stored content with id and meta; nil when Deleted.
	Doc *codec.Document
	// Created tells that there was no resource before, or that it was brought back after a delete; Unchanged that
	// nothing was written, because the content was the same already or the resource was gone already, or because a
	// conditional create found its match.
	Created, Deleted, Unchanged bool
	// Removed is how many resources a conditional delete has removed where they were several; Key then has no id.
	Removed int
	// Result is a further resource that answers the write, such as the ClaimResponse that a Claim got; usually nil.
	Result *codec.Document
}

// Change is a write that a client asks for, before anything is judged.
type Change struct {
	// Interaction is Create, Update or Delete. A PUT to an unknown or deleted id is a Create.
	Interaction Interaction
	// Key names the resource; at a Create, too, the id that it will have.
	Key store.Key
	// Old is the current version, nil when there is none or it is a delete.
	Old *Stored
	// New is the content that the client sent, nil at a Delete. Its own id and meta.versionId do not count.
	New *codec.Document
}

// Behaviour is what a type does beyond being stored. Implementations are safe for concurrent use and keep nothing of a
// Unit: both methods may be called several times for one request, on different reads.
type Behaviour interface {
	// Locks names what the change will touch, such as heads, so that changes to the same take turns. It only reads. What
	// it cannot know yet (because it is written by an earlier entry of the same transaction, say) it leaves out: Stage
	// may return NeedLocks.
	Locks(ctx context.Context, u *Unit, c Change) ([]string, error)
	// Stage judges the change and stages what follows from it; a plain type ends in u.Put or u.Remove of c.Key. An
	// outcome.Error refuses the change; its expressions start with the type ("Claim.status").
	Stage(ctx context.Context, u *Unit, c Change) (*Stored, error)
}

// Concluding is a Behaviour whose changes rest on what others write, as a decision rests on member and cover. In a
// transaction they are staged after all other writes, so that its outcome does not depend on the order of its entries (R4
// http.html#trules).
type Concluding interface {
	Behaviour
	// Concludes only marks the type.
	Concludes()
}

// plain is the behaviour of every type that registered none.
type plain struct{}

func (plain) Locks(context.Context, *Unit, Change) ([]string, error) { return nil, nil }

func (plain) Stage(ctx context.Context, u *Unit, c Change) (*Stored, error) {
	return Plain(ctx, u, c)
}

// Plain stages a change as it is. Behaviours end in it when they have nothing to add.
func Plain(ctx context.Context, u *Unit, c Change) (*Stored, error) {
	if c.Interaction == Delete {
		return u.Remove(ctx, c.Key, c.Interaction)
	}
	return u.Put(ctx, c.Key, c.New, c.Interaction)
}
