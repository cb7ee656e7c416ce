package given

import (
	"slices"
	"strings"
	"time"

	"claimwright/adjudication/scenario/source"
	"claimwright/adjudication/scenario/tree"
)

// extend adds the extension with this id, once for each item of the value.
func (b *builder) extend(to *tree.Object, id string, n *source.Node, currency string) {
	d := definitions()[id]
	if d == nil || n.Absent() {
		return
	}
	for _, item := range source.ListOf(n) {
		to.Append("extension", b.extension(&d.part, d.url, item, currency))
	}
}

// extendAny adds whatever extensions of a context the object names by their ids, but for those that have been read.
func (b *builder) extendAny(to *tree.Object, context string, o *source.Object, currency string) {
	for _, id := range extensionsOf(context) {
		if !o.Asked(id) {
			b.extend(to, id, o.Get(id), currency)
		}
	}
}

// extension makes one extension, or one part of it.
func (b *builder) extension(p *part, url string, n *source.Node, currency string) *tree.Object {
	made := tree.New("url", url)
	if len(p.parts) > 0 {
		b.parts(made, p, n, currency)
		return made
	}
	name, value := b.valueOf(p, n, currency)
	return made.Set(name, value)
}

func (b *builder) parts(made *tree.Object, p *part, n *source.Node, currency string) {
	o := n.Object(b.problems)
	for _, e := range o.Node.Entries {
		sub := p.find(e.Key)
		if sub == nil {
			b.problems.Add(e.KeyAt, "The part is not known", e.Key, "one of "+strings.Join(p.names(), ", "))
			continue
		}
		values := []*source.Node{e.Value}
		if sub.many {
			values = source.ListOf(e.Value)
		}
		for _, v := range values {
			if !v.Absent() {
				made.Append("extension", b.extension(sub, sub.name, v, currency))
			}
		}
	}
}

// valueOf makes value[x]: of several types, the first that the value fits.
func (b *builder) valueOf(p *part, n *source.Node, currency string) (string, tree.Value) {
	if n.Kind == source.Map {
		return "value" + upperFirst(p.types[0]), tree.FromYAML(n, b.problems)
	}
	text := source.TextOf(n, b.problems)
	for _, t := range p.types {
		if !fits(t, text) {
			continue
		}
		if p.codes != nil && !slices.Contains(p.codes, text) {
			b.problems.Add(n.At, "The code is not known", text, "one of "+strings.Join(p.codes, ", "))
		}
		return "value" + upperFirst(t), b.typed(t, text, p.system, currency)
	}
	b.problems.Add(n.At, "The value does not fit "+p.name, text, wanted(p.types))
	return "valueString", tree.Text(text)
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

var shapes = map[string]string{
	"boolean": "true or false", "decimal": "a number", "integer": "a whole number", "unsignedInt": "a whole number from 0 on",
	"positiveInt": "a whole number from 1 on", "Money": "an amount such as 1250.00 or 10.00 USD",
	"Quantity": "a number, with its unit if it has one", "Duration": "a number, with its unit if it has one",
	"instant": "an instant such as 2026-03-05T09:00:00Z", "date": "a day such as 2026-03-05", "dateTime": "a day such as 2026-03-05", "Period": "days such as 2026-03-01..2026-03-04",
	"Reference": "a reference such as Organization/hospital",
}

func wanted(types []string) string {
	var texts []string
	for _, t := range types {
		texts = append(texts, shapes[t])
	}
	return strings.Join(texts, ", or ")
}

func fits(t, text string) bool {
	first, rest, _ := strings.Cut(text, " ")
	switch t {
	case "boolean":
		return text == "true" || text == "false"
	case "decimal":
		return source.IsNumber(text)
	case "integer", "unsignedInt", "positiveInt":
		return source.IsNumber(text) && !strings.ContainsAny(text, ".eE") && (t == "integer" || text[0] != '-')
	case "Money":
		return source.IsNumber(first) && (rest == "" || len(rest) == 3)
	case "Quantity", "Duration":
		return source.IsNumber(first)
	case "date", "dateTime":
		return isDate(text) || t == "dateTime" && len(text) > 10 && isDate(text[:10])
	case "instant":
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	case "Period":
		from, to, ok := strings.Cut(text, "..")
		return ok && (from == "" || isDate(from)) && (to == "" || isDate(to))
	case "Reference":
		return strings.Contains(text, "/")
	}
	return text != ""
}

// typed makes a value of a type that its text fits.
func (b *builder) typed(t, text, system, currency string) tree.Value {
	first, rest, _ := strings.Cut(text, " ")
	switch t {
	case "boolean":
		return text == "true"
	case "decimal", "integer", "unsignedInt", "positiveInt":
		return tree.Number(text)
	case "Money":
		return moneyOf(text, currency)
	case "Quantity", "Duration":
		return tree.New("value", tree.Number(first), "unit", rest)
	case "Period":
		from, to, _ := strings.Cut(text, "..")
		return period(from, to)
	case "Reference":
		return reference(text)
	case "Coding":
		return coding(text, system)
	case "CodeableConcept":
		return concept(coding(text, system))
	}
	return tree.Text(text)
}
