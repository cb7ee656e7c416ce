package server

import (
	"log/slog"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/xmlform"
)

// format is how the client wants its answer written. The zero value is JSON without a content type.
type format struct {
	served
	pretty bool
}

// served is a content type that answers can have.
type served struct {
	// contentType is the ready header value; it is shared and must not be changed.
	contentType []string
	xml         bool
}

// The types that are answered in kind (R4 §3.1.0.1.9); FHIR's own JSON is the default.
var (
	fhirJSON   = served{contentType: []string{"application/fhir+json; charset=utf-8"}}
	legacyJSON = served{contentType: []string{"application/json+fhir; charset=utf-8"}}
	plainJSON  = served{contentType: []string{"application/json; charset=utf-8"}}
	textJSON   = served{contentType: []string{"text/json; charset=utf-8"}}
	fhirXML    = served{contentType: []string{"application/fhir+xml; charset=utf-8"}, xml: true}
	legacyXML  = served{contentType: []string{"application/xml+fhir; charset=utf-8"}, xml: true}
	plainXML   = served{contentType: []string{"application/xml; charset=utf-8"}, xml: true}
	textXML    = served{contentType: []string{"text/xml; charset=utf-8"}, xml: true}
)

// formats are the types by the names that a client may give them, in Accept, in _format and for what it sends.
var formats = map[string]served{
	"application/fhir+json": fhirJSON,
	"application/json+fhir": legacyJSON,
	"application/json":      plainJSON,
	"text/json":             textJSON,
	"application/fhir+xml":  fhirXML,
	"application/xml+fhir":  legacyXML,
	"application/xml":       plainXML,
	"text/xml":              textXML,
}

// fromXML makes JSON of the body that was read, which is XML.
func (x *exchange) fromXML() error {
	body, issues := xmlform.Read(x.body, codec.Limits{MaxBytes: int(x.srv.limits.Body)})
	if refused := outcome.Rejected(issues); refused != nil {
		if op := x.route.operation; op != nil && op.judges && len(issues) > 0 && codec.ResourceType(rootOf(issues[0].Expression)).Known() {
			x.unread = issues
			return nil
		}
		return refused
	}
	if err := x.hold(int64(cap(body))); err != nil {
		return err
	}
	x.body = body
	return nil
}

// rendered is a resource's JSON in the format that was agreed on. A resource that cannot be told in XML, which would be a
// fault of this server's, is answered in JSON and says so in its content type: it may be the result of a write.
func (x *exchange) rendered(body []byte) []byte {
	if !x.format.xml {
		if x.format.pretty {
			return indented(body)
		}
		return body
	}
	doc, issues := codec.ParseOwn(body)
	if doc == nil {
		x.srv.log.LogAttrs(x.Request().Context(), slog.LevelError, "answer not rendered as XML", slog.String("request_id", x.id),
			slog.String("route", x.routeName()), slog.String("element", issues[0].Expression), slog.String("problem", issues[0].Text))
		x.format.served = fhirJSON
		return body
	}
	room := make([]byte, 0, len(body)+len(body)/2+512)
	if x.format.pretty {
		body = xmlform.AppendIndented(room, doc)
	} else {
		body = xmlform.Append(room, doc)
	}
	if len(body) > smallAnswer {
		x.holdAnyway(int64(len(body)))
	}
	return body
}
