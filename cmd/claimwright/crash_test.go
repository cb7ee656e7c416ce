package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/testdata/sandbox"
)

// TestNothingAcknowledgedIsLost kills the server under load, several times over one store, and starts it again: every decision that a
// client was told is there, word for word, and verify finds the data whole, a response for every claim included.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	file := "sqlite:" + filepath.Join(t.TempDir(), "crash.db")
	acknowledged := map[string][]byte{}
	for round := range 3 {
		address, server := start(t, file)
		for id, want := range acknowledged {
			require.JSONEq(t, string(want), string(read(t, address, id)), "after %d crashes", round)
		}
		submitUntilKilled(t, round, address, server, acknowledged)
	}
	require.NotEmpty(t, acknowledged)
	address, server := start(t, file)
	for id, want := range acknowledged {
		require.JSONEq(t, string(want), string(read(t, address, id)))
	}
	require.NoError(t, server.Process.Signal(os.Interrupt))
	require.NoError(t, server.Wait())
	var out bytes.Buffer
	require.Equal(t, exitOK, run(t.Context(), []string{"verify", "--store", file}, &out, t.Output()), &out)
}

// start runs the program in a process of its own and waits until it is ready.
func start(t *testing.T, store string) (address string, server *exec.Cmd) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	address, err = unusedAddress()
	require.NoError(t, err)
	server = exec.Command(self, "serve", "--sandbox", "--listen", address, "--store", store, "--log-level", "error")
	server.Args[0] = "claimwright" // the name by which TestMain runs the program instead of the tests
	server.Stderr = t.Output()
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		_ = server.Process.Kill() // fails when it has ended, which is what is wanted
		_ = server.Wait()
	})
	require.Eventually(t, func() bool { return askReady(t.Context(), "http://"+address) == nil }, 60*time.Second, 50*time.Millisecond)
	return address, server
}

const (
	crashClients = 8
	crashAfter   = 120
)

// submitUntilKilled submits distinct claims from several clients, kills the server in the middle, and adds what was answered to
// acknowledged, by the ClaimResponse's id.
func submitUntilKilled(t *testing.T, round int, address string, server *exec.Cmd, acknowledged map[string][]byte) {
	template, err := sandbox.Files.ReadFile("claims/01-outpatient-malaria.json")
	require.NoError(t, err)
	var mu sync.Mutex
	var clients sync.WaitGroup
	answered := 0
	for c := range crashClients {
		clients.Go(func() {
			for n := 0; ; n++ {
				claim := bytes.Replace(template, []byte("Z-0001"), fmt.Appendf(nil, "crash-%d-%d-%d", round, c, n), 1)
				id, body, ok := submit(address, claim)
				if !ok {
					return // the server is gone; what it did not answer, it may or may not have stored
				}
				mu.Lock()
				acknowledged[id] = body
				if answered++; answered == crashAfter {
					_ = server.Process.Kill() // the other clients are in the middle of their requests
				}
				mu.Unlock()
			}
		})
	}
	clients.Wait()
	_ = server.Wait() // "signal: killed"
	require.GreaterOrEqual(t, answered, crashAfter)
}

func submit(address string, claim []byte) (id string, body []byte, ok bool) {
	response, err := http.Post("http://"+address+"/fhir/Claim/$submit", "application/fhir+json", bytes.NewReader(claim))
	if err != nil {
		return "", nil, false
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	var answer struct{ ID string }
	if err != nil || response.StatusCode != http.StatusOK || json.Unmarshal(body, &answer) != nil {
		return "", nil, false
	}
	return answer.ID, body, true
}

func read(t *testing.T, address, id string) []byte {
	t.Helper()
	response, err := http.Get("http://" + address + "/fhir/ClaimResponse/" + id)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, string(body))
	return body
}
