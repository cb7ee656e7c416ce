package server

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/store"
	"claimwright/store/jobs"
	"claimwright/store/memory"
	"claimwright/store/mongo"
	"claimwright/store/mongo/mongotest"
	"claimwright/store/resources"
	"claimwright/store/sqlite"
)

// TestAsyncOverTwoServers: a request that one server accepted is answered, exported and cancelled by another one, whatever
// keeps their data, and by nobody else's leave.
func TestAsyncOverTwoServers(t *testing.T) {
	same := func(st store.Store) [2]store.Store {
		t.Cleanup(func() { require.NoError(t, st.Close()) })
		return [2]store.Store{st, st}
	}
	for name, open := range map[string]func(t *testing.T) [2]store.Store{
		"memory": func(*testing.T) [2]store.Store { return same(memory.New()) },
		"sqlite": func(t *testing.T) [2]store.Store {
			st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "claims.db"))
			require.NoError(t, err)
			return same(st)
		},
		"mongo": func(t *testing.T) [2]store.Store {
			uri, _ := mongotest.Start(t)
			var both [2]store.Store
			for i := range both {
				st, err := mongo.Open(context.Background(), uri)
				require.NoError(t, err)
				t.Cleanup(func() { require.NoError(t, st.Close()) })
				both[i] = st
			}
			return both
		},
	} {
		t.Run(name, func(t *testing.T) { twoServers(t, open(t)) })
	}
}

func twoServers(t *testing.T, stores [2]store.Store) {
	const json = "Accept: application/fhir+json"
	one, other := openOver(t, stores[0], Options{}), openOver(t, stores[1], Options{})
	stranger := openOver(t, stores[1], Options{Principal: func(*http.Request) resources.Principal {
		return resources.Principal{ID: "stranger", Access: store.Everything("stranger")}
	}})
	one.village()

	at := one.send(http.MethodGet, "/fhir/Coverage", "", async).accepted()
	require.Equal(t, "2", other.fetched(at).want(http.StatusOK).at("entry.0.resource.total"))
	stranger.send(http.MethodGet, at, "").wantOutcome(http.StatusNotFound, "not-found", "")

	at = one.send(http.MethodGet, "/fhir/$export?_type=Coverage", "", async, json).accepted()
	manifest := other.fetched(at).want(http.StatusOK)
	require.ElementsMatch(t, []string{"Coverage/c1", "Coverage/c2"}, other.files(manifest))
	stranger.send(http.MethodGet, path(manifest.at("output.0.url")), "").wantOutcome(http.StatusNotFound, "not-found", "")
	stranger.send(http.MethodDelete, at, "").wantOutcome(http.StatusNotFound, "not-found", "")

	transaction := bundleOf("transaction", fmt.Sprintf(`{"resource":%s,"request":{"method":"POST","url":"Patient"}}`, patient("later")))
	at = one.send(http.MethodPost, "/fhir", transaction, async).accepted()
	require.Equal(t, "200 OK", other.fetched(at).want(http.StatusOK).at("entry.0.response.status"))
	require.Equal(t, "1", other.send(http.MethodGet, "/fhir/Patient?family=later", "").want(http.StatusOK).at("total"), "it was executed once")

	one.offer(blocking(nil))
	at = one.send(http.MethodGet, "/fhir/$wait", "", async).accepted()
	other.send(http.MethodGet, at, "").want(http.StatusAccepted)
	stranger.send(http.MethodDelete, at, "").want(http.StatusNotFound)
	other.send(http.MethodDelete, at, "").want(http.StatusAccepted)
	one.send(http.MethodGet, at, "").wantOutcome(http.StatusNotFound, "not-found", "")

	at = one.send(http.MethodGet, "/fhir/$wait", "", async).accepted()
	require.NoError(t, one.server.jobs.Stop(t.Context()))
	other.send(http.MethodGet, at, "").wantOutcome(http.StatusInternalServerError, "transient", "")
}

// TestAsyncAnswersExpire: what is no longer kept is not there, and neither are its files.
func TestAsyncAnswersExpire(t *testing.T) {
	st := openStore(t)
	runner := jobs.New(st, jobs.Options{Keep: 1})
	t.Cleanup(func() { require.NoError(t, runner.Stop(context.Background())) })
	h := openOver(t, st, Options{Jobs: runner})
	h.village()
	at := h.send(http.MethodGet, "/fhir/$export", "", async, "Accept: application/fhir+json").accepted()
	h.fetched(at).wantOutcome(http.StatusNotFound, "not-found", "")
	h.send(http.MethodGet, at+"/Patient.1.ndjson", "").wantOutcome(http.StatusNotFound, "not-found", "")
	h.send(http.MethodDelete, at, "").wantOutcome(http.StatusNotFound, "not-found", "")
}

// TestAsyncOfAKilledServer: of a request whose server has given no sign for a minute, another server says that it is lost,
// or that it was never begun.
func TestAsyncOfAKilledServer(t *testing.T) {
	st := openStore(t)
	killed := jobs.New(st, jobs.Options{Workers: 1, Beat: time.Hour})
	t.Cleanup(func() { require.NoError(t, killed.Stop(context.Background())) })
	h := openOver(t, st, Options{Jobs: killed})
	begun := make(chan struct{}, 1)
	h.offer(&operation{name: "change", definition: "http://example.org/change", levels: onSystem, run: func(ctx context.Context, _ *call) (answered, error) {
		begun <- struct{}{}
		<-ctx.Done()
		return answered{}, ctx.Err()
	}})
	const nothing = `{"resourceType":"Parameters"}`
	running := h.send(http.MethodPost, "/fhir/$change", nothing, async).accepted()
	<-begun
	waiting := h.send(http.MethodPost, "/fhir/$change", nothing, async).accepted()
	t.Cleanup(func() { // let it go, so that it can be stopped
		h.send(http.MethodDelete, waiting, "")
		h.send(http.MethodDelete, running, "")
	})

	after := func(d time.Duration) *house {
		runner := jobs.New(st, jobs.Options{Clock: func() time.Time { return time.Now().Add(d) }})
		return openOver(t, st, Options{Jobs: runner})
	}
	after(30*time.Second).send(http.MethodGet, running, "").want(http.StatusAccepted)
	other := after(2 * time.Minute)
	lost := other.send(http.MethodGet, running, "").wantOutcome(http.StatusInternalServerError, "incomplete", "")
	require.Contains(t, lost.Body, "may have been changed or not")
	idle := other.send(http.MethodGet, waiting, "").wantOutcome(http.StatusInternalServerError, "transient", "")
	require.Contains(t, idle.Body, "nothing was done")
	after(25*time.Hour).send(http.MethodGet, running, "").wantOutcome(http.StatusNotFound, "not-found", "")
}
