package conformance_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store/memory"
)

// TestOwnOperationsAreDefined: each operation of our own that the server declares has its OperationDefinition here, which
// says of it what the server does; and none is defined that the server does not have. The definitions of the others are
// R4's and Bulk Data's.
func TestOwnOperationsAreDefined(t *testing.T) {
	handler := openServer(t, memory.New())
	declared := declaredOperations(t, handler)
	defined := map[string]bool{}
	for name, doc := range parsed(t) {
		if doc.Type() != "OperationDefinition" {
			continue
		}
		root := doc.Root()
		url := root.Field("url").Text()
		defined[url] = true
		require.Contains(t, declared, url, "the server does not have it")
		var types []string
		for resourceType := range root.Field("resource").Each() {
			types = append(types, resourceType.Text())
		}
		on := declared[url]
		require.Equal(t, on.types, types, name)
		require.Equal(t, on.name, root.Field("code").Text(), name)
		require.Equal(t, "operation", root.Field("kind").Text(), name)
		for level, path := range map[string]string{"system": "/", "type": "/" + types[0] + "/", "instance": "/" + types[0] + "/none/"} {
			path = "/fhir" + path + "$" + on.name
			w := ask(handler, http.MethodPost, path)
			unknown := w.Code == http.StatusNotFound && strings.Contains(w.Body.String(), "not-supported")
			require.Equal(t, root.Field(level).Bool(), !unknown, "%s on the %s: %s", name, level, w.Body)
			if !unknown {
				w = ask(handler, http.MethodGet, path)
				require.Equal(t, root.Field("affectsState").Bool(), w.Code == http.StatusMethodNotAllowed, "%s by GET: %s", name, w.Body)
			}
		}
	}
	var own int
	for url := range declared {
		switch {
		case strings.HasPrefix(url, base):
			own++
			require.True(t, defined[url], "%s has no definition", url)
		default:
			require.Regexp(t, `^http://hl7\.org/fhir/(uv/bulkdata/)?OperationDefinition/[A-Za-z]+(-[a-z]+)*$`, url)
		}
	}
	require.Len(t, defined, own)
	require.Greater(t, own, 4)
}

// ask sends a request with empty Parameters, or by GET with none.
func ask(handler http.Handler, method, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, http.NoBody)
	if method == http.MethodPost {
		r = httptest.NewRequest(method, path, strings.NewReader(`{"resourceType":"Parameters"}`))
		r.Header.Set("Content-Type", "application/fhir+json")
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// onTypes says what an operation is called and on which types it is declared.
type onTypes struct {
	name  string
	types []string
}

// declaredOperations are those of /metadata by the urls of their definitions.
func declaredOperations(t *testing.T, handler http.Handler) map[string]onTypes {
	t.Helper()
	w := ask(handler, http.MethodGet, "/fhir/metadata")
	require.Equal(t, http.StatusOK, w.Code)
	type operation struct{ Name, Definition string }
	var statement struct {
		Rest []struct {
			Operation []operation
			Resource  []struct {
				Type      string
				Operation []operation
			}
		}
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &statement))
	declared := map[string]onTypes{}
	add := func(resourceType string, ops []operation) {
		for _, op := range ops {
			on, known := declared[op.Definition]
			if known {
				require.Equal(t, on.name, op.Name, "one definition, two names")
			}
			on.name = op.Name
			if resourceType != "" && !slices.Contains(on.types, resourceType) {
				on.types = append(on.types, resourceType)
			}
			declared[op.Definition] = on
		}
	}
	add("", statement.Rest[0].Operation)
	for _, r := range statement.Rest[0].Resource {
		add(r.Type, r.Operation)
	}
	require.NotEmpty(t, declared)
	return declared
}
