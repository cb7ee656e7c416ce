package rulebook

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"claimwright/fhir/codec"
)

const (
	// maxFile bounds a file, in bytes.
	maxFile = 64 << 20
	// maxDocuments bounds what is read together.
	maxDocuments = 1_000_000
)

// Element names.
var (
	nEntry    = codec.Intern("entry")
	nResource = codec.Intern("resource")
)

// Load reads resources from files .json and .ndjson: single ones, or Bundles of them. Of a folder it reads all such files in
// and beneath it, in the order of their names.
func Load(paths []string) ([]*codec.Document, error) {
	var docs []*codec.Document
	for _, path := range paths {
		err := filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
			ext := filepath.Ext(name)
			if err != nil || e.IsDir() || name != path && ext != ".json" && ext != ".ndjson" {
				return err
			}
			found, err := read(name, ext == ".ndjson")
			docs = append(docs, found...)
			if err == nil && len(docs) > maxDocuments {
				err = fmt.Errorf("more than %d resources", maxDocuments)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return docs, nil
}

func read(name string, lines bool) ([]*codec.Document, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s: found %d bytes, expected at most %d", name, info.Size(), maxFile)
	}
	body, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if !lines {
		return resourcesOf(name, body)
	}
	var docs []*codec.Document
	n := 0
	for line := range bytes.Lines(body) {
		n++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		found, err := resourcesOf(fmt.Sprintf("%s, line %d", name, n), line)
		if err != nil {
			return nil, err
		}
		docs = append(docs, found...)
	}
	return docs, nil
}

// resourcesOf are the resources of one JSON value.
func resourcesOf(name string, body []byte) ([]*codec.Document, error) {
	doc, issues := codec.Parse(body, codec.Limits{MaxBytes: maxFile})
	if len(issues) > 0 {
		at := ""
		if issues[0].Expression != "" {
			at = issues[0].Expression + ": "
		}
		return nil, fmt.Errorf("%s: %s%s", name, at, strings.TrimSuffix(issues[0].Text, "."))
	}
	if doc.Type() != "Bundle" {
		return []*codec.Document{doc}, nil
	}
	var docs []*codec.Document
	for e := range doc.Root().Get(nEntry).Each() {
		if resource := e.Get(nResource); resource.Exists() {
			docs = append(docs, doc.Extract(resource))
		}
	}
	return docs, nil
}
