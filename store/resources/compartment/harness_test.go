package compartment_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/memory"
	"claimwright/store/resources"
	"claimwright/store/resources/compartment"
)

var clerk = resources.Principal{ID: "clerk", Access: store.Everything("clerk")}

// files is a service whose resources a test writes.
type files struct {
	*resources.Service
	t *testing.T
}

func newFiles(t *testing.T) files {
	return files{resources.New(memory.New(), resources.Options{}), t}
}

// put writes a resource: "Patient/1" and its other members.
func (f files) put(key, members string, args ...any) {
	f.t.Helper()
	resourceType, id, _ := strings.Cut(key, "/")
	if members != "" {
		members = "," + fmt.Sprintf(members, args...)
	}
	doc, issues := codec.Parse(fmt.Appendf(nil, `{"resourceType":%q,"id":%q%s}`, resourceType, id, members), codec.Limits{})
	require.Empty(f.t, issues)
	_, err := f.Update(context.Background(), clerk, store.Key{Type: resourceType, ID: id}, doc, resources.UpdateOptions{})
	require.NoError(f.t, err)
}

func (f files) walk(s compartment.Scope) *compartment.Walk {
	f.t.Helper()
	w, err := compartment.New(&f.Reads, clerk, search.Options{}, s)
	require.NoError(f.t, err)
	return w
}

// visited are the keys that a walk visits in pages of n, in its order.
func (f files) visited(w *compartment.Walk, n int) (keys []string) {
	f.t.Helper()
	for at := (compartment.Place{}); !at.Done(); {
		page, err := w.Next(f.t.Context(), at, n)
		require.NoError(f.t, err)
		require.LessOrEqual(f.t, len(page.Records), n)
		for _, r := range page.Records {
			keys = append(keys, r.Key.String())
		}
		at = page.Next
	}
	return keys
}

const observation = `"status":"final","code":{"text":"x"},"subject":{"reference":%q}`

// transact executes entries as one transaction.
func (f files) transact(entries ...string) {
	f.t.Helper()
	plan, err := bundle.Read(fmt.Appendf(nil, `{"resourceType":"Bundle","type":"transaction","entry":[%s]}`, strings.Join(entries, ",")), codec.Limits{}, bundle.Options{})
	require.NoError(f.t, err)
	_, err = f.Transaction(f.t.Context(), clerk, plan, resources.BundleOptions{})
	require.NoError(f.t, err)
}
