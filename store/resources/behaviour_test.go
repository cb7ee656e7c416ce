package resources_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
)

// decided is a behaviour in the manner of claims: a create counts a head up and answers with a second resource, whose
// type clients cannot write; what was created cannot be changed.
type decided struct{ lock string }

var nSubject, nReference = codec.Intern("subject"), codec.Intern("reference")

func (d decided) Locks(_ context.Context, _ *resources.Unit, c resources.Change) ([]string, error) {
	if c.Interaction != resources.Create {
		return nil, nil
	}
	return []string{d.lock}, nil
}

func (d decided) Stage(ctx context.Context, u *resources.Unit, c resources.Change) (*resources.Stored, error) {
	if c.Interaction != resources.Create {
		return nil, outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, "Basic.code", "what was decided stays")
	}
	if subject := c.New.Root().Find(nSubject, nReference).Text(); subject == "Patient/denied" {
		return nil, outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, "Basic.subject", "this subject cannot be")
	}
	n, err := addOne(ctx, u)
	if err != nil {
		return nil, err
	}
	stored, err := u.Put(ctx, c.Key, c.New, "submit")
	if err != nil {
		return nil, err
	}
	answer, issues := codec.Parse(fmt.Appendf(nil, `{"resourceType":"Linkage","item":[{"type":"source","resource":{"reference":"%s","display":"%d"}}]}`, c.Key, n), codec.Limits{})
	if len(issues) > 0 {
		return nil, outcome.Rejected(issues)
	}
	result, err := u.Put(ctx, store.Key{Type: "Linkage", ID: u.NewID()}, answer, "submit")
	if err != nil {
		return nil, err
	}
	stored.Result = result.Doc
	return stored, nil
}

// readOnly refuses what clients send.
type readOnly struct{ resources.Behaviour }

func (readOnly) Locks(context.Context, *resources.Unit, resources.Change) ([]string, error) {
	return nil, nil
}

func (readOnly) Stage(context.Context, *resources.Unit, resources.Change) (*resources.Stored, error) {
	return nil, outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, "", "written by the server only")
}

func decidingBench(t *testing.T) *bench {
	b := newBench(t)
	b.Register("Basic", decided{lock: "policy/1"})
	b.Register("Linkage", readOnly{})
	return b
}

func TestBehaviours(t *testing.T) {
	b := decidingBench(t)
	const basic = `{"resourceType":"Basic","code":{"text":"x"}}`
	stored := b.create(t, basic)
	require.Contains(t, string(stored.Result.Bytes()), `"display":"0"`)
	require.Equal(t, "1", headValue(t, b.st))

	t.Run("the second resource is stored with the first", func(t *testing.T) {
		record, err := b.Read(t.Context(), clerk, key("Linkage", stored.Result.ID()))
		require.NoError(t, err)
		require.Equal(t, "submit", record.Audit.Interaction)
	})
	t.Run("and cannot be written by clients", func(t *testing.T) {
		_, err := b.Create(t.Context(), clerk, document(t, `{"resourceType":"Linkage","item":[{"type":"source","resource":{"reference":"Basic/1"}}]}`), resources.CreateOptions{})
		refused(t, err, http.StatusUnprocessableEntity, outcome.BusinessRule)
		_, err = b.Delete(t.Context(), clerk, key("Linkage", stored.Result.ID()), resources.DeleteOptions{})
		refused(t, err, http.StatusUnprocessableEntity, outcome.BusinessRule)
	})
	t.Run("a change is judged", func(t *testing.T) {
		_, err := b.Update(t.Context(), clerk, stored.Key, document(t, `{"resourceType":"Basic","id":%q,"code":{"text":"y"}}`, stored.Key.ID), resources.UpdateOptions{})
		refused(t, err, http.StatusUnprocessableEntity, outcome.BusinessRule)
	})
	t.Run("the same content is no change", func(t *testing.T) {
		same := b.put(t, `{"resourceType":"Basic","id":%q,"code":{"text":"x"}}`, stored.Key.ID)
		require.True(t, same.Unchanged)
	})
	t.Run("a refusal stages nothing", func(t *testing.T) {
		_, err := b.Create(t.Context(), clerk, document(t, `{"resourceType":"Basic","code":{"text":"x"},"subject":{"reference":"Patient/denied"}}`), resources.CreateOptions{})
		refused(t, err, http.StatusUnprocessableEntity, outcome.BusinessRule)
		require.Equal(t, "1", headValue(t, b.st))
	})
	t.Run("registering twice is a fault of the program", func(t *testing.T) {
		require.Panics(t, func() { b.Register("Basic", readOnly{}) })
	})
}

func TestPlainBehaviourInABehaviour(t *testing.T) {
	b := newBench(t)
	b.Register("Patient", locked{})
	stored := b.create(t, `{"resourceType":"Patient"}`)
	require.True(t, stored.Created)
	b.put(t, `{"resourceType":"Patient","id":%q,"active":true}`, stored.Key.ID)
	deleted, err := b.Delete(t.Context(), clerk, stored.Key, resources.DeleteOptions{})
	require.NoError(t, err)
	require.Equal(t, int64(3), deleted.Version)
}

// locked adds a lock to the plain behaviour.
type locked struct{}

func (locked) Locks(_ context.Context, _ *resources.Unit, c resources.Change) ([]string, error) {
	return []string{"member/" + c.Key.ID}, nil
}

func (locked) Stage(ctx context.Context, u *resources.Unit, c resources.Change) (*resources.Stored, error) {
	if err := u.Require("member/" + c.Key.ID); err != nil {
		return nil, fmt.Errorf("the lock was asked for: %w", err)
	}
	return resources.Plain(ctx, u, c)
}

func TestSeveralWritesOfOneResourceInAUnit(t *testing.T) {
	patient := func(t *testing.T, gender string) *codec.Document {
		return document(t, `{"resourceType":"Patient","gender":%q,"identifier":[{"value":%q}]}`, gender, gender)
	}
	p := key("Patient", "p")
	for _, c := range []struct {
		name     string
		existing bool
		steps    []string // genders to put, "" to remove
		version  int64
		want     string
	}{
		{"put twice", false, []string{"male", "female"}, 1, "female"},
		{"put over a stored one, twice", true, []string{"male", "female"}, 2, "female"},
		{"put and remove", false, []string{"male", ""}, 0, ""},
		{"put, remove, put", false, []string{"male", "", "female"}, 1, "female"},
		{"remove a stored one and put", true, []string{"", "female"}, 2, "female"},
		{"put over a stored one and remove", true, []string{"female", ""}, 2, ""},
		{"remove twice", true, []string{"", ""}, 2, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			if c.existing {
				b.put(t, `{"resourceType":"Patient","id":"p","gender":"other","identifier":[{"value":"other"}]}`)
			}
			require.NoError(t, b.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) (err error) {
				for _, gender := range c.steps {
					if gender == "" {
						_, err = u.Remove(ctx, p, "test")
					} else {
						_, err = u.Put(ctx, p, patient(t, gender), "test")
					}
					if err != nil {
						return err
					}
				}
				return nil
			}))
			found, err := b.st.Get(t.Context(), clerk.Access, p)
			require.NoError(t, err)
			if c.version == 0 {
				require.Nil(t, found[0])
			} else {
				require.Equal(t, c.version, found[0].Version)
				require.Equal(t, c.want == "", found[0].Deleted)
			}
			for _, gender := range []string{"male", "female", "other"} {
				require.Equal(t, gender == c.want, len(b.holders(t, "Patient", "", gender)) == 1, gender)
			}
		})
	}
	t.Run("content of another type", func(t *testing.T) {
		err := newBench(t).Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
			_, err := u.Put(ctx, key("Claim", "1"), patient(t, "male"), "test")
			return err
		})
		require.ErrorContains(t, err, "the content is a Patient")
	})
}

func TestSearchInAUnit(t *testing.T) {
	b := newBench(t)
	for _, id := range []string{"a", "c", "e"} {
		b.put(t, `{"resourceType":"Patient","id":%q,"active":true,"birthDate":"2000-01-01"}`, id)
	}
	q, _, err := search.Parse("Patient", "active=true&_sort=-birthdate&_count=2", search.Options{})
	require.NoError(t, err)
	require.ErrorIs(t, b.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
		page, err := u.Reads().Search(ctx, clerk, q, "")
		require.NoError(t, err)
		require.NotEmpty(t, page.Next, "untouched by this unit")

		for id, born := range map[string]string{"b": "2010-01-01", "d": "1990-01-01"} {
			_, err = u.Update(ctx, key("Patient", id), document(t, `{"resourceType":"Patient","id":%q,"active":true,"birthDate":%q}`, id, born), resources.UpdateOptions{})
			require.NoError(t, err)
		}
		_, err = u.Delete(ctx, key("Patient", "a"), resources.DeleteOptions{})
		require.NoError(t, err)
		page, err = u.Reads().Search(ctx, clerk, q, "")
		require.NoError(t, err)
		require.Equal(t, "b", page.Records[0].ID)
		require.Equal(t, "c", page.Records[1].ID)
		require.True(t, page.More)
		require.Empty(t, page.Next)
		n, err := u.Reads().Count(ctx, clerk, q)
		require.NoError(t, err)
		require.Equal(t, int64(4), n)
		return errOwn
	}), errOwn)
}

func TestUnitSeesWhatItStaged(t *testing.T) {
	b := newBench(t)
	require.NoError(t, b.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
		require.Equal(t, "clerk", u.Principal().ID)
		stored, err := u.Create(ctx, document(t, managed, "x", "Organization/1"), resources.CreateOptions{})
		require.NoError(t, err)
		record, err := u.Reads().Read(ctx, insider, stored.Key)
		require.NoError(t, err)
		require.Equal(t, string(stored.Doc.Bytes()), string(record.Body))
		_, err = b.Read(ctx, clerk, stored.Key)
		require.Equal(t, http.StatusNotFound, statusOf(err), "nobody else does")
		return nil
	}))
}
