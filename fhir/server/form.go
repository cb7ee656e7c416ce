package server

import (
	"net/http"
	"net/url"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/subset"
)

// asksOnly tells whether the request only asks, so that _summary and _elements have a meaning: a GET, a HEAD, or a search
// that is sent as a form.
func (x *exchange) asksOnly() bool {
	method := x.Request().Method
	return method == http.MethodGet || method == http.MethodHead || x.route.body == formBody
}

// formOf reads from a query how much of each resource is wanted.
func formOf(rawQuery string) (subset.Form, error) {
	if !strings.Contains(rawQuery, "_summary") && !strings.Contains(rawQuery, "_elements") {
		return subset.Form{}, nil
	}
	query, _ := url.ParseQuery(rawQuery) // what cannot be decoded is reported by the search itself
	return subset.Parse(query)
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
