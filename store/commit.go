package store

import (
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// MaxInternalID bounds the length of an internal record's id in bytes.
const MaxInternalID = 512

// NewCommitID draws a commit's id. It is time-ordered, so that backends can forget old ones cheaply.
func NewCommitID() CommitID {
	id, err := uuid.NewV7()
	if err != nil { // only if the system has no randomness left
		return CommitID(uuid.NewString())
	}
	return CommitID(id.String())
}

// Validate finds what no backend can apply: an empty commit, a key written twice, a version below 1. It is a fault of the
// caller, not of the data.
func (c *Commit) Validate() error {
	if len(c.Resources)+len(c.Internals) == 0 {
		return errors.New("commit writes nothing")
	}
	if c.ID == "" {
		return errors.New("commit has no id")
	}
	seen := make(map[Key]struct{}, len(c.Resources))
	for i := range c.Resources {
		w := &c.Resources[i]
		if err := w.validate(); err != nil {
			return err
		}
		if _, twice := seen[w.Key]; twice {
			return fmt.Errorf("commit writes %s twice", w.Key)
		}
		seen[w.Key] = struct{}{}
	}
	return c.validateInternals()
}

func (w *Write) validate() error {
	switch {
	case w.Type == "" || w.ID == "":
		return fmt.Errorf("write without a key: %q", w.Key)
	case w.Version < 1:
		return fmt.Errorf("write %s: version %d", w.Key, w.Version)
	case w.Deleted != (w.Body == nil):
		return fmt.Errorf("write %s: a delete has no body and everything else has one", w.Key)
	}
	return nil
}

func (c *Commit) validateInternals() error {
	seen := make(map[InternalKey]struct{}, len(c.Internals))
	for _, w := range c.Internals {
		if w.Version < 1 || w.Key.Space == "" || w.Key.ID == "" || len(w.Key.ID) > MaxInternalID {
			return fmt.Errorf("internal write %s/%s: version %d", w.Key.Space, w.Key.ID, w.Version)
		}
		if _, twice := seen[w.Key]; twice {
			return fmt.Errorf("commit writes %s/%s twice", w.Key.Space, w.Key.ID)
		}
		seen[w.Key] = struct{}{}
	}
	return nil
}
