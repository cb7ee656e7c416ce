// Package export writes all resources of a compartment.Scope as NDJSON, type by type and page by page, as the Bulk Data
// export wants them.
//
// It owns which version of a resource belongs to an export, and how it is laid out as a line. It reads through ordinary
// searches of one page at a time, so that it holds little and holds nobody up. It must not know HTTP, jobs, or where the
// files are.
//
//	outputs, err := export.Run(ctx, reads, principal, options, scope, export.Sink{At: now, Open: open, Progress: progress})
package export

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/resources/compartment"
)

// pageSize is how many resources are read at once, fileLines how many a file holds at most.
const (
	pageSize  = 200
	fileLines = 50_000
)

// File takes the lines of one file.
type File interface {
	Write(ctx context.Context, line []byte) error
	Close(ctx context.Context) error
}

// Sink is where an export goes.
type Sink struct {
	// At is the moment that the export shows: of each resource the version that was current then.
	At time.Time
	// Open begins a file by its name, "Patient.1".
	Open func(name string) File
	// Progress is told how far the export is, after each page.
	Progress func(text string)
}

// Output is a file that was written.
type Output struct {
	// Type is the resource type of all of its lines.
	Type, Name string
	Count      int64
}

// Run exports a scope for a principal and tells which files it wrote; types without resources have none. Resources that
// were first written after Sink.At are left out, of others that were written since the version of that moment is taken.
// One that is deleted while the export runs may be in it or not, and so may one that is changed meanwhile so that it leaves
// the scope.
func Run(ctx context.Context, reads *resources.Reads, p resources.Principal, o search.Options, s compartment.Scope, to Sink) ([]Output, error) {
	walk, err := compartment.New(reads, p, o, s)
	if err != nil {
		return nil, err
	}
	e := exporter{reads: reads, walk: walk, principal: p, since: s.Since, sink: to}
	for at := (compartment.Place{}); !at.Done(); {
		resourceType := walk.TypeAt(at)
		if resourceType == "" {
			break
		}
		page, err := walk.Next(ctx, at, pageSize)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			if err := e.write(ctx, r); err != nil {
				return nil, err
			}
		}
		at = page.Next
		to.Progress(fmt.Sprintf("%d resources, %d of %d queries", e.total, at.Step, walk.Steps()))
	}
	err = e.close(ctx)
	return e.outputs, err
}

// exporter writes one type after the other.
type exporter struct {
	reads     *resources.Reads
	walk      *compartment.Walk
	principal resources.Principal
	since     time.Time
	sink      Sink
	file      File
	current   Output
	number    int
	total     int64
	outputs   []Output
}

func (e *exporter) write(ctx context.Context, r *store.Record) error {
	r, err := e.asOf(ctx, r)
	if err != nil || r == nil {
		return err
	}
	if e.file == nil || e.current.Type != r.Type || e.current.Count == fileLines {
		if err := e.next(ctx, r.Type); err != nil {
			return err
		}
	}
	line, err := lineOf(r.Body)
	if err != nil {
		return fmt.Errorf("write %s as a line: %w", r.Key, err)
	}
	e.current.Count++
	e.total++
	return e.file.Write(ctx, line)
}

// next closes the file and begins another.
func (e *exporter) next(ctx context.Context, resourceType string) error {
	if e.current.Type != resourceType {
		e.number = 0
	}
	if err := e.close(ctx); err != nil {
		return err
	}
	e.number++
	name := fmt.Sprintf("%s.%d", resourceType, e.number)
	e.current = Output{Type: resourceType, Name: name}
	e.file = e.sink.Open(name)
	return nil
}

func (e *exporter) close(ctx context.Context) error {
	if e.file == nil {
		return nil
	}
	if err := e.file.Close(ctx); err != nil {
		return err
	}
	e.outputs = append(e.outputs, e.current)
	e.file = nil
	return nil
}

// asOf is the version of a resource that was current at the moment of the export; nil where there was none, where that one
// is older than the scope wants, and where it was none of the scope's: it may have come into a compartment since.
func (e *exporter) asOf(ctx context.Context, r *store.Record) (*store.Record, error) {
	current, updated := r, r.Updated
	for version := r.Version - 1; updated.After(e.sink.At); version-- {
		if version < 1 {
			return nil, nil
		}
		before, err := e.reads.VRead(ctx, e.principal, r.Key, version)
		var gone *resources.Gone
		var refused *outcome.Error
		switch {
		case errors.As(err, &gone): // it was deleted, and written again
			current, updated = nil, gone.Updated
		case errors.As(err, &refused) && refused.Status == http.StatusNotFound:
			return nil, nil
		case err != nil:
			return nil, err
		default:
			current, updated = before, before.Updated
		}
	}
	if current == nil || current.Updated.Before(e.since) {
		return nil, nil
	}
	if current != r {
		if holds, err := e.walk.Holds(current); err != nil || !holds {
			return nil, err
		}
	}
	return current, nil
}

// lineOf is a resource's JSON on one line, with a line feed.
func lineOf(body []byte) ([]byte, error) {
	if bytes.IndexByte(body, '\n') < 0 && bytes.IndexByte(body, '\r') < 0 {
		return append(body[:len(body):len(body)], '\n'), nil
	}
	var line bytes.Buffer
	line.Grow(len(body) + 1)
	if err := json.Compact(&line, body); err != nil {
		return nil, err
	}
	line.WriteByte('\n')
	return line.Bytes(), nil
}
