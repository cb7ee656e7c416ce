package tree

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"claimwright/adjudication/scenario/source"
)

// Marshal writes the value as JSON. Each text goes through replace, unless that is nil.
func Marshal(v Value, replace func(string) string) []byte {
	w := writer{replace: replace}
	w.value(v)
	return []byte(w.b.String())
}

type writer struct {
	b       strings.Builder
	replace func(string) string
}

func (w *writer) value(v Value) {
	switch v := v.(type) {
	case *Object:
		w.b.WriteByte('{')
		for i, name := range v.names {
			if i > 0 {
				w.b.WriteByte(',')
			}
			w.text(name)
			w.b.WriteByte(':')
			w.value(v.values[name])
		}
		w.b.WriteByte('}')
	case List:
		w.b.WriteByte('[')
		for i := range v {
			if i > 0 {
				w.b.WriteByte(',')
			}
			w.value(v[i])
		}
		w.b.WriteByte(']')
	case Text:
		if text := string(v); w.replace != nil {
			w.text(w.replace(text))
		} else {
			w.text(text)
		}
	case Number:
		w.b.WriteString(string(v))
	case bool:
		w.b.WriteString(strconv.FormatBool(v))
	default:
		w.b.WriteString("null")
	}
}

func (w *writer) text(s string) {
	quoted, err := json.Marshal(s)
	if err != nil { // a string can always be written
		panic(fmt.Sprintf("tree: %v", err))
	}
	w.b.Write(quoted)
}

// FromYAML is a YAML value as JSON: numbers keep their digits, dates are texts.
func FromYAML(n *source.Node, problems *source.Problems) Value {
	switch {
	case n.Absent():
		return nil
	case n.Kind == source.Map:
		o := New()
		for _, e := range n.Entries {
			if e.Value.Absent() {
				o.null(e.Key)
				continue
			}
			o.Set(e.Key, FromYAML(e.Value, problems))
		}
		return o
	case n.Kind == source.List:
		list := make(List, 0, len(n.Items))
		for _, item := range n.Items {
			list = append(list, FromYAML(item, problems))
		}
		return list
	}
	return scalar(n, problems)
}

// null sets a member to null, which takes away what it is laid over.
func (o *Object) null(name string) {
	o.names = append(o.names, name)
	o.values[name] = nil
}

func scalar(n *source.Node, problems *source.Problems) Value {
	switch n.Tag {
	case "!!bool":
		return strings.EqualFold(n.Text, "true")
	case "!!int", "!!float":
		if !source.IsNumber(n.Text) {
			problems.Add(n.At, "The number cannot be used", n.Text, "a number as JSON writes it, or a text in quotes")
		}
		return Number(n.Text)
	}
	return Text(n.Text)
}
