package testrun

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"claimwright/conformance/testscript"
)

var errNoExchange = errors.New("no request was sent yet")

// assert holds an assert against what was sent, what came back, or a fixture.
func (s *session) assert(ctx context.Context, a *testscript.Assert, step *Step) {
	step.Exchange = s.last
	m, err := s.subject(a)
	if err != nil {
		step.err(err)
		return
	}
	if m.exchange != nil {
		step.Exchange = m.exchange
	}
	switch {
	case a.MinimumID != "":
		s.assertMinimum(a, m, step)
		return
	case a.NavigationLinks:
		assertLinks(m, step)
		return
	case a.ValidateProfileID != "":
		s.assertProfile(ctx, a, m, step)
		return
	}
	c, err := s.comparison(a, m)
	if err != nil {
		step.err(err)
		return
	}
	if ok, wanted := compare(c.operator, c.found, c.expected, c.any); !ok {
		step.fail(c.message, either(c.shown, told(c.found)), wanted)
	}
}

// subject is what an assert is about.
func (s *session) subject(a *testscript.Assert) (*message, error) {
	if a.SourceID != "" {
		return s.source(a.SourceID)
	}
	if s.last == nil {
		return nil, errNoExchange
	}
	if a.Direction == testscript.Request || a.RequestMethod != "" || a.RequestURL != "" {
		return requestOf(s.last), nil
	}
	return responseOf(s.last), nil
}

// comparison is what most asserts come down to.
type comparison struct {
	message, operator string
	found             []string
	expected          string
	// any is set where one of several values is enough; shown replaces the values where they say little.
	any   bool
	shown string
}

func (s *session) comparison(a *testscript.Assert, m *message) (*comparison, error) {
	switch {
	case a.Response != "":
		return statusWord(a, m)
	case a.ResponseCode != "":
		return statusCode(s, a, m)
	case a.ContentType != "":
		return contentType(a, m), nil
	case a.HeaderField != "":
		return s.header(a, m)
	case a.RequestMethod != "":
		if m.exchange == nil {
			return nil, errNoExchange
		}
		return &comparison{
			message: "the request has another method", operator: either(a.Operator, equals),
			found: []string{strings.ToLower(m.exchange.Method)}, expected: a.RequestMethod,
		}, nil
	case a.RequestURL != "":
		return s.requestURL(a, m)
	case a.Resource != "":
		return resource(a, m)
	}
	return s.content(a, m)
}

// words are the statuses behind the words of R4's assert-response-code-types.
var words = map[string]int{
	"okay": http.StatusOK, "created": http.StatusCreated, "noContent": http.StatusNoContent, "notModified": http.StatusNotModified,
	"bad": http.StatusBadRequest, "forbidden": http.StatusForbidden, "notFound": http.StatusNotFound,
	"methodNotAllowed": http.StatusMethodNotAllowed, "conflict": http.StatusConflict, "gone": http.StatusGone,
	"preconditionFailed": http.StatusPreconditionFailed, "unprocessable": http.StatusUnprocessableEntity,
}

func statusWord(a *testscript.Assert, m *message) (*comparison, error) {
	status, known := words[a.Response]
	if !known || m.exchange == nil {
		return nil, fmt.Errorf("%q says nothing about a response", a.Response)
	}
	return &comparison{
		message: "the status is another one", operator: either(a.Operator, equals), shown: statusTold(m.exchange),
		found: []string{strconv.Itoa(m.exchange.Status)}, expected: strconv.Itoa(status),
	}, nil
}

func statusCode(s *session, a *testscript.Assert, m *message) (*comparison, error) {
	if m.exchange == nil {
		return nil, errNoExchange
	}
	expected, err := s.fill(a.ResponseCode, plain)
	if err != nil {
		return nil, err
	}
	return &comparison{
		message: "the status is another one", operator: either(a.Operator, equals), shown: statusTold(m.exchange),
		found: []string{strconv.Itoa(m.exchange.Status)}, expected: expected,
	}, nil
}

// statusTold is a status, and what the server had to say where it is one of failure.
func statusTold(e *Exchange) string {
	text := statusText(e.Status)
	if e.Status < http.StatusBadRequest {
		return text
	}
	m := responseOf(e)
	if reasons, err := m.expression("OperationOutcome.issue.select(iif(details.text.exists(), details.text, diagnostics))"); err == nil && len(reasons) > 0 {
		text += ": " + strings.Join(reasons[:min(len(reasons), 3)], "; ")
	}
	return text
}

func contentType(a *testscript.Assert, m *message) *comparison {
	c := &comparison{
		message: "the content type is another one", operator: either(a.Operator, equals),
		found: []string{m.header.Get("Content-Type")}, expected: a.ContentType,
	}
	if sameMediaType(c.found[0], a.ContentType) {
		c.found = []string{a.ContentType}
	}
	return c
}

func (s *session) header(a *testscript.Assert, m *message) (*comparison, error) {
	values := m.header.Values(a.HeaderField)
	c := &comparison{message: "the header " + a.HeaderField + " differs", operator: a.Operator, found: slices.Clone(values)}
	if len(values) > 1 { // several lines are one list (RFC 9110 §5.3)
		c.found = []string{strings.Join(values, ", ")}
	}
	return c, s.expect(a, c)
}

func (s *session) requestURL(a *testscript.Assert, m *message) (*comparison, error) {
	if m.exchange == nil {
		return nil, errNoExchange
	}
	expected, err := s.fill(a.RequestURL, plain)
	return &comparison{
		message: "the request has another URL", operator: either(a.Operator, equals),
		found: []string{m.exchange.URL}, expected: expected,
	}, err
}

func resource(a *testscript.Assert, m *message) (*comparison, error) {
	c := &comparison{message: "the body is another resource", operator: either(a.Operator, equals), expected: a.Resource}
	body, err := m.json()
	if err != nil {
		c.shown = err.Error()
		return c, nil
	}
	c.found = []string{resourceType(body)}
	return c, nil
}

// content compares what an expression or a path finds.
func (s *session) content(a *testscript.Assert, m *message) (*comparison, error) {
	expression, path := either(a.Expression, a.CompareToSourceExpression), either(a.Path, a.CompareToSourcePath)
	if a.Path != "" || a.Expression == "" && a.CompareToSourceExpression == "" {
		return s.byPath(a, m, path)
	}
	text, err := s.fill(expression, inExpression)
	if err != nil {
		return nil, err
	}
	c := &comparison{message: "the expression " + text + " gives something else", operator: a.Operator}
	condition := a.Operator == eval || a.Operator == "" && a.Value == "" && a.CompareToSourceID == ""
	if condition {
		return c, c.condition(m, text)
	}
	if c.found, err = m.expression(text); err != nil {
		return nil, err
	}
	return c, s.expect(a, c)
}

// condition evaluates an expression that must be true.
func (c *comparison) condition(m *message, text string) error {
	found, err := m.collection(text)
	if err != nil {
		return err
	}
	c.message, c.operator, c.expected = "the expression "+text+" does not hold", equals, "true"
	for _, v := range found {
		c.found = append(c.found, v.Text())
	}
	if len(found) == 1 && found[0].Type() != "Boolean" && found[0].Type() != "boolean" {
		return fmt.Errorf("the expression %s is no condition: it gives a %s; an operator is missing", text, found[0].Type())
	}
	return nil
}

func (s *session) byPath(a *testscript.Assert, m *message, path string) (*comparison, error) {
	text, err := s.fill(path, plain)
	if err != nil {
		return nil, err
	}
	c := &comparison{message: "the path " + text + " gives something else", operator: a.Operator, any: true} // as XPath compares node sets
	if c.found, err = m.path(text); err != nil {
		return nil, err
	}
	return c, s.expect(a, c)
}

// expect finds what the assert compares with.
func (s *session) expect(a *testscript.Assert, c *comparison) (err error) {
	switch {
	case a.CompareToSourceID != "":
		c.expected, err = s.other(a)
	case a.Value != "":
		c.expected, err = s.fill(a.Value, plain)
	case c.operator == "":
		c.operator = notEmpty
	}
	return err
}

// other is the value in another source that an assert compares with.
func (s *session) other(a *testscript.Assert) (string, error) {
	m, err := s.source(a.CompareToSourceID)
	if err != nil {
		return "", err
	}
	find, text := m.expression, a.CompareToSourceExpression
	if text == "" {
		find, text = m.path, a.CompareToSourcePath
	}
	if text, err = s.fill(text, inExpression); err != nil {
		return "", err
	}
	found, err := find(text)
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", fmt.Errorf("%q has nothing at %s to compare with", a.CompareToSourceID, text)
	}
	return found[0], nil
}

// inExpression escapes a value for a string literal of FHIRPath.
func inExpression(value string) string {
	return strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`).Replace(value)
}
