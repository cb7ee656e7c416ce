package fhirpath

import (
	"context"
	"fmt"
	"time"

	"github.com/gofhir/fhirpath/eval"
	"github.com/gofhir/fhirpath/funcs"
	"github.com/gofhir/fhirpath/types"
)

// Bounds of one evaluation.
const (
	maxTime  = 2 * time.Second
	maxItems = 100_000
	maxDepth = 100
)

// Scope is what an expression is evaluated over.
type Scope struct {
	// Resource is %resource, and %rootResource where Root is nil.
	Resource *Resource
	// Root is the resource that contains Resource; nil where none does.
	Root *Resource
	// Focus is where paths start and %context; absent for the resource itself.
	Focus Value
	// Variables are further environment variables, by name without "%".
	Variables map[string]Collection
}

// constants are the environment variables that every evaluation has (R4 fhirpath.html#variables).
var constants = map[string]string{
	"sct":   "http://snomed.info/sct",
	"loinc": "http://loinc.org",
	"ucum":  "http://unitsofmeasure.org",
}

func init() { funcs.SetTraceLogger(funcs.NullTraceLogger{}) } // trace() must not write patients' data anywhere

// Evaluate gives what the expression selects. An error says what went wrong, with no data of the resource in it.
func (e *Expression) Evaluate(ctx context.Context, s Scope) (c Collection, err error) {
	defer recovered(&err)
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	found, err := e.compiled.EvaluateWithContext(s.prepared(ctx))
	if err != nil {
		return nil, fmt.Errorf("evaluate FHIRPath: %w", err)
	}
	c = make(Collection, len(found))
	for i, v := range found {
		c[i] = Value{v}
	}
	return c, nil
}

// Truth evaluates the expression as a condition; see Collection.Truth.
func (e *Expression) Truth(ctx context.Context, s Scope) (bool, error) {
	c, err := e.Evaluate(ctx, s)
	if err != nil {
		return false, err
	}
	return c.Truth()
}

func (s Scope) prepared(ctx context.Context) *eval.Context {
	c := eval.NewContext(s.Resource.json)
	c.SetContext(ctx)
	c.SetLimit("maxDepth", maxDepth)
	c.SetLimit("maxCollectionSize", maxItems)
	for name, text := range constants {
		c.SetVariable(name, types.Collection{types.NewString(text)})
	}
	for name, values := range s.Variables {
		var held types.Collection
		for _, v := range values {
			held = append(held, v.held)
		}
		c.SetVariable(name, held)
	}
	root := s.Resource
	if s.Root != nil {
		root = s.Root
		c.SetVariable("rootResource", types.Collection{root.Root().held})
	}
	c.SetResolver(root)
	if s.Focus.held == nil {
		return c
	}
	focus := types.Collection{s.Focus.held}
	c.SetVariable("context", focus)
	return c.WithThis(focus)
}
