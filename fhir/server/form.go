package server

import (
	"net/http"
	"net/url"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/subset"
)

// asksOnly tells whether the request only asks, so that _summary and _elements have a meaning: a GET, a HEAD, a search
// that is sent as a form, or an operation that changes nothing.
func (x *exchange) asksOnly() bool {
	method := x.Request().Method
	return method == http.MethodGet || method == http.MethodHead || x.route.body == formBody || x.route.operation != nil && x.route.operation.asks
}

// formOf reads from a query how much of each resource is wanted.
func formOf(rawQuery string) (subset.Form, error) {
	if !strings.Contains(rawQuery, "_summary") && !strings.Contains(rawQuery, "_elements") {
		return subset.Form{}, nil
	}
	query, _ := url.ParseQuery(rawQuery) // what cannot be decoded is reported by the search itself
	return subset.Parse(query)
}

// notCounting refuses _summary=count where it has no meaning (R4 search §3.1.1.5.8: "search only").
func (a asking) notCounting() error { return notCounting(a.form) }

func notCounting(f subset.Form) error {
	if !f.Counts() {
		return nil
	}
	return badParameter("_summary", outcome.Value, "count", "true, text, data or false; only a search counts")
}

// onlyAnswerForm refuses parameters that a read does not have, to a client that is strict; they are ignored otherwise.
func (x *exchange) onlyAnswerForm() error {
	if x.query == "" {
		return nil
	}
	if err := notCounting(x.form); err != nil {
		return err
	}
	if err := x.form.Check(x.key.Type); err != nil || !x.prefer.strict {
		return err
	}
	for pair := range strings.SplitSeq(x.query, "&") {
		name, _, err := unescaped(pair)
		if err != nil {
			return err
		}
		if name != "" && (!answerForm[name] || name == pageParameter) {
			return badParameter(name, outcome.NotSupported, "a read does not know this parameter", "_format, _pretty, _summary or _elements")
		}
	}
	return nil
}

// answerFormOf keeps of a query what says how the answer is written, for the links to other pages of it.
func answerFormOf(rawQuery string) string {
	var kept []string
	for pair := range strings.SplitSeq(rawQuery, "&") {
		name, value, err := unescaped(pair)
		if err == nil && value != "" && answerForm[name] && name != pageParameter {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}

// formed gives a stored resource in a form.
func formed(f subset.Form, body []byte) []byte {
	if f.Whole() || body == nil {
		return body
	}
	doc, _ := codec.Parse(body, codec.Limits{})
	if doc == nil { // stored bodies are valid; show a broken one as it is
		return body
	}
	return f.Apply(doc)
}
