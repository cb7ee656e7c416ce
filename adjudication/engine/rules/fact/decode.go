package fact

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"go.yaml.in/yaml/v3"

	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules/value"
	"claimwright/fhir/spelling"
)

const (
	// MaxCase bounds the text of a case, in bytes.
	MaxCase = 16 << 10
	// maxCodes bounds the codes of one fact, the provisions of a history and the limits of a ledger.
	maxCodes = 500
	// mostMistakes bounds what is told of one case.
	mostMistakes = 10
	// maxTimes bounds how often a history says that something was provided.
	maxTimes = 10_000
)

// Mistake is what is wrong with the text of a case.
type Mistake struct {
	// Line and Column count from 1; 0 when the mistake is of the whole.
	Line, Column int
	Text         string
	// Suggestion is what was probably meant; empty when nothing is near.
	Suggestion string
}

// String is "1:14: text; perhaps suggestion".
func (m Mistake) String() string {
	s := m.Text
	if m.Line > 0 {
		s = fmt.Sprintf("%d:%d: %s", m.Line, m.Column, s)
	}
	if m.Suggestion != "" {
		s += "; perhaps " + m.Suggestion
	}
	return s
}

// Decode reads a case, written in JSON or YAML: facts beneath their kinds, as conditions name them.
//
//	{"line": {"code": "S-DEL", "billed": 1200}, "member": {"sex": "male"}, "diagnoses": ["O80"],
//	 "history": [{"code": "S-SCAN", "daysAgo": 20}], "ledger": {"yearly": {"used": 950, "left": 50}}}
//
// Facts that it does not name have the zero value of their type. With any mistake the Case is nil.
func Decode(text string) (*Case, []Mistake) {
	d := &decoder{c: &Case{named: map[string]bool{}}}
	d.view = d.c.View()
	if root := d.parse(text); root != nil {
		d.kinds(root)
	}
	if len(d.mistakes) > 0 {
		return nil, d.mistakes
	}
	return d.c, nil
}

type decoder struct {
	c        *Case
	view     *View
	mistakes []Mistake
}

func (d *decoder) fail(at *yaml.Node, suggestion, format string, args ...any) {
	if len(d.mistakes) == mostMistakes {
		return
	}
	m := Mistake{Text: fmt.Sprintf(format, args...), Suggestion: suggestion}
	if at != nil {
		m.Line, m.Column = at.Line, at.Column
	}
	d.mistakes = append(d.mistakes, m)
}

// parse gives the outermost mapping; nil when there is none.
func (d *decoder) parse(text string) *yaml.Node {
	if len(text) > MaxCase {
		d.fail(nil, "", "the facts are longer than %d bytes", MaxCase)
		return nil
	}
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		text = strings.ReplaceAll(text, "\t", " ") // JSON may be indented with them, YAML may not
	}
	in := yaml.NewDecoder(bytes.NewReader([]byte(text)))
	var doc, more yaml.Node
	if err := in.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			d.fail(nil, `{"line": {"code": "A"}}`, "there are no facts")
			return nil
		}
		d.fail(nil, "", "the facts are neither JSON nor YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
		return nil
	}
	if in.Decode(&more) == nil {
		d.fail(&more, "", "there is more than one document")
		return nil
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		d.fail(&doc, `{"line": {"code": "A"}}`, "the facts are no object")
		return nil
	}
	return doc.Content[0]
}

// each visits the members of an object, every name once.
func (d *decoder) each(object *yaml.Node, what string, visit func(name string, key, value *yaml.Node)) {
	if object.Kind != yaml.MappingNode {
		d.fail(object, "", "%s is %s, not an object", what, kindOf(object))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(object.Content); i += 2 {
		key := object.Content[i]
		switch {
		case key.Kind != yaml.ScalarNode:
			d.fail(key, "", "a name is expected, not %s", kindOf(key))
		case seen[key.Value]:
			d.fail(key, "", "%q is given twice", key.Value)
		default:
			seen[key.Value] = true
			visit(key.Value, key, object.Content[i+1])
		}
	}
}

func (d *decoder) kinds(root *yaml.Node) {
	d.each(root, "the whole", func(name string, key, v *yaml.Node) {
		i, ok := kinds[name]
		switch {
		case !ok:
			var names []string
			for k := range Catalogue {
				names = append(names, Catalogue[k].Name)
			}
			d.fail(key, spelling.Nearest(name, names), "there is no fact %q", name)
		case i == diagnosesKind:
			d.c.Facts.Diagnoses, _ = d.codes(v, name)
		case i == historyKind:
			d.c.Line.History = d.history(v)
		case i == ledgerKind:
			d.c.Line.Ledger = d.ledger(v)
		case len(Catalogue[i].Fields) == 0:
			d.fail(key, "", "%s cannot be given", name)
		default:
			d.fields(&d.view.objects[i], v)
		}
	})
}

func (d *decoder) fields(o *object, v *yaml.Node) {
	d.each(v, o.kind.Name, func(name string, key, v *yaml.Node) {
		for i := range o.kind.Fields {
			if f := &o.kind.Fields[i]; f.Name == name {
				if got, ok := d.value(v, o.kind.Name+"."+name, f.Type); ok {
					f.put(o.source, got)
					d.c.named[o.kind.Name+"."+name] = true
				}
				return
			}
		}
		var names []string
		for i := range o.kind.Fields {
			names = append(names, o.kind.Fields[i].Name)
		}
		d.fail(key, spelling.Nearest(name, names), "there is no fact %q in %s", name, o.kind.Name)
	})
}

// value reads a fact of a type as the Go value that it is kept as.
func (d *decoder) value(v *yaml.Node, name string, t *cel.Type) (any, bool) {
	switch t {
	case cel.StringType:
		return d.text(v, name)
	case cel.IntType:
		return d.whole(v, name, -1<<31, 1<<31-1)
	case cel.BoolType:
		if v.Kind == yaml.ScalarNode && v.Tag == "!!bool" {
			return strings.EqualFold(v.Value, "true"), true
		}
		d.fail(v, "", "%s is %s, not true or false", name, kindOf(v))
		return nil, false
	case value.DecimalType:
		return d.number(v, name)
	case value.DateType:
		if v.Kind == yaml.ScalarNode {
			if day, err := wholeDay(v.Value); err == nil {
				return day, true
			}
		}
		d.fail(v, `"2026-05-10"`, "%s is %s, not a day", name, kindOf(v))
		return nil, false
	case value.CodedType:
		return d.codes(v, name)
	}
	d.fail(v, "", "%s cannot be given", name)
	return nil, false
}

func (d *decoder) text(v *yaml.Node, name string) (string, bool) {
	if v.Kind == yaml.ScalarNode && v.Tag == "!!str" {
		return v.Value, true
	}
	suggestion := ""
	if v.Kind == yaml.ScalarNode && v.Tag != "!!null" {
		suggestion = strconv.Quote(v.Value)
	}
	d.fail(v, suggestion, "%s is %s, not a text", name, kindOf(v))
	return "", false
}

func (d *decoder) whole(v *yaml.Node, name string, least, most int) (int, bool) {
	if v.Kind == yaml.ScalarNode && v.Tag == "!!int" {
		n, err := strconv.Atoi(v.Value)
		if err == nil && n >= least && n <= most {
			return n, true
		}
		d.fail(v, "", "%s is %s; a whole number from %d to %d is expected", name, v.Value, least, most)
		return 0, false
	}
	d.fail(v, unquoted(v), "%s is %s, not a whole number", name, kindOf(v))
	return 0, false
}

func (d *decoder) number(v *yaml.Node, name string) (money.Decimal, bool) {
	if v.Kind == yaml.ScalarNode && (v.Tag == "!!int" || v.Tag == "!!float") {
		n, err := money.Parse(v.Value)
		if err == nil {
			return n, true
		}
		d.fail(v, "", "%s is %s; a number such as 12.50 is expected", name, v.Value)
		return n, false
	}
	d.fail(v, unquoted(v), "%s is %s, not a number", name, kindOf(v))
	return money.Decimal{}, false
}

// unquoted suggests the number that a text is.
func unquoted(v *yaml.Node) string {
	if v.Kind == yaml.ScalarNode && v.Tag == "!!str" {
		if n, err := money.Parse(v.Value); err == nil {
			return n.String()
		}
	}
	return ""
}

func (d *decoder) codes(v *yaml.Node, name string) ([]string, bool) {
	if v.Kind != yaml.SequenceNode {
		suggestion := ""
		if v.Kind == yaml.ScalarNode && v.Value != "" {
			suggestion = "[" + strconv.Quote(v.Value) + "]"
		}
		d.fail(v, suggestion, "%s is %s, not a list of codes", name, kindOf(v))
		return nil, false
	}
	if len(v.Content) > maxCodes {
		d.fail(v, "", "%s has more than %d codes", name, maxCodes)
		return nil, false
	}
	codes := make([]string, 0, len(v.Content))
	for _, one := range v.Content {
		code, ok := d.text(one, "a code of "+name)
		if !ok {
			return nil, false
		}
		codes = append(codes, code)
	}
	return codes, true
}

func (d *decoder) history(v *yaml.Node) History {
	if v.Kind != yaml.SequenceNode || len(v.Content) > maxCodes {
		d.fail(v, `[{"code": "A", "daysAgo": 10}]`, "history is %s, not a list of at most %d services", kindOf(v), maxCodes)
		return nil
	}
	past := provisions{}
	for _, one := range v.Content {
		p := provision{times: 1}
		d.each(one, "what was provided", func(name string, key, v *yaml.Node) {
			switch name {
			case "code":
				p.code, _ = d.text(v, "history.code")
			case "daysAgo":
				p.daysAgo, _ = d.whole(v, "history.daysAgo", 0, 1<<20)
			case "times":
				p.times, _ = d.whole(v, "history.times", 1, maxTimes)
			case "facility":
				p.facility, _ = d.text(v, "history.facility")
			case "nights":
				p.nights, _ = d.whole(v, "history.nights", 1, maxTimes)
			default:
				d.fail(key, spelling.Nearest(name, []string{"code", "daysAgo", "times", "facility", "nights"}), "history has no %q", name)
			}
		})
		if p.code == "" && p.facility == "" {
			d.fail(one, "", "what was provided has no code, and no other facility")
		}
		past = append(past, p)
	}
	return past
}

func (d *decoder) ledger(v *yaml.Node) Ledger {
	uses := limitUses{}
	d.each(v, "ledger", func(limit string, key, v *yaml.Node) {
		if len(uses) == maxCodes {
			d.fail(key, "", "ledger has more than %d limits", maxCodes)
			return
		}
		u := &limitUse{}
		d.each(v, "the limit "+limit, func(name string, key, v *yaml.Node) {
			switch name {
			case "used":
				u.used, _ = d.number(v, "ledger."+limit+".used")
			case "left":
				u.left, _ = d.number(v, "ledger."+limit+".left")
			default:
				d.fail(key, spelling.Nearest(name, []string{"used", "left"}), "a limit has no %q", name)
			}
		})
		uses[limit] = u
	})
	return uses
}

// kindOf says what a node is.
func kindOf(v *yaml.Node) string {
	switch v.Kind {
	case yaml.MappingNode:
		return "an object"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	switch v.Tag {
	case "!!null":
		return "nothing"
	case "!!bool":
		return "true or false"
	case "!!int", "!!float":
		return "the number " + v.Value
	}
	return "the text " + strconv.Quote(v.Value)
}
