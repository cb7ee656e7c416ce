package outcome

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestErrorNamesTheFirstIssueAndCountsTheRest(t *testing.T) {
	cases := []struct {
		name string
		err  *Error
		want string
	}{
		{"no issue", &Error{Status: http.StatusConflict}, "Conflict"},
		{"no issue and no status", &Error{}, "Internal Server Error"},
		{"text only", New(400, Value, "", "bad %s", "date"), "bad date"},
		{"with an element", New(400, Value, "Claim.created", "bad date"), "Claim.created: bad date"},
		{"several", Of(400, []Issue{{Text: "one", Found: "secret"}, {Text: "two"}, {Text: "three"}}), "one (and 2 more)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, c.err.Error()) })
	}
}

func TestErrorIsFoundBehindWrapping(t *testing.T) {
	inner := New(http.StatusNotFound, NotFound, "", "no such claim")
	var found *Error
	require.ErrorAs(t, fmt.Errorf("read Claim/1: %w", inner), &found)
	require.Same(t, inner, found)
}

func TestStatusOr500(t *testing.T) {
	require.Equal(t, 500, (&Error{}).StatusOr500())
	require.Equal(t, 412, (&Error{Status: 412}).StatusOr500())
}

func TestRender(t *testing.T) {
	cases := []struct {
		name   string
		issues []Issue
		want   string
	}{
		{"none is all OK", nil,
			`{"resourceType":"OperationOutcome","issue":[
			  {"severity":"information","code":"informational","details":{"text":"all OK"}}]}`},
		{"the zero severity is an error", []Issue{{Code: Structure}},
			`{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"structure"}]}`},
		{"everything", []Issue{{Severity: Warning, Code: Value, Expression: "Claim.item[2].quantity", Text: "odd \"text\"",
			Found: "-1", Expected: "a positive number"}},
			`{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"value","details":{"text":"odd \"text\""},
			  "diagnostics":"found -1; expected a positive number","expression":["Claim.item[2].quantity"]}]}`},
		{"only what was expected", []Issue{{Code: Required, Expected: "a reference"}},
			`{"resourceType":"OperationOutcome","issue":[
			  {"severity":"error","code":"required","diagnostics":"expected a reference"}]}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { require.JSONEq(t, c.want, string(Render(c.issues))) })
	}
}

func TestRenderIsAlwaysJSON(t *testing.T) {
	body := Render([]Issue{{Code: Value, Text: "a\x00b\xff</script>", Found: "\u2028"}})
	require.True(t, json.Valid(body), "%s", body)
}

func TestRejectedTellsSyntaxFromMeaning(t *testing.T) {
	cases := []struct {
		name   string
		issues []Issue
		want   int
	}{
		{"syntax", []Issue{{Code: Structure}}, 400},
		{"missing element", []Issue{{Code: Required}}, 400},
		{"code", []Issue{{Code: CodeInvalid}}, 422},
		{"extension", []Issue{{Code: Extension}}, 422},
		{"invariant and rule", []Issue{{Code: Invariant}, {Code: BusinessRule}}, 422},
		{"syntax decides over meaning", []Issue{{Code: CodeInvalid}, {Code: Value}}, 400},
		{"size decides over all", []Issue{{Code: Value}, {Code: TooLong}, {Code: CodeInvalid}}, 413},
		{"warnings do not count", []Issue{{Severity: Warning, Code: Structure}, {Code: CodeInvalid}}, 422},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := Rejected(c.issues)
			require.NotNil(t, got)
			require.Equal(t, c.want, got.Status)
			require.Equal(t, c.issues, got.Issues)
		})
	}
	require.Nil(t, Rejected(nil))
	require.Nil(t, Rejected([]Issue{{Severity: Information, Code: Informational}}))
}
