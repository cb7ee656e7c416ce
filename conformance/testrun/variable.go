package testrun

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"claimwright/conformance/testscript"
	"claimwright/fhir/spelling"
)

// inText is a variable or placeholder in a text.
var inText = regexp.MustCompile(`\$\{([^${}]{1,100})\}`)

// maxFilled bounds what a text grows to when its variables are filled in.
const maxFilled = 16 << 20

// maxLookups bounds how often a run looks up variables, for they may name one another.
const maxLookups = 200_000

// fill replaces the variables and placeholders of a text by their values, each passed through escape.
func (s *session) fill(text string, escape func(string) string) (string, error) {
	return s.fillWithin(text, escape, nil)
}

// fillWithin does so while the variables of a chain are being found out, none of which may need itself.
func (s *session) fillWithin(text string, escape func(string) string, chain []string) (string, error) {
	if !strings.Contains(text, "${") {
		return text, nil
	}
	var wrong error
	size := len(text)
	filled := inText.ReplaceAllStringFunc(text, func(match string) string {
		if wrong != nil {
			return match
		}
		value, err := s.value(match[2:len(match)-1], chain)
		if err != nil {
			wrong = err
			return match
		}
		value = escape(value)
		if size += len(value); size > maxFilled {
			wrong = errors.New("the text grows too large when its variables are filled in")
		}
		return value
	})
	return filled, wrong
}

func plain(value string) string { return value }

// inJSON escapes a value for the inside of a JSON string.
func inJSON(value string) string {
	quoted, err := json.Marshal(value)
	if err != nil { // a string always marshals
		return value
	}
	return string(quoted[1 : len(quoted)-1])
}

// inXML escapes a value for an attribute.
func inXML(value string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(value)
}

// filled is a fixture's body with its variables.
func (s *session) filled(f *testscript.Fixture) ([]byte, error) { return s.filledWithin(f, nil) }

func (s *session) filledWithin(f *testscript.Fixture, chain []string) ([]byte, error) {
	escape := inJSON
	if isXML(f.Text) {
		escape = inXML
	}
	text, err := s.fillWithin(string(f.Text), escape, chain)
	if err != nil {
		return nil, fmt.Errorf("fixture %s: %w", f.ID, err)
	}
	return []byte(text), nil
}

// value is the value of a variable or placeholder. A value that the tester gives goes before everything.
func (s *session) value(name string, chain []string) (string, error) {
	if s.lookups++; s.lookups > maxLookups {
		return "", errors.New("the variables of the script are looked up too often")
	}
	if given, ok := s.runner.options.Variables[name]; ok {
		return given, nil
	}
	v, ok := s.script.Variable(name)
	if !ok {
		if value, ok := s.placeholder(name); ok {
			return value, nil
		}
		return "", s.unknownVariable(name)
	}
	if slices.Contains(chain, name) {
		return "", fmt.Errorf("the variable %s needs itself", name)
	}
	chain = append(chain, name)
	value, found, err := s.derived(v, chain)
	if err != nil {
		return "", fmt.Errorf("variable %s: %w", name, err)
	}
	switch {
	case found:
		return value, nil
	case v.Default != "":
		return s.fillWithin(v.Default, plain, chain)
	case v.Hint != "" || v.Description != "":
		return "", fmt.Errorf("the variable %s has no value; give it as --variable %s=%s", name, name, strings.Trim(v.Hint, "[]"))
	}
	return "", fmt.Errorf("the variable %s has no value", name)
}

func (s *session) unknownVariable(name string) error {
	var names []string
	for i := range s.script.Variables {
		names = append(names, s.script.Variables[i].Name)
	}
	if near := spelling.Nearest(name, names); near != "" {
		return fmt.Errorf("the script has no variable %s; it has %s", name, near)
	}
	return fmt.Errorf("the script has no variable %s", name)
}

// derived is what a variable's expression, header or path finds, if it has one and its source is there.
func (s *session) derived(v *testscript.Variable, chain []string) (value string, found bool, err error) {
	if v.Expression == "" && v.HeaderField == "" && v.Path == "" {
		return "", false, nil
	}
	m, err := s.variableSource(v, chain)
	if m == nil || err != nil {
		return "", false, err
	}
	if v.HeaderField != "" {
		value = m.header.Get(v.HeaderField)
		return value, value != "", nil
	}
	find, text, escape := m.expression, v.Expression, inExpression
	if v.Path != "" {
		find, text, escape = m.path, v.Path, plain
	}
	if text, err = s.fillWithin(text, escape, chain); err != nil {
		return "", false, err
	}
	values, err := find(text)
	if errors.Is(err, errNoBody) || err == nil && len(values) == 0 {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	return values[0], true, nil
}

// variableSource is what a variable looks into, nil while that is not there yet.
func (s *session) variableSource(v *testscript.Variable, chain []string) (*message, error) {
	if v.SourceID == "" {
		if s.last == nil {
			return nil, nil
		}
		return responseOf(s.last), nil
	}
	if m, ok := s.messages[v.SourceID]; ok {
		return m, nil
	}
	fixture, ok := s.script.Fixture(v.SourceID)
	if !ok {
		return nil, nil
	}
	body, err := s.filledWithin(fixture, chain)
	if err != nil {
		return nil, err
	}
	return &message{header: http.Header{}, body: body}, nil
}
