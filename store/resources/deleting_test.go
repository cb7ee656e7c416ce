package resources_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// keeping is a behaviour that refuses to delete one resource.
type keeping struct{ id string }

func (keeping) Locks(context.Context, *resources.Unit, resources.Change) ([]string, error) {
	return []string{"keeping"}, nil
}

func (k keeping) Stage(ctx context.Context, u *resources.Unit, c resources.Change) (*resources.Stored, error) {
	if c.Interaction == resources.Delete && c.Key.ID == k.id {
		return nil, outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, "Patient", "this one stays")
	}
	return resources.Plain(ctx, u, c)
}

func deletingSeveral(o *resources.Options) { o.DeleteSeveral = true }

// TestDeleteSeveral: what a condition finds is deleted together, each by the behaviour of its type, or not at all.
func TestDeleteSeveral(t *testing.T) {
	b := newBench(t, deletingSeveral)
	b.Register("Patient", keeping{"kept"})
	for _, id := range []string{"a", "b", "c"} {
		b.put(t, `{"resourceType":"Patient","id":%q,"identifier":[{"system":"urn:s","value":"1"}],"active":true}`, id)
	}
	b.put(t, `{"resourceType":"Patient","id":"kept","active":true}`)
	remove := func(query string, o resources.DeleteOptions) (*resources.Stored, error) {
		return b.DeleteWhere(t.Context(), clerk, "Patient", query, o)
	}
	left := func() (n int) {
		for _, id := range []string{"a", "b", "c", "kept"} {
			if _, err := b.Read(t.Context(), clerk, key("Patient", id)); err == nil {
				n++
			}
		}
		return n
	}
	_, err := remove("active=true", resources.DeleteOptions{})
	said := refused(t, err, http.StatusUnprocessableEntity, outcome.BusinessRule)
	require.Equal(t, "Patient/kept", said.Issues[0].Found)
	require.Equal(t, 4, left(), "D3 one that stays keeps all")
	_, err = remove("identifier=urn:s|1", resources.DeleteOptions{IfMatch: 1})
	refused(t, err, http.StatusPreconditionFailed, outcome.MultipleMatches)
	require.Equal(t, 4, left())
	gone, err := remove("identifier=urn:s|1", resources.DeleteOptions{IfMatch: resources.AnyVersion})
	require.NoError(t, err)
	require.Equal(t, &resources.Stored{Key: store.Key{Type: "Patient"}, Deleted: true, Removed: 3}, gone)
	require.Equal(t, 1, left())
	none, err := remove("identifier=urn:s|1", resources.DeleteOptions{})
	require.NoError(t, err)
	require.True(t, none.Unchanged)
	gone, err = remove("_id=a,b,kept&active:not=true", resources.DeleteOptions{})
	require.NoError(t, err)
	require.True(t, gone.Unchanged, "nobody left to delete")
}

// TestDeleteSeveralIsBounded: a thousand and one are too many, in one request and over the entries of a transaction.
func TestDeleteSeveralIsBounded(t *testing.T) {
	b := newBench(t, deletingSeveral)
	for i := range resources.MostDeleted + 1 {
		b.put(t, `{"resourceType":"Patient","id":"p%d","active":%t}`, i, i%2 == 0)
	}
	_, err := b.DeleteWhere(t.Context(), clerk, "Patient", "active:missing=false", resources.DeleteOptions{})
	refused(t, err, http.StatusPreconditionFailed, outcome.TooCostly)
	active, inactive := entryOf("", "DELETE", "Patient?active=true", ""), entryOf("", "DELETE", "Patient?active=false", "")
	_, err = b.transact(t, active, inactive)
	said := refused(t, err, http.StatusPreconditionFailed, outcome.TooCostly)
	require.Equal(t, "Bundle.entry[1]", said.Issues[0].Expression)
	_, err = b.transact(t, active)
	require.NoError(t, err)
	_, err = b.DeleteWhere(t.Context(), clerk, "Patient", "active:missing=false", resources.DeleteOptions{})
	require.NoError(t, err)
	_, err = b.Read(t.Context(), clerk, key("Patient", "p1"))
	require.Error(t, err)
}
