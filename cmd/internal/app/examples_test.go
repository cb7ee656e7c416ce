package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"claimwright/fhir/search"
)

// The folder of the differences that are known, each with its reason.
const knownDifferences = "../../../conformance/examples/differences.txt"

// foundBy is a value that an official example should be found by, as another implementation of FHIRPath read it from the
// official expressions (conformance/examples/extract.mjs).
type foundBy struct{ File, Type, ID, Param, Query string }

// TestOfficialExamplesAreFoundByTheirOwnValues stores every official example through the REST API and looks each up by each of
// its own search values. What is not found, or not stored, must be in the list of known differences, and nothing else.
//
// It needs the official package and the values, neither of which is in the tree; continuous integration makes both.
func TestOfficialExamplesAreFoundByTheirOwnValues(t *testing.T) {
	folder, values := os.Getenv("CLAIMWRIGHT_R4_EXAMPLES"), os.Getenv("CLAIMWRIGHT_R4_VALUES")
	if folder == "" || values == "" {
		t.Skip("CLAIMWRIGHT_R4_EXAMPLES and CLAIMWRIGHT_R4_VALUES do not name the official examples and what conformance/examples/extract.mjs makes of them")
	}
	if testing.Short() {
		t.Skip("stores 5,000 resources and asks 70,000 searches, which the race detector would take minutes for")
	}
	a := open(t, false)
	found := storeExamples(t, a, folder)
	wanted, asked := readValues(t, values)
	require.Greater(t, asked, 100_000)
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(4)
	missed := make(chan string, asked)
	for question, examples := range wanted {
		group.Go(func() error {
			ids, problem := a.idsOf(ctx, question)
			for _, e := range examples {
				switch {
				case found[e.File] != "":
				case problem != "":
					missed <- fmt.Sprintf("%s.%s: %s", e.Type, e.Param, problem)
				case !ids[e.ID]:
					missed <- fmt.Sprintf("%s: not found by %s=%s", e.File, e.Param, e.Query)
				}
			}
			return ctx.Err()
		})
	}
	require.NoError(t, group.Wait())
	close(missed)
	var differences []string
	for line := range missed {
		differences = append(differences, line)
	}
	for file, problem := range found {
		if problem != "" {
			differences = append(differences, fmt.Sprintf("%s: not stored: %s", file, problem))
		}
	}
	slices.Sort(differences)
	requireKnown(t, slices.Compact(differences))
}

// storeExamples puts every example where its id says, and tells for each file why it could not, or "".
func storeExamples(t *testing.T, a *App, folder string) map[string]string {
	names, err := filepath.Glob(filepath.Join(folder, "*.json"))
	require.NoError(t, err)
	stored := map[string]string{}
	for _, name := range names {
		body, err := os.ReadFile(name)
		require.NoError(t, err)
		var head struct{ ResourceType, ID string }
		if json.Unmarshal(body, &head) != nil || !strings.HasPrefix(filepath.Base(name), head.ResourceType+"-") || head.ID == "" {
			continue // package.json and the like
		}
		status, answer := a.send(t, http.MethodPut, "/fhir/"+head.ResourceType+"/"+head.ID, fhirJSON, body)
		stored[filepath.Base(name)] = ""
		if status != http.StatusCreated {
			stored[filepath.Base(name)] = refusal(answer)
		}
	}
	require.Greater(t, len(stored), 5000)
	return stored
}

// refusal says in a line why something was refused.
func refusal(answer map[string]any) string {
	issue := list(answer, "issue")[0]
	details, _ := issue["details"].(map[string]any)
	return fmt.Sprint(issue["code"], ", ", details["text"])
}

// question is a search by one value of one parameter.
type question struct{ Type, Param, Query string }

// readValues gives the examples that each search should find.
func readValues(t *testing.T, file string) (wanted map[question][]foundBy, count int) {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	wanted = map[question][]foundBy{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var f foundBy
		require.NoError(t, json.Unmarshal(lines.Bytes(), &f))
		q := question{f.Type, f.Param, f.Query}
		wanted[q] = append(wanted[q], f)
		count++
	}
	require.NoError(t, lines.Err())
	return wanted, count
}

// idsOf runs a search to its end. The problem says why it is no search, or "".
func (a *App) idsOf(ctx context.Context, ask question) (ids map[string]bool, problem string) {
	o := a.Resources.SearchOptions()
	o.Strict = true
	q, _, err := search.Parse(ask.Type, url.Values{ask.Param: {ask.Query}, "_count": {"1000"}}.Encode(), o)
	if err != nil {
		return nil, "refused: " + err.Error()
	}
	ids = map[string]bool{}
	for page := ""; ; {
		found, err := a.Resources.Search(ctx, operator(), q, page)
		if err != nil {
			return nil, "failed: " + err.Error()
		}
		for _, r := range found.Records {
			ids[r.ID] = true
		}
		if page = found.Next; page == "" {
			return ids, ""
		}
	}
}

// requireKnown holds differences against the list in the tree. A line there is a difference, or begins with # and says why the
// following ones are as they are.
func requireKnown(t *testing.T, differences []string) {
	t.Helper()
	text, err := os.ReadFile(knownDifferences)
	require.NoError(t, err)
	var known []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			known = append(known, line)
		}
	}
	slices.Sort(known)
	require.Equal(t, strings.Join(known, "\n"), strings.Join(differences, "\n"))
}
