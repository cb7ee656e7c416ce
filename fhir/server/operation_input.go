package server

import (
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/spelling"
)

// parameter is a parameter of an operation that a query can carry: a primitive one.
type parameter struct {
	name string
	// kind is its type in R4, such as "date" or "uri".
	kind string
}

// operationInput is what was posted, or the Parameters of a question's query; nil where a question has neither.
func (x *exchange) operationInput(op *operation) (*codec.Document, error) {
	if len(x.body) > 0 || !op.asks {
		return x.parse()
	}
	return parametersOf(x.query, op.in, x.prefer.strict)
}

// parametersOf makes Parameters of a query, repeated ones in the order given; nil where the query has none. Parameters that
// say how an answer is written, such as _pretty, are none of an operation's unless it declares them.
func parametersOf(query string, declared []parameter, strict bool) (*codec.Document, error) {
	w := codec.NewWriter(nil)
	w.Object("")
	w.String("resourceType", "Parameters")
	w.Array("parameter")
	found := false
	for pair := range strings.SplitSeq(query, "&") {
		name, value, err := unescaped(pair)
		if err != nil {
			return nil, err
		}
		if value == "" {
			continue
		}
		p, ok, err := declaredParameter(name, declared, strict)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		found = true
		w.Object("")
		w.String("name", name)
		if err := p.write(w, value); err != nil {
			return nil, err
		}
		w.End()
	}
	w.End()
	w.End()
	if !found {
		return nil, nil
	}
	doc, issues := codec.Parse(w.Bytes(), codec.Limits{})
	if refused := outcome.Rejected(issues); refused != nil {
		return nil, refused
	}
	return doc, nil
}

func unescaped(pair string) (name, value string, err error) {
	name, value, _ = strings.Cut(pair, "=")
	if name, err = url.QueryUnescape(name); err == nil {
		value, err = url.QueryUnescape(value)
	}
	if err != nil {
		return "", "", outcome.New(http.StatusBadRequest, outcome.Value, "", "the query cannot be read")
	}
	return name, value, nil
}

// declaredParameter finds a parameter by its name; ok is false for one that does not count. Where an operation declares
// its parameters, a strict client is told of others.
func declaredParameter(name string, declared []parameter, strict bool) (p parameter, ok bool, err error) {
	names := make([]string, len(declared))
	for i, d := range declared {
		if d.name == name {
			return d, true, nil
		}
		names[i] = d.name
	}
	switch {
	case answerForm[name] || name == "":
		return parameter{}, false, nil
	case declared == nil:
		return parameter{name: name, kind: "string"}, !strings.HasPrefix(name, "_"), nil
	case strict:
		expected := "one of " + strings.Join(names, ", ")
		if near := spelling.Nearest(name, names); near != "" {
			expected = near
		}
		return parameter{}, false, badParameter(name, outcome.NotSupported, "a parameter that the operation does not have", expected)
	}
	return parameter{}, false, nil
}

// answerForm are the parameters of any request that say how its answer is written, and which page of it.
var answerForm = map[string]bool{"_format": true, "_pretty": true, "_summary": true, "_elements": true, pageParameter: true}

// write writes the value as Parameters.parameter.value[x].
func (p parameter) write(w *codec.Writer, value string) error {
	key := "value" + strings.ToUpper(p.kind[:1]) + p.kind[1:]
	switch p.kind {
	case "boolean":
		if value != "true" && value != "false" {
			return badParameter(p.name, outcome.Value, value, "true or false")
		}
		w.Bool(key, value == "true")
	case "integer", "positiveInt", "unsignedInt":
		n, err := strconv.ParseInt(value, 10, 32)
		if err != nil {
			return badParameter(p.name, outcome.Value, value, "a whole number")
		}
		w.Int(key, n)
	case "instant", "dateTime": // a plus sign before the zone that was not escaped arrives as a blank
		w.String(key, strings.Replace(value, " ", "+", 1))
	default:
		w.String(key, value)
	}
	return nil
}

// given yields the parameters of an operation that have primitive values, as names and texts, in their order.
func given(input *codec.Document) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for p := range input.Root().Get(nParameter).Each() {
			for member, value := range p.Members() {
				if strings.HasPrefix(member.String(), "value") && !yield(p.Get(nName).Text(), primitive(value)) {
					return
				}
			}
		}
	}
}

// primitive is the text of a primitive value, empty for any other.
func primitive(v codec.Value) string {
	switch v.Kind() {
	case codec.String:
		return v.Text()
	case codec.Object, codec.Array, codec.Null:
		return ""
	}
	return string(v.Raw())
}
