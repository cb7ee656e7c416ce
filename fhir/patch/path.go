package patch

import (
	"fmt"
	"strconv"
	"strings"
)

// path is the part of FHIRPath that names places: names, indices, first(), last(), where() with comparisons, ofType(), as()
// and extension(). What computes values has no place and is refused.
type path []step

// step narrows or follows the places so far.
type step struct {
	kind stepKind
	// name is the element's, the type's, or an extension's url.
	name  string
	index int
	where filter
}

type stepKind uint8

const (
	follow stepKind = iota
	pick
	last
	where
	ofType
	extension
	single
)

// filter is what where() wants: any of, all of these.
type filter [][]comparison

// comparison compares what a path finds with a literal; without an operator it wants the path to find something.
type comparison struct {
	path    path
	op      string // "=", "!=", or "exists"
	literal string
	// isText tells a string from a number, a boolean or a date.
	isText bool
	not    bool
}

const (
	maxSteps       = 64
	maxComparisons = 32
)

// parsePath reads a path; the error says what is not understood and where.
func parsePath(text string) (path, error) {
	if len(text) > MaxPath {
		return nil, fmt.Errorf("the path is longer than %d bytes", MaxPath)
	}
	p := pathParser{text: text}
	out, err := p.path()
	if err != nil {
		return nil, err
	}
	if p.blanks(); p.at < len(text) {
		return nil, p.unexpected("a step such as .name, [0] or .where(use = 'home')")
	}
	return out, nil
}

type pathParser struct {
	text               string
	at                 int
	steps, comparisons int
	inside             bool // of a where
}

func (p *pathParser) blanks() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// take moves on if the text goes on like this.
func (p *pathParser) take(token string) bool {
	p.blanks()
	if strings.HasPrefix(p.text[p.at:], token) {
		p.at += len(token)
		return true
	}
	return false
}

func (p *pathParser) unexpected(expected string) error {
	p.blanks()
	rest := p.text[p.at:]
	if rest == "" {
		return fmt.Errorf("the path ends where %s is expected", expected)
	}
	return fmt.Errorf("at %q: %s is expected", shorten(rest), expected)
}

// word reads an identifier, plain or between backticks.
func (p *pathParser) word() string {
	p.blanks()
	if p.take("`") {
		end := strings.IndexByte(p.text[p.at:], '`')
		if end < 0 {
			return ""
		}
		word := p.text[p.at : p.at+end]
		p.at += end + 1
		return word
	}
	begin := p.at
	for p.at < len(p.text) && isWord(p.text[p.at], p.at > begin) {
		p.at++
	}
	return p.text[begin:p.at]
}

func isWord(c byte, digits bool) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || digits && c >= '0' && c <= '9'
}

func (p *pathParser) path() (path, error) {
	var out path
	for {
		if p.take("$this") {
			if len(out) > 0 || !p.inside {
				return nil, fmt.Errorf("$this has a meaning only at the beginning of a comparison in where()")
			}
		} else if err := p.step(&out); err != nil {
			return nil, err
		}
		for p.take("[") {
			index, err := p.number()
			if err != nil {
				return nil, err
			}
			if !p.take("]") {
				return nil, p.unexpected("]")
			}
			out = append(out, step{kind: pick, index: index})
		}
		if p.steps += 1; p.steps > maxSteps {
			return nil, fmt.Errorf("the path has more than %d steps", maxSteps)
		}
		if !p.take(".") {
			return out, nil
		}
	}
}

func (p *pathParser) number() (int, error) {
	p.blanks()
	begin := p.at
	for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
		p.at++
	}
	n, err := strconv.Atoi(p.text[begin:p.at])
	if err != nil || n > 1<<30 {
		return 0, p.unexpected("an index")
	}
	return n, nil
}

// step reads a name or a function.
func (p *pathParser) step(out *path) error {
	if p.inside && len(*out) > 0 && p.endsComparison() {
		return nil
	}
	name := p.word()
	if name == "" {
		return p.unexpected("the name of an element")
	}
	if !p.take("(") {
		*out = append(*out, step{kind: follow, name: name})
		return nil
	}
	s, err := p.function(name)
	if err != nil {
		return err
	}
	if !p.take(")") {
		return p.unexpected(")")
	}
	*out = append(*out, s)
	return nil
}

// endsComparison tells whether exists() or empty() follow, which end the path of a comparison.
func (p *pathParser) endsComparison() bool {
	rest := p.text[p.at:]
	return strings.HasPrefix(rest, "exists(") || strings.HasPrefix(rest, "empty(")
}

func (p *pathParser) function(name string) (step, error) {
	switch name {
	case "first":
		return step{kind: pick}, nil
	case "last":
		return step{kind: last}, nil
	case "single":
		return step{kind: single}, nil
	case "ofType", "as":
		typ := p.word()
		if typ == "FHIR" && p.take(".") {
			typ = p.word()
		}
		if typ == "" {
			return step{}, p.unexpected("a type")
		}
		return step{kind: ofType, name: typ}, nil
	case "extension":
		url, err := p.quoted()
		return step{kind: extension, name: url}, err
	case "where":
		if p.inside {
			return step{}, fmt.Errorf("where() cannot stand inside of where()")
		}
		p.inside = true
		f, err := p.filter()
		p.inside = false
		return step{kind: where, where: f}, err
	}
	return step{}, fmt.Errorf("%s() names no place; a patch knows where(), ofType(), as(), extension(), first(), last() and single()", shorten(name))
}

func (p *pathParser) filter() (filter, error) {
	f := filter{nil}
	for {
		c, err := p.comparison()
		if err != nil {
			return nil, err
		}
		f[len(f)-1] = append(f[len(f)-1], c)
		if p.comparisons++; p.comparisons > maxComparisons {
			return nil, fmt.Errorf("the path has more than %d comparisons", maxComparisons)
		}
		switch {
		case p.keyword("and"):
		case p.keyword("or"):
			f = append(f, nil)
		default:
			return f, nil
		}
	}
}

// keyword takes a word that stands alone.
func (p *pathParser) keyword(word string) bool {
	before := p.at
	if p.word() == word {
		return true
	}
	p.at = before
	return false
}

func (p *pathParser) comparison() (comparison, error) {
	var c comparison
	var err error
	if c.path, err = p.path(); err != nil {
		return c, err
	}
	switch {
	case p.take("exists()"):
		c.op = "exists"
		return c, nil
	case p.take("empty()"):
		c.op, c.not = "exists", true
		return c, nil
	case p.take("!="):
		c.op, c.not = "=", true
	case p.take("="):
		c.op = "="
	default:
		return c, p.unexpected("= or != with a literal, .exists() or .empty()")
	}
	c.literal, c.isText, err = p.literal()
	return c, err
}
