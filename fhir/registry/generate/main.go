// Command generate writes the tables of package registry from the official R4 definitions.
//
//	go run ./fhir/registry/generate -from package -to fhir/registry
//
// -from names the folder of the unpacked npm package hl7.fhir.r4.examples 4.0.1 ("npm pack hl7.fhir.r4.examples@4.0.1"
// downloads it). The same package always gives the same bytes.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("generate", flag.ContinueOnError)
	from := flags.String("from", "", "folder of the unpacked npm package hl7.fhir.r4.examples 4.0.1")
	to := flags.String("to", ".", "folder to write the tables to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *from == "" {
		return errors.New("-from must name the folder of the unpacked npm package hl7.fhir.r4.examples 4.0.1")
	}
	files, err := tables(*from)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(*to, f.name), f.source, 0o644); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%s: %s\n", f.name, f.summary); err != nil {
			return err
		}
	}
	return nil
}

// file is a generated source file.
type file struct {
	name, summary string
	source        []byte
}

// tables makes all generated files.
func tables(from string) ([]file, error) {
	defs, err := load(from)
	if err != nil {
		return nil, fmt.Errorf("load definitions: %w", err)
	}
	sets, err := valueSetsOf(defs)
	if err != nil {
		return nil, fmt.Errorf("value sets: %w", err)
	}
	params, left, err := paramsOf(defs, sets)
	if err != nil {
		return nil, fmt.Errorf("search parameters: %w", err)
	}
	members, err := compartmentsOf(defs, params)
	if err != nil {
		return nil, fmt.Errorf("compartments: %w", err)
	}
	invariants, err := constraintsOf(defs)
	if err != nil {
		return nil, fmt.Errorf("invariants: %w", err)
	}
	var files []file
	for _, emit := range []func() (file, error){
		func() (file, error) { return emitTypes(defs.types) },
		func() (file, error) { return emitParams(defs.types, params, left) },
		func() (file, error) { return emitCompartments(members) },
		func() (file, error) { return emitValueSets(sets) },
		func() (file, error) { return emitParts(partsOf(defs)) },
		func() (file, error) { return emitConstraints(invariants) },
	} {
		f, err := emit()
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}
