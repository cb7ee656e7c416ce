package outcome

import (
	"encoding/json"
	"strings"
)

type jsonOutcome struct {
	ResourceType string      `json:"resourceType"`
	Issue        []jsonIssue `json:"issue"`
}

type jsonIssue struct {
	Severity    Severity  `json:"severity"`
	Code        string    `json:"code"`
	Details     *jsonText `json:"details,omitempty"`
	Diagnostics string    `json:"diagnostics,omitempty"`
	Expression  []string  `json:"expression,omitempty"`
}

type jsonText struct {
	Text string `json:"text"`
}

// Render writes issues as an R4 OperationOutcome. No issues at all give one informational "all OK", because an
// OperationOutcome without an issue is not valid.
func Render(issues []Issue) []byte {
	if len(issues) == 0 {
		issues = []Issue{{Severity: Information, Code: Informational, Text: "all OK"}}
	}
	out := jsonOutcome{ResourceType: "OperationOutcome", Issue: make([]jsonIssue, 0, len(issues))}
	for _, i := range issues {
		out.Issue = append(out.Issue, i.json())
	}
	body, err := json.Marshal(out)
	if err != nil { // only strings are marshalled, which cannot fail
		return []byte(`{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"exception"}]}`)
	}
	return body
}

func (i Issue) json() jsonIssue {
	j := jsonIssue{Severity: i.Severity, Code: i.Code}
	if j.Severity == "" {
		j.Severity = Failure
	}
	if i.Text != "" {
		j.Details = &jsonText{Text: i.Text}
	}
	var parts []string
	if i.Found != "" {
		parts = append(parts, "found "+i.Found)
	}
	if i.Expected != "" {
		parts = append(parts, "expected "+i.Expected)
	}
	j.Diagnostics = strings.Join(parts, "; ")
	if i.Expression != "" {
		j.Expression = []string{i.Expression}
	}
	return j
}
