package testscript

import (
	"fmt"
	"strings"

	"claimwright/fhir/outcome"
)

// Mistake is something that is wrong with a script.
type Mistake struct {
	// File is the script's, At the FHIRPath of the element; At is empty where it is the file as a whole.
	File, At string
	// Text says what is wrong; Found and Expected may be empty.
	Text, Found, Expected string
}

func (m Mistake) String() string {
	text := m.File + ": "
	if m.At != "" {
		text += m.At + ": "
	}
	text += m.Text
	if m.Found != "" {
		text += fmt.Sprintf(": found %q", m.Found)
	}
	if m.Expected != "" {
		text += ", expected " + m.Expected
	}
	return text
}

// Mistakes are all that is wrong with what was to be read, one in a line.
type Mistakes []Mistake

func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i := range m {
		lines[i] = m[i].String()
	}
	return strings.Join(lines, "\n")
}

// mistakesOf puts what the parser found into this form.
func mistakesOf(file string, issues []outcome.Issue) Mistakes {
	all := make(Mistakes, len(issues))
	for i, issue := range issues {
		all[i] = Mistake{File: file, At: issue.Expression, Text: strings.TrimSuffix(issue.Text, "."), Found: issue.Found, Expected: issue.Expected}
	}
	return all
}
