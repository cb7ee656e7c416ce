package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// definitions are the parts of the package that the tables are made from.
type definitions struct {
	// types are the resource types that can have instances, sorted.
	types []string
	// structures are the types' and data types' definitions by name, profiles the others by url.
	structures, profiles map[string]*structure
	parameters           []*parameter
	compartments         []*compartment
	expansions           []*valueSet
}

type structure struct {
	URL, Kind, Type, Derivation string
	BaseDefinition              string
	Abstract                    bool
	Snapshot                    struct{ Element []*element }
	byPath                      map[string]*element
}

type element struct {
	ID, Path         string
	ContentReference string
	Type             []elementType
	Constraint       []invariant
	Binding          *struct{ Strength, ValueSet string }
	Min              int
	IsSummary        bool
	IsModifier       bool
}

// elementType is a type that an element can have, and for a reference the profiles of what it may lead to.
type elementType struct {
	Code          string
	TargetProfile []string
}

type parameter struct {
	URL, Code, Type, Expression, XpathUsage string
	Base, Target                            []string
	Experimental                            bool
	Component                               []struct{ Definition, Expression string }
}

type compartment struct {
	ID, Code string
	Resource []struct {
		Code  string
		Param []string
	}
}

type valueSet struct {
	URL       string
	Expansion struct{ Contains []contained }
}

type contained struct {
	System, Code string
	Abstract     bool
	Contains     []contained
}

func load(from string) (*definitions, error) {
	d := &definitions{structures: map[string]*structure{}, profiles: map[string]*structure{}}
	if err := each(from, "StructureDefinition-*.json", d.addStructure); err != nil {
		return nil, err
	}
	if err := each(from, "SearchParameter-*.json", func(p *parameter) { d.parameters = append(d.parameters, p) }); err != nil {
		return nil, err
	}
	if err := each(from, "CompartmentDefinition-*.json", func(c *compartment) {
		d.compartments = append(d.compartments, c)
	}); err != nil {
		return nil, err
	}
	type bundle struct {
		Entry []struct{ Resource *valueSet }
	}
	if err := each(from, "Bundle-valueset-expansions.json", func(b *bundle) {
		for _, e := range b.Entry {
			d.expansions = append(d.expansions, e.Resource)
		}
	}); err != nil {
		return nil, err
	}
	slices.Sort(d.types)
	return d, nil
}

// addStructure files a definition by its name if it defines a type, by its url if it constrains one. Logical models have
// no instances.
func (d *definitions) addStructure(s *structure) {
	if s.Derivation == "constraint" {
		d.profiles[s.URL] = s
		return
	}
	if s.Kind == "logical" {
		return
	}
	s.byPath = make(map[string]*element, len(s.Snapshot.Element))
	for _, e := range s.Snapshot.Element {
		s.byPath[e.Path] = e
	}
	d.structures[s.Type] = s
	if s.Kind == "resource" && !s.Abstract {
		d.types = append(d.types, s.Type)
	}
}

// each decodes the files that match a pattern, in the order of their names.
func each[T any](folder, pattern string, use func(*T)) error {
	names, err := filepath.Glob(filepath.Join(folder, pattern))
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return fmt.Errorf("no %s in the folder: is it the package hl7.fhir.r4.examples 4.0.1?", pattern)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		into := new(T)
		if err := json.Unmarshal(text, into); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
		use(into)
	}
	return nil
}
