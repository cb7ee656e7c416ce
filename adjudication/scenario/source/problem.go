package source

import (
	"fmt"
	"slices"
	"strings"
)

// Position is a place in a file, counted from 1; the zero value is no place.
type Position struct {
	File         string
	Line, Column int
}

// String is "file:line:column".
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Problem is a mistake in a file. Found and Expected may be empty.
type Problem struct {
	At                    Position
	Text, Found, Expected string
}

// String is the problem in one line, with its place.
func (p Problem) String() string {
	text := fmt.Sprintf("%s: %s", p.At, p.Text)
	if p.Found != "" {
		text += fmt.Sprintf(": found %q", p.Found)
	}
	if p.Expected != "" {
		text += ", expected " + p.Expected
	}
	return text
}

// mostProblems bounds what is told about one file.
const mostProblems = 50

// Problems are what is wrong, in the order in which it was found.
type Problems []Problem

// Add tells of a problem at a place; the same again, of a part that several share, is not told twice.
func (p *Problems) Add(at Position, text, found, expected string) {
	problem := Problem{at, text, shortened(found), expected}
	if len(*p) < mostProblems && !slices.Contains(*p, problem) {
		*p = append(*p, problem)
	}
}

func shortened(text string) string {
	const most = 80
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// Err is nil when there are none.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Error is one line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}
