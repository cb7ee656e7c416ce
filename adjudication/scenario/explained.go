package scenario

import (
	"encoding/json"
	"strings"
)

// explained is one of our extensions: decision-basis, line-trace, or a part of them.
type explained struct {
	URL                                         string
	Extension                                   []*explained
	ValueString, ValueCode, ValueDate           string
	ValueDecimal                                json.Number
	ValueReference                              struct{ Reference string }
	ValuePeriod                                 struct{ Start, End string }
	ValueMoney                                  struct{ Value json.Number }
	ValueInteger, ValuePositiveInt, ValueUnsInt json.Number
}

func named(all []*explained, name string) *explained {
	for _, e := range all {
		if strings.HasSuffix(e.URL, "/"+name) {
			return e
		}
	}
	return nil
}

func (e *explained) find(url string) *explained {
	if e == nil {
		return nil
	}
	for _, sub := range e.Extension {
		if sub.URL == url {
			return sub
		}
	}
	return nil
}

func (e *explained) text(url string) string {
	if sub := e.find(url); sub != nil {
		return or(sub.ValueString, sub.ValueCode)
	}
	return ""
}

func (e *explained) number(url string) string {
	if sub := e.find(url); sub != nil {
		return or(sub.ValueDecimal.String(), sub.ValueMoney.Value.String())
	}
	return ""
}

// fact is a part as text; of a reference, the id alone.
func (e *explained) fact(url string) string {
	sub := e.find(url)
	if sub == nil {
		return ""
	}
	id, _, _ := strings.Cut(sub.ValueReference.Reference, "/_history")
	id = id[strings.LastIndexByte(id, '/')+1:]
	return or(or(sub.ValueString, sub.ValueCode), or(sub.ValueDate, id))
}

// limit is a figure of the limit with this id: allowed, before, after, left.
func (e *explained) limit(id, figure string) string {
	if e == nil {
		return "no such limit"
	}
	var ids []string
	for _, sub := range e.Extension {
		if sub.URL != "limit" {
			continue
		}
		if sub.text("id") == id {
			return sub.figure(figure)
		}
		ids = append(ids, sub.text("id"))
	}
	return "no such limit among " + or(strings.Join(ids, ", "), "none")
}

func (e *explained) figure(figure string) string {
	if figure != "left" {
		return e.number(figure)
	}
	return left(e.number("allowed"), e.number("after"))
}

// fired are the rules that acted on a line, or with the part "shadow" would have, as "no-men reject" or "lab cap-price 800".
func (e *explained) fired(part string) (told []string) {
	if e == nil {
		return nil
	}
	for _, sub := range e.Extension {
		if sub.URL != "rule" || (sub.find("shadow") != nil) != (part == "shadow") {
			continue
		}
		text := sub.fact("source") + " " + or(sub.text("action"), "fault")
		if n := sub.number("number"); n != "" {
			text += " " + n
		}
		told = append(told, text)
	}
	return told
}

func (e *explained) firedAt(i int, part string) string {
	if all := e.fired(part); i < len(all) {
		return all[i]
	}
	return "none"
}
