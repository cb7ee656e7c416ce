package testrun

import (
	"context"
	"sync"
	"time"

	"claimwright/fhir/fhirpath"
)

// evaluationTime bounds one expression.
const evaluationTime = 5 * time.Second

// compiled keeps the expressions of scripts, which many runs and many scripts share; full it starts anew.
var compiled = struct {
	sync.Mutex
	byText map[string]*fhirpath.Expression
}{byText: map[string]*fhirpath.Expression{}}

// maxCompiled is how many expressions are kept.
const maxCompiled = 2000

func compile(text string) (*fhirpath.Expression, error) {
	compiled.Lock()
	defer compiled.Unlock()
	if e, ok := compiled.byText[text]; ok {
		return e, nil
	}
	e, err := fhirpath.Compile(text)
	if err != nil {
		return nil, err
	}
	if len(compiled.byText) >= maxCompiled {
		clear(compiled.byText)
	}
	compiled.byText[text] = e
	return e, nil
}

// collection evaluates a FHIRPath expression over a message's body.
func (m *message) collection(text string) (fhirpath.Collection, error) {
	body, err := m.json()
	if err != nil {
		return nil, err
	}
	e, err := compile(text)
	if err != nil {
		return nil, err
	}
	resource, err := fhirpath.Read(body)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), evaluationTime)
	defer cancel()
	return e.Evaluate(ctx, fhirpath.Scope{Resource: resource})
}

// expression is what an expression finds, as texts.
func (m *message) expression(text string) ([]string, error) {
	found, err := m.collection(text)
	if err != nil {
		return nil, err
	}
	values := make([]string, len(found))
	for i, v := range found {
		values[i] = v.Text()
	}
	return values, nil
}
