package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"claimwright/testdata/sandbox"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"claimwright": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
	}})
}

// TestScripts runs the command lines of testdata/script as a user would type them. Beside testscript's own commands there are
//
//	freeport NAME               sets $NAME to host:port of a free loopback port
//	ready ADDRESS               waits until the server there is ready
//	get URL, post URL FILE, put URL FILE
//	                            print the answer's body to stdout; fail unless its status is 2xx
//	! get URL, ! post URL FILE  the same for a status that is not 2xx
//	sandbox DIR                 writes the sandbox's scheme and claims to a folder
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"freeport": freePort, "ready": waitReady, "get": get, "post": post, "put": put, "sandbox": writeSandbox,
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
	})
}

func writeSandbox(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sandbox DIR")
	}
	ts.Check(os.CopyFS(ts.MkAbs(args[0]), sandbox.Files))
}

func freePort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: freeport NAME")
	}
	address, err := unusedAddress()
	ts.Check(err)
	ts.Setenv(args[0], address)
}

// unusedAddress is a loopback address that nobody listens on at the moment.
func unusedAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

func waitReady(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: ready ADDRESS")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		err := askReady(ctx, "http://"+args[0])
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("%v", err)
		case <-time.After(50 * time.Millisecond): // asking again, not waiting for luck: the loop ends with readiness
		}
	}
}

func get(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: get URL")
	}
	exchange(ts, neg, http.MethodGet, args[0], nil)
}

func post(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: post URL FILE")
	}
	exchange(ts, neg, http.MethodPost, args[0], strings.NewReader(ts.ReadFile(args[1])))
}

func put(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: put URL FILE")
	}
	exchange(ts, neg, http.MethodPut, args[0], strings.NewReader(ts.ReadFile(args[1])))
}

func exchange(ts *testscript.TestScript, neg bool, method, url string, body io.Reader) {
	request, err := http.NewRequest(method, url, body)
	ts.Check(err)
	request.Header.Set("Content-Type", "application/fhir+json")
	response, err := http.DefaultClient.Do(request)
	ts.Check(err)
	defer response.Body.Close()
	var answer bytes.Buffer
	_, err = io.Copy(&answer, response.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%s\n%s\n", response.Status, answer.String())
	if ok := response.StatusCode/100 == 2; ok == neg {
		ts.Fatalf("%s %s: %s: %s", method, url, response.Status, answer.String())
	}
}
