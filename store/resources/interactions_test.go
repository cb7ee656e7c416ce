package resources_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

func TestCreate(t *testing.T) {
	b := newBench(t)
	stored := b.create(t, `{"resourceType":"Patient","id":"mine","meta":{"versionId":"9","tag":[{"code":"x"}]},"gender":"female"}`)
	require.Equal(t, key("Patient", "id-1"), stored.Key)
	require.Equal(t, int64(1), stored.Version)
	require.True(t, stored.Created)
	require.Equal(t, time.Date(2026, 11, 2, 7, 0, 0, 123e6, time.UTC), stored.Updated)
	require.JSONEq(t, `{"resourceType":"Patient","id":"id-1","gender":"female",
		"meta":{"versionId":"1","lastUpdated":"2026-11-02T07:00:00.123Z","tag":[{"code":"x"}]}}`, string(stored.Doc.Bytes()))

	record, err := b.Read(t.Context(), clerk, stored.Key)
	require.NoError(t, err)
	require.Equal(t, string(stored.Doc.Bytes()), string(record.Body))
	require.Equal(t, store.Audit{Principal: "clerk", Request: "r-1", Interaction: "create"}, record.Audit)
}

func TestCreateReadsNothing(t *testing.T) {
	counted := &counter{Store: storetest.NewMemory()}
	b := benchOver(t, counted)
	b.create(t, `{"resourceType":"Patient"}`)
	require.Equal(t, counts{commits: 1}, counted.counts)
	counted.counts = counts{}
	b.create(t, `{"resourceType":"Patient","identifier":[{"system":"a","value":"1"},{"system":"b","value":"2"},{"value":"3"}]}`)
	require.Equal(t, counts{internals: 1, commits: 1}, counted.counts, "all guards in one round trip")
	counted.counts = counts{}
	_, err := b.Create(t.Context(), clerk, document(t, numbered, "x", "9"), resources.CreateOptions{IfNoneExist: "identifier=http://n|9"})
	require.NoError(t, err)
	require.Equal(t, counts{internals: 1, searches: 1, commits: 1}, counted.counts, "the condition's guard is the identifier's")
}

func TestUpdate(t *testing.T) {
	const gender = `{"resourceType":"Patient","id":"p","gender":%q}`
	t.Run("creates under the client's id", func(t *testing.T) {
		b := newBench(t)
		stored := b.put(t, gender, "male")
		require.True(t, stored.Created)
		require.Equal(t, int64(1), stored.Version)
	})
	t.Run("unless that is off", func(t *testing.T) {
		b := newBench(t, func(o *resources.Options) { o.NoUpdateCreate = true })
		require.False(t, b.UpdateCreate())
		_, err := b.Update(t.Context(), clerk, key("Patient", "p"), document(t, gender, "male"), resources.UpdateOptions{})
		refused(t, err, http.StatusMethodNotAllowed, outcome.NotSupported)
	})
	t.Run("or the caller wants it to exist", func(t *testing.T) {
		b := newBench(t)
		_, err := b.Update(t.Context(), clerk, key("Patient", "p"), document(t, gender, "male"), resources.UpdateOptions{MustExist: true})
		refused(t, err, http.StatusMethodNotAllowed, outcome.NotSupported)
	})
	t.Run("writes the next version", func(t *testing.T) {
		b := newBench(t)
		b.put(t, gender, "male")
		b.clock.now = b.clock.now.Add(time.Hour)
		stored := b.put(t, gender, "female")
		require.Equal(t, int64(2), stored.Version)
		require.False(t, stored.Created)
		require.Equal(t, b.clock.now.UTC().Truncate(time.Millisecond), stored.Updated)
	})
	t.Run("never goes back in time", func(t *testing.T) {
		b := newBench(t)
		first := b.put(t, gender, "male")
		b.clock.now = b.clock.now.Add(-time.Hour)
		require.Equal(t, first.Updated, b.put(t, gender, "female").Updated)
	})
	t.Run("keeps the version of the same content", func(t *testing.T) {
		b := newBench(t)
		first := b.put(t, `{"resourceType":"Patient","id":"p","active":true,"gender":"male"}`)
		b.clock.now = b.clock.now.Add(time.Hour)
		for _, again := range []string{
			`{"resourceType":"Patient","id":"p","active":true,"gender":"male"}`,
			`{ "gender": "male", "id": "p", "resourceType": "Patient", "active": true }`,
			string(first.Doc.Bytes()),
			`{"resourceType":"Patient","id":"p","meta":{"versionId":"77"},"active":true,"gender":"m\u0061le"}`,
		} {
			stored := b.put(t, "%s", again)
			require.True(t, stored.Unchanged, again)
			require.Equal(t, int64(1), stored.Version)
			require.Equal(t, first.Updated, stored.Updated)
		}
	})
	t.Run("brings back what was deleted", func(t *testing.T) {
		b := newBench(t)
		b.put(t, gender, "male")
		_, err := b.Delete(t.Context(), clerk, key("Patient", "p"), resources.DeleteOptions{})
		require.NoError(t, err)
		stored := b.put(t, gender, "male")
		require.True(t, stored.Created)
		require.Equal(t, int64(3), stored.Version)
	})
	for _, c := range []struct {
		name, body string
		key        store.Key
		ifMatch    int64
		status     int
		code       string
	}{
		{"another id", `{"resourceType":"Patient","id":"q"}`, key("Patient", "p"), 0, 400, outcome.Value},
		{"no id", `{"resourceType":"Patient"}`, key("Patient", "p"), 0, 400, outcome.Value},
		{"another type", `{"resourceType":"Group","id":"p","type":"person","actual":true}`, key("Patient", "p"), 0, 400, outcome.Structure},
		{"a stale version", fmt.Sprintf(gender, "other"), key("Patient", "p"), 1, 412, outcome.Conflict},
		{"a version of nothing", `{"resourceType":"Patient","id":"q"}`, key("Patient", "q"), 1, 412, outcome.Conflict},
		{"a version of what was deleted", `{"resourceType":"Patient","id":"gone"}`, key("Patient", "gone"), 2, 412, outcome.Conflict},
		{"a conditional reference", `{"resourceType":"Patient","id":"p","managingOrganization":{"reference":"Organization?name=x"}}`, key("Patient", "p"), 0, 400, outcome.Value},
	} {
		t.Run("refuses "+c.name, func(t *testing.T) {
			b := newBench(t)
			b.put(t, gender, "male")
			b.put(t, gender, "female")
			b.put(t, `{"resourceType":"Patient","id":"gone"}`)
			_, err := b.Delete(t.Context(), clerk, key("Patient", "gone"), resources.DeleteOptions{})
			require.NoError(t, err)
			_, err = b.Update(t.Context(), clerk, c.key, document(t, "%s", c.body), resources.UpdateOptions{IfMatch: c.ifMatch})
			refused(t, err, c.status, c.code)
			record, err := b.Read(t.Context(), clerk, key("Patient", "p"))
			require.NoError(t, err)
			require.Equal(t, int64(2), record.Version, "nothing was written")
		})
	}
	t.Run("the current version in If-Match", func(t *testing.T) {
		b := newBench(t)
		b.put(t, gender, "male")
		stored, err := b.Update(t.Context(), clerk, key("Patient", "p"), document(t, gender, "other"), resources.UpdateOptions{IfMatch: 1})
		require.NoError(t, err)
		require.Equal(t, int64(2), stored.Version)
	})
	t.Run("reads once", func(t *testing.T) {
		counted := &counter{Store: storetest.NewMemory()}
		b := benchOver(t, counted)
		b.put(t, gender, "male")
		counted.counts = counts{}
		b.put(t, gender, "female")
		require.Equal(t, counts{gets: 1, commits: 1}, counted.counts)
	})
}

func TestDelete(t *testing.T) {
	b := newBench(t)
	b.put(t, `{"resourceType":"Patient","id":"p"}`)
	p := key("Patient", "p")
	_, err := b.Delete(t.Context(), clerk, p, resources.DeleteOptions{IfMatch: 7})
	refused(t, err, http.StatusPreconditionFailed, outcome.Conflict)

	stored, err := b.Delete(t.Context(), clerk, p, resources.DeleteOptions{IfMatch: 1})
	require.NoError(t, err)
	require.Equal(t, &resources.Stored{Key: p, Version: 2, Updated: stored.Updated, Deleted: true}, stored)

	_, err = b.Read(t.Context(), clerk, p)
	refused(t, err, http.StatusGone, outcome.Deleted)
	record, err := b.VRead(t.Context(), clerk, p, 1)
	require.NoError(t, err)
	require.NotEmpty(t, record.Body)
	_, err = b.VRead(t.Context(), clerk, p, 2)
	refused(t, err, http.StatusGone, outcome.Deleted)

	t.Run("again, and of what never was", func(t *testing.T) {
		again, err := b.Delete(t.Context(), clerk, p, resources.DeleteOptions{})
		require.NoError(t, err)
		require.True(t, again.Deleted)
		require.True(t, again.Unchanged)
		require.Equal(t, int64(2), again.Version)
		never, err := b.Delete(t.Context(), clerk, key("Patient", "never"), resources.DeleteOptions{})
		require.NoError(t, err)
		require.True(t, never.Unchanged)
		require.Zero(t, never.Version)
	})
}

func TestBounds(t *testing.T) {
	t.Run("one resource", func(t *testing.T) {
		b := newBench(t, func(o *resources.Options) { o.MaxBytes = 200 })
		_, err := b.Create(t.Context(), clerk, document(t, `{"resourceType":"Patient","language":%q}`, longText), resources.CreateOptions{})
		refused(t, err, http.StatusRequestEntityTooLarge, outcome.TooLong)
	})
	t.Run("one unit of work", func(t *testing.T) {
		b := newBench(t, func(o *resources.Options) { o.MaxWrites = 3 })
		err := b.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
			for range 4 {
				if _, err := u.Create(ctx, document(t, `{"resourceType":"Patient"}`), resources.CreateOptions{}); err != nil {
					return err
				}
			}
			return nil
		})
		refused(t, err, http.StatusRequestEntityTooLarge, outcome.TooCostly)
	})
	t.Run("identifiers", func(t *testing.T) {
		body := `{"resourceType":"Patient","identifier":[`
		for i := range 257 {
			if i > 0 {
				body += ","
			}
			body += fmt.Sprintf(`{"value":"%d"}`, i)
		}
		_, err := newBench(t).Create(t.Context(), clerk, document(t, "%s]}", body), resources.CreateOptions{})
		refused(t, err, http.StatusUnprocessableEntity, outcome.TooCostly)
	})
}

const longText = "a long language tag that no one speaks, repeated until it does not fit into the bytes that are allowed for one resource, which in this test are not very many at all"

var errOwn = errors.New("the work's own reason")

func TestErrorsOfTheWork(t *testing.T) {
	b := newBench(t)
	stored := b.put(t, `{"resourceType":"Patient","id":"p"}`)
	err := b.Do(t.Context(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
		_, err := u.Put(ctx, stored.Key, document(t, `{"resourceType":"Patient","active":true}`), "test")
		require.NoError(t, err)
		return errOwn
	})
	require.ErrorIs(t, err, errOwn)
	record, err := b.Read(t.Context(), clerk, stored.Key)
	require.NoError(t, err)
	require.Equal(t, int64(1), record.Version)
}
