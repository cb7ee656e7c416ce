package export_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/memory"
	"claimwright/store/resources"
	"claimwright/store/resources/compartment"
	"claimwright/store/resources/export"
)

var clerk = resources.Principal{ID: "clerk", Access: store.Everything("clerk")}

// house is a service with a clock that goes on by a second with each write.
type house struct {
	*resources.Service
	t   *testing.T
	now atomic.Int64
}

func open(t *testing.T) *house {
	h := &house{t: t}
	h.now.Store(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC).Unix())
	h.Service = resources.New(memory.New(), resources.Options{Clock: func() time.Time { return time.Unix(h.now.Load(), 0) }})
	return h
}

func (h *house) put(key, members string) {
	h.t.Helper()
	h.now.Add(1)
	resourceType, id, _ := strings.Cut(key, "/")
	doc, issues := codec.Parse(fmt.Appendf(nil, `{"resourceType":%q,"id":%q,%s}`, resourceType, id, members), codec.Limits{})
	require.Empty(h.t, issues)
	_, err := h.Update(context.Background(), clerk, store.Key{Type: resourceType, ID: id}, doc, resources.UpdateOptions{})
	require.NoError(h.t, err)
}

func (h *house) remove(key string) {
	h.t.Helper()
	h.now.Add(1)
	resourceType, id, _ := strings.Cut(key, "/")
	_, err := h.Delete(context.Background(), clerk, store.Key{Type: resourceType, ID: id}, resources.DeleteOptions{})
	require.NoError(h.t, err)
}

// basic is a Basic that says what is written in it.
func basic(text string) string { return `"code":{"text":"` + text + `"}` }

// at is the moment at which everything written so far is there, and nothing else.
func (h *house) at() time.Time { return time.Unix(h.now.Load(), 0).Add(500 * time.Millisecond) }

// written is what an export wrote: "Type/id text" for each line, sorted.
type written struct {
	lines   []string
	outputs []export.Output
}

type file struct {
	bytes.Buffer
	closed bool
	full   int
}

var errFull = errors.New("full")

func (f *file) Write(_ context.Context, line []byte) error {
	if f.full > 0 && f.Len()+len(line) > f.full {
		return errFull
	}
	_, err := f.Buffer.Write(line)
	return err
}

func (f *file) Close(context.Context) error { f.closed = true; return nil }

// run exports as of a moment; meanwhile is called after each page.
func (h *house) run(s compartment.Scope, at time.Time, meanwhile func()) written {
	h.t.Helper()
	var got written
	opened := map[string]*file{}
	outputs, err := export.Run(h.t.Context(), &h.Reads, clerk, search.Options{}, s, export.Sink{
		At:       at,
		Progress: func(string) { meanwhile() },
		Open: func(name string) export.File {
			require.NotContains(h.t, opened, name)
			opened[name] = &file{}
			return opened[name]
		},
	})
	require.NoError(h.t, err)
	require.Len(h.t, outputs, len(opened))
	for _, o := range outputs {
		f := opened[o.Name]
		require.True(h.t, f.closed)
		n := int64(0)
		for line := range strings.Lines(f.String()) {
			var r struct {
				ResourceType, ID string
				Code             struct{ Text string }
			}
			require.NoError(h.t, json.Unmarshal([]byte(line), &r))
			require.Equal(h.t, o.Type, r.ResourceType)
			got.lines = append(got.lines, strings.TrimSpace(r.ResourceType+"/"+r.ID+" "+r.Code.Text))
			n++
		}
		require.Equal(h.t, n, o.Count)
		require.Positive(h.t, n, "no file is empty")
	}
	slices.Sort(got.lines)
	got.outputs = outputs
	return got
}

func never() {}

// TestAsOf: an export shows each resource as it was at its moment.
func TestAsOf(t *testing.T) {
	h := open(t)
	h.put("Basic/old", basic("1"))
	h.put("Basic/changed", basic("1"))
	h.put("Basic/changed-often", basic("1"))
	h.put("Basic/removed", basic("1"))
	h.put("Basic/removed-and-back", basic("1"))
	h.put("Basic/removed-before", basic("1"))
	h.remove("Basic/removed-before")
	h.put("Basic/back-later", basic("1"))
	h.remove("Basic/back-later")
	at := h.at()
	h.put("Basic/changed", basic("2"))
	for i := range 5 {
		h.put("Basic/changed-often", basic(fmt.Sprint(i+2)))
	}
	h.remove("Basic/removed")
	h.remove("Basic/removed-and-back")
	h.put("Basic/removed-and-back", basic("3"))
	h.put("Basic/back-later", basic("3"))
	h.put("Basic/new", basic("1"))
	require.Equal(t, []string{"Basic/changed 1", "Basic/changed-often 1", "Basic/old 1", "Basic/removed-and-back 1"}, h.run(compartment.Scope{}, at, never).lines,
		"what was removed since is missing, as is promised; everything else is as it was")
	require.Equal(t, []string{"Basic/back-later 3", "Basic/changed 2", "Basic/changed-often 6", "Basic/new 1", "Basic/old 1", "Basic/removed-and-back 3"},
		h.run(compartment.Scope{}, h.at(), never).lines)
}

func TestSince(t *testing.T) {
	h := open(t)
	h.put("Basic/old", basic("1"))
	h.put("Basic/changed", basic("1"))
	since := h.at()
	h.put("Basic/new", basic("1"))
	at := h.at()
	h.put("Basic/changed", basic("2"))
	h.put("Basic/new", basic("2"))
	require.Equal(t, []string{"Basic/new 1"}, h.run(compartment.Scope{Since: since}, at, never).lines, "the other one was last changed before")
	require.Equal(t, []string{"Basic/changed 2", "Basic/new 2"}, h.run(compartment.Scope{Since: since}, h.at(), never).lines)
	h.put("Basic/exactly", basic("1"))
	require.Equal(t, []string{"Basic/exactly 1"}, h.run(compartment.Scope{Since: time.Unix(h.now.Load(), 0)}, h.at(), never).lines, "the instant itself counts")
}

// TestWhatCameIntoTheScope: a resource that was about somebody else at the moment of the export is not in it, not even in
// the version of that moment.
func TestWhatCameIntoTheScope(t *testing.T) {
	h := open(t)
	about := func(patient string) string {
		return `"code":{"text":"about ` + patient + `"},"subject":{"reference":"Patient/` + patient + `"}`
	}
	h.put("Basic/came", about("other"))
	h.put("Basic/stayed", about("1"))
	h.put("Basic/left", about("1"))
	at := h.at()
	h.put("Basic/came", about("1"))
	h.put("Basic/stayed", `"author":{"reference":"Practitioner/x"},`+about("1"))
	h.put("Basic/left", about("other"))
	for name, scope := range map[string]compartment.Scope{
		"of a compartment": {Kind: "Patient", IDs: []string{"1"}},
		"of a filter":      {Types: []string{"Basic"}, Filters: map[string][]string{"Basic": {"subject=Patient/1"}}},
	} {
		require.Equal(t, []string{"Basic/stayed about 1"}, h.run(scope, at, never).lines, name)
	}
}

// TestExportWhileOthersWrite: what changes while an export runs is in it as it was, whatever page it is on; new resources
// are not in it; removed ones may be missing. Nothing is in it twice.
func TestExportWhileOthersWrite(t *testing.T) {
	h := open(t)
	const many = 1000
	for i := range many {
		h.put(fmt.Sprintf("Basic/%04d", i), basic("before"))
	}
	at, round := h.at(), 0
	got := h.run(compartment.Scope{Types: []string{"Basic", "Flag"}}, at, func() {
		round++
		for i := range 20 {
			n := (round*331 + i*47) % many
			key := fmt.Sprintf("Basic/%04d", n)
			if n%10 == 7 {
				h.put(key, basic("once more"))
				h.remove(key)
			} else {
				h.put(key, basic(fmt.Sprint("after ", round)))
			}
			h.put(fmt.Sprintf("Basic/%04d-new", n), basic("new"))
		}
	})
	require.Greater(t, round, 3, "in several pages")
	missing := 0
	for i := range many {
		line := fmt.Sprintf("Basic/%04d before", i)
		n := 0
		for _, found := range got.lines {
			if found == line {
				n++
			}
		}
		if i%10 == 7 && n == 0 {
			missing++
			continue
		}
		require.Equal(t, 1, n, line)
	}
	require.Len(t, got.lines, many-missing, "nothing else")
}

func TestExportOfAManyMembersGroup(t *testing.T) {
	h := open(t)
	var ids, want []string
	for i := range 120 {
		id := fmt.Sprintf("p%03d", i)
		ids = append(ids, id)
		h.put("Patient/"+id, `"active":true`)
		want = append(want, "Patient/"+id)
	}
	for i := range 119 { // each is of two of them, some of two chunks
		h.put(fmt.Sprintf("Basic/b%03d", i), `"code":{"text":"x"},"subject":{"reference":"Patient/`+ids[i]+`"},"author":{"reference":"Patient/`+ids[(i*7+60)%120]+`"}`)
		want = append(want, fmt.Sprintf("Basic/b%03d x", i))
	}
	slices.Sort(want)
	got := h.run(compartment.Scope{Kind: "Patient", IDs: ids}, h.at(), never)
	require.Equal(t, want, got.lines)
	require.Len(t, got.outputs, 2, "one file for each type, though they are read in several chunks")
}

func TestExportEndsWithItsFile(t *testing.T) {
	h := open(t)
	h.put("Basic/1", basic("x"))
	h.put("Basic/2", basic("x"))
	_, err := export.Run(t.Context(), &h.Reads, clerk, search.Options{}, compartment.Scope{}, export.Sink{
		At: h.at(), Progress: func(string) {}, Open: func(string) export.File { return &file{full: 200} },
	})
	require.ErrorIs(t, err, errFull)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = export.Run(ctx, &h.Reads, clerk, search.Options{}, compartment.Scope{}, export.Sink{
		At: h.at(), Progress: func(string) {}, Open: func(string) export.File { return &file{} },
	})
	require.ErrorIs(t, err, context.Canceled)
}
