package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"claimwright/fhir/codec"
	"claimwright/store"
)

const (
	// maxAnswer bounds what is read from a server or a file, in bytes.
	maxAnswer = 256 << 20
	// fetchTimeout is how long a server may take.
	fetchTimeout = 30 * time.Second
)

func isVersion(text string) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && n > 0
}

// inStore reads from a store.
func inStore(st store.Store) reader {
	return func(ctx context.Context, reference string) (*codec.Document, error) {
		plain, version, versioned := strings.Cut(reference, "/_history/")
		typ, id, _ := strings.Cut(plain, "/")
		key := store.Key{Type: typ, ID: id}
		var record *store.Record
		if versioned {
			n, err := strconv.ParseInt(version, 10, 64)
			if err != nil {
				return nil, err
			}
			if record, err = st.Version(ctx, store.System(), key, n); err != nil {
				return nil, err
			}
		} else {
			found, err := st.Get(ctx, store.System(), key)
			if err != nil {
				return nil, err
			}
			record = found[0]
		}
		if record == nil || record.Deleted {
			return nil, nil
		}
		return parseAnswer(record.Body)
	}
}

// onServer reads from a server.
func onServer(base string) reader {
	return func(ctx context.Context, reference string) (*codec.Document, error) {
		ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
		defer cancel()
		address := strings.TrimSuffix(base, "/") + "/" + reference
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return nil, err
		}
		request.Header.Set("Accept", "application/fhir+json")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return nil, err
		}
		defer func() { _ = response.Body.Close() }() // it was only read
		switch response.StatusCode {
		case http.StatusOK:
		case http.StatusNotFound, http.StatusGone:
			return nil, nil
		default:
			return nil, fmt.Errorf("%s answers %s", address, response.Status)
		}
		body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", address, err)
		}
		return parseAnswer(body)
	}
}

func parseAnswer(body []byte) (*codec.Document, error) {
	doc, issues := codec.Parse(body, codec.Limits{MaxBytes: maxAnswer})
	if len(issues) > 0 {
		return nil, fmt.Errorf("%s: %s", issues[0].Expression, issues[0].Text)
	}
	return doc, nil
}

// readAnswers reads a file: one resource, or one on each line.
func readAnswers(c *cobra.Command, name string) ([]decidedClaim, error) {
	in := c.InOrStdin()
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }() // it was only read
		in = f
	}
	body, err := io.ReadAll(io.LimitReader(in, maxAnswer+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("%s is longer than %d bytes", name, maxAnswer)
	}
	var answers []decidedClaim
	for n, one := range resourcesIn(body) {
		doc, err := parseAnswer(one)
		if err != nil {
			return nil, fmt.Errorf("%s, resource %d: %w", name, n+1, err)
		}
		answers = append(answers, answersIn(doc)...)
	}
	return answers, nil
}

// resourcesIn are the resources of a file: its lines if the first is whole, else all of it.
func resourcesIn(body []byte) [][]byte {
	body = bytes.TrimSpace(body)
	first, _, several := bytes.Cut(body, []byte("\n"))
	if !several || !json.Valid(first) {
		return [][]byte{body}
	}
	var lines [][]byte
	for line := range bytes.Lines(body) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			lines = append(lines, line)
		}
	}
	return lines
}

// answersIn are the ClaimResponses of a resource, with the Claims that a Bundle has beside them. What is no answer, such as the
// OperationOutcome of a refused claim, is left out.
func answersIn(doc *codec.Document) []decidedClaim {
	if doc.Type() == "ClaimResponse" {
		return []decidedClaim{{response: doc}}
	}
	if doc.Type() != "Bundle" {
		return nil
	}
	var answers []decidedClaim
	claims := map[string]*codec.Document{}
	for e := range doc.Root().Field("entry").Each() {
		if r := e.Field("resource"); r.Exists() {
			switch inner := doc.Extract(r); inner.Type() {
			case "Claim":
				claims[e.Field("fullUrl").Text()] = inner
				claims["Claim/"+inner.ID()] = inner
			default:
				answers = append(answers, answersIn(inner)...)
			}
		}
	}
	for i := range answers {
		if a := &answers[i]; a.claim == nil {
			a.claim = claims[a.response.Root().Field("request").Field("reference").Text()]
		}
	}
	return answers
}
