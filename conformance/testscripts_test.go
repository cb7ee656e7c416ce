package conformance_test

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/simulation"
	"claimwright/adjudication/eligibility"
	"claimwright/adjudication/payments"
	"claimwright/conformance/testreport"
	"claimwright/conformance/testrun"
	"claimwright/conformance/testscript"
	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/fhir/server"
	"claimwright/store"
	"claimwright/store/jobs"
	"claimwright/store/memory"
	"claimwright/store/mongo"
	"claimwright/store/mongo/mongotest"
	"claimwright/store/resources"
	"claimwright/store/sqlite"
	"claimwright/testdata/sandbox"
)

// baseURL is that of every server under test; nothing listens there.
const baseURL = "http://claims.example.org/fhir"

// backends are the stores that the scripts are run over.
var backends = map[string]func(t *testing.T) store.Store{
	"memory": func(*testing.T) store.Store { return memory.New() },
	"sqlite": func(t *testing.T) store.Store {
		st, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "claims.db"))
		require.NoError(t, err)
		return st
	},
	"mongo": func(t *testing.T) store.Store {
		uri, _ := mongotest.Start(t)
		st, err := mongo.Open(context.Background(), uri)
		require.NoError(t, err)
		return st
	},
}

// inProcess sends requests to a handler, without a network.
type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	incoming := r.Clone(r.Context()) // as a server sees it
	incoming.RequestURI = r.URL.RequestURI()
	if incoming.Body == nil {
		incoming.Body = http.NoBody
	}
	p.handler.ServeHTTP(w, incoming)
	return w.Result(), nil
}

// openServer puts the whole server together over a store, as the binary does, with the sandbox's scheme in it.
func openServer(t *testing.T, st store.Store) http.Handler {
	t.Helper()
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	quiet := slog.New(slog.DiscardHandler)
	service := resources.New(st, resources.Options{Logger: quiet, BaseURL: baseURL})
	schemes := claims.NewSchemes(st)
	decide := claims.New(service, schemes, claims.Options{Base: []string{baseURL}, Logger: quiet})
	payments.New(service, decide, payments.Options{Base: []string{baseURL}})
	eligible := eligibility.New(service, schemes, eligibility.Options{Base: []string{baseURL}, Logger: quiet})
	loadSandbox(t, service)
	later := jobs.New(st, jobs.Options{Logger: quiet})
	t.Cleanup(func() { require.NoError(t, later.Stop(context.Background())) })
	return server.New(server.Options{
		Resources: service, Store: st, Ready: schemes.Ready, Claims: decide, Reviews: decide, Eligibility: eligible, Balances: eligible,
		Checklist: decide, Simulations: simulation.NewOperations(st, schemes), BaseURL: baseURL, Logger: quiet, Origins: []string{"*"},
		Jobs:     later,
		Software: server.Software{Name: "Claimwright", Version: "test", Released: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)},
	}).Handler()
}

func loadSandbox(t *testing.T, service *resources.Service) {
	t.Helper()
	operator := resources.Principal{ID: "operator", Access: store.Everything("operator")}
	for _, name := range []string{"organizations", "locations", "plans", "register", "price-lists", "members", "policies"} {
		body, err := sandbox.Files.ReadFile(name + ".json")
		require.NoError(t, err)
		doc, issues := codec.Parse(body, codec.Limits{})
		require.Empty(t, issues)
		plan, err := bundle.Parse(doc, bundle.Options{})
		require.NoError(t, err)
		_, err = service.Transaction(t.Context(), operator, plan, resources.BundleOptions{})
		require.NoError(t, err)
	}
}

// scripts are all of ours; with -run a name narrows them as that of a subtest.
func scripts(t *testing.T) []*testscript.Script {
	t.Helper()
	all, err := testscript.LoadFS(os.DirFS("testscripts"), "")
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all
}

// TestScripts runs every script against the server over every backend, many at the same time: they may not depend on one another.
func TestScripts(t *testing.T) {
	codec.Warm()
	all := scripts(t)
	for name, open := range backends {
		t.Run(name, func(t *testing.T) {
			runner, err := testrun.New(testrun.Options{BaseURL: baseURL, Transport: inProcess{openServer(t, open(t))}})
			require.NoError(t, err)
			t.Run("scripts", func(t *testing.T) {
				for _, s := range all {
					t.Run(s.Path, func(t *testing.T) {
						t.Parallel()
						requirePassed(t, runner.Run(t.Context(), s))
					})
				}
			})
		})
	}
}

// requirePassed wants every test to have passed, none to have been skipped, and the script to have cleaned up.
func requirePassed(t *testing.T, r *testrun.Result) {
	t.Helper()
	failures := testreport.Failures(r.Setup)
	for i := range r.Tests {
		if text := testreport.Failures(r.Tests[i].Steps); text != "" {
			failures += "\n" + r.Tests[i].Test.Title() + "\n" + text
		}
	}
	require.Equal(t, testrun.Pass, r.Verdict, "%s\n%s", r.Reason, failures)
	require.Empty(t, failures)
	for i := range r.Teardown {
		require.Equal(t, testrun.Pass, r.Teardown[i].Verdict, "%s: %s", r.Teardown[i].At, r.Teardown[i].Message)
	}
	doc, issues := codec.Parse(testreport.Resource(r, testreport.About{Server: baseURL}), codec.Limits{})
	require.Empty(t, issues)
	require.Equal(t, "TestReport", doc.Type())
}

// TestScriptsAreWrittenByTheRules holds the scripts against testscripts/README.md.
func TestScriptsAreWrittenByTheRules(t *testing.T) {
	urls, names := map[string]string{}, map[string]string{}
	for _, s := range scripts(t) {
		t.Run(s.Path, func(t *testing.T) {
			require.Equal(t, base+"TestScript/"+s.ID, s.URL)
			require.Equal(t, "claimwright-"+strings.ToLower(strings.ReplaceAll(strings.TrimSuffix(filepath.ToSlash(s.Path), ".json"), "/", "-")), s.ID)
			require.Empty(t, urls[s.URL], "the url is taken")
			require.Empty(t, names[s.Name], "the name is taken")
			urls[s.URL], names[s.Name] = s.Path, s.Path
			require.Regexp(t, `^[A-Z][A-Za-z0-9]{0,254}$`, s.Name)
			require.NotEmpty(t, s.Title)
			require.Regexp(t, `^Checklist: [A-Z0-9.§]`, s.Purpose, "the purpose begins with what of the checklist it shows")
			require.NotEmpty(t, s.Tests)
			for i := range s.Tests {
				require.NotEmpty(t, s.Tests[i].Name)
				require.True(t, asserts(s.Tests[i].Actions), "test %d asserts nothing", i)
			}
		})
	}
}

func asserts(actions []testscript.Action) bool {
	for i := range actions {
		if a := actions[i].Assert; a != nil && !a.WarningOnly {
			return true
		}
	}
	return false
}

// TestOfficialExamplesRun: the examples of R4 run to their end against the server, whatever they find.
func TestOfficialExamplesRun(t *testing.T) {
	folder := os.Getenv("CLAIMWRIGHT_R4_EXAMPLES")
	if folder == "" {
		t.Skip("CLAIMWRIGHT_R4_EXAMPLES names no folder with the official examples")
	}
	runner, err := testrun.New(testrun.Options{BaseURL: baseURL, Transport: inProcess{openServer(t, memory.New())}})
	require.NoError(t, err)
	names, err := fs.Glob(os.DirFS(folder), "TestScript-*.json")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		all, err := testscript.Load(filepath.Join(folder, name))
		require.NoError(t, err)
		_, issues := codec.Parse(testreport.Resource(runner.Run(t.Context(), all[0]), testreport.About{Server: baseURL}), codec.Limits{})
		require.Empty(t, issues)
	}
}
