package server

import (
	"encoding/base64"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
)

// A Binary is the one resource that also has a form that is not FHIR's: its content, as it is (R4 binary.html#rest).

const (
	binaryType = "Binary"
	// securityHeader carries Binary.securityContext where the content travels alone.
	securityHeader = "X-Security-Context"
)

var (
	nContentType     = codec.Intern("contentType")
	nData            = codec.Intern("data")
	nSecurityContext = codec.Intern("securityContext")
)

// sandboxed keeps content that anybody may have stored from acting as a page of this server's.
var sandboxed = []string{"sandbox"}

// content is what a Binary holds.
type content struct {
	// contentType is as it is stored, and fit for a header; name is its media type alone.
	contentType, name string
	security          string
	data              []byte
}

// asksForContent tells whether a client that accepts no format of resources may still be served.
func (x *exchange) asksForContent() bool {
	return x.route.native && x.asksOnly() && x.resourceType() == binaryType
}

// sendBinary answers the read of a Binary: with its content where the client likes that type best, else as a resource.
func (x *exchange) sendBinary(r *store.Record) error {
	doc, _ := codec.ParseOwn(r.Body)
	if doc == nil {
		return errors.New("the stored Binary cannot be read")
	}
	contentType := doc.Root().Get(nContentType).Text()
	name, served := contentTypeName(contentType)
	if !served || !x.form.Whole() || !x.prefersContent(name) {
		if x.notServed != nil {
			return notAcceptableBinary(x.notServed, contentType)
		}
		return x.sendResource(r)
	}
	x.describe(r.Version, r.Updated)
	if notModified(x.Request().Header, r.Version, r.Updated) {
		return x.sendNothing(http.StatusNotModified)
	}
	encoded := doc.Root().Get(nData).Text()
	if len(encoded) > smallAnswer {
		if err := x.hold(int64(len(encoded))); err != nil {
			return err
		}
	}
	data, err := decoded(encoded)
	if err != nil {
		return err
	}
	security := doc.Root().Get(nSecurityContext).Get(nReference).Text()
	return x.sendContent(content{contentType: contentType, name: name, security: security, data: data})
}

// sendContent writes the content of a Binary as the answer.
func (x *exchange) sendContent(c content) error {
	h := x.header()
	x.vary()
	h["Content-Type"] = []string{c.contentType}
	h["X-Content-Type-Options"], h["Content-Security-Policy"], h["Cache-Control"] = noSniff, sandboxed, askAgain
	h["Content-Length"] = []string{strconv.Itoa(len(c.data))}
	if c.security != "" && printable(c.security) {
		h[securityHeader] = []string{c.security}
	}
	x.Response().WriteHeader(http.StatusOK)
	if x.Request().Method == http.MethodHead {
		return nil
	}
	_, err := x.Response().Write(c.data)
	return err
}

// prefersContent tells whether the client likes a content type better than the formats of resources. _format overrides
// Accept, and asks for content only by a type that is no format. A person with a browser sees the resource.
func (x *exchange) prefersContent(name string) bool {
	query, _ := url.ParseQuery(x.query) // a read takes no query that could not be decoded into something else
	if asked := query.Get("_format"); asked != "" {
		return formatParameter(asked).contentType == nil && parseMedia(strings.ReplaceAll(asked, " ", "+")).name == name
	}
	a := parseAccept(nil, strings.Join(x.Request().Header["Accept"], ","))
	return !a.browser() && a.prefers(name)
}

// prefers tells whether the range that a client likes best is that of a content type, by the rule of best. FHIR's own types
// always mean the resource; the general ones, such as application/json, mean the content where it is of that type.
func (a accept) prefers(name string) bool {
	kind, _, _ := strings.Cut(name, "/")
	always := formats[name].contentType != nil && strings.Contains(name, "fhir")
	content, named, quality := false, false, 0.0
	for _, m := range a {
		if m.quality == 0 {
			continue
		}
		isContent := m.name == name && !always || kind != "application" && m.name == kind+"/*" && !a.excludes(name)
		isNamed := !strings.HasSuffix(m.name, "/*")
		if !isContent && !m.resource() {
			continue
		}
		if m.quality > quality || m.quality == quality && isNamed && !named {
			content, named, quality = isContent, isNamed, m.quality
		}
	}
	return content
}

// resource tells whether a media range asks for a resource.
func (m media) resource() bool {
	return m.versionServed() && (formats[m.name].contentType != nil || wildcards[m.name] != nil)
}

// notAcceptableBinary adds to what is served the type of the content.
func notAcceptableBinary(err error, contentType string) error {
	var refused *outcome.Error
	if !errors.As(err, &refused) {
		return err
	}
	refused.Issues[0].Expected += ", or the content's own " + bounded(contentType)
	return refused
}

// receiveContent makes the resource of a body that is the content of a Binary. In base64 it must keep to the limit of
// bodies, for that is how it is stored.
func (x *exchange) receiveContent(contentType string) error {
	if err := x.readBody(); err != nil {
		return err
	}
	size := int64(base64.StdEncoding.EncodedLen(len(x.body)) + len(contentType) + 1024)
	if limit := x.srv.limits.Body; size > limit {
		return outcome.New(http.StatusRequestEntityTooLarge, outcome.TooLong, "", "the content takes more than the %d bytes that are accepted, in base64", limit)
	}
	if err := x.hold(size); err != nil {
		return err
	}
	w := codec.NewWriter(make([]byte, 0, size))
	w.Object("")
	w.String("resourceType", binaryType)
	w.StringOpt("id", x.key.ID)
	w.String("contentType", contentType)
	w.Object("securityContext")
	w.StringOpt("reference", x.Request().Header.Get(securityHeader))
	w.End()
	w.StringOpt("data", base64.StdEncoding.EncodeToString(x.body))
	w.End()
	x.body = w.Bytes()
	return nil
}

// takesContent tells whether a body of this type, which is no format of resources, is the content of a Binary.
func (x *exchange) takesContent(contentType string) bool {
	if !x.route.native || x.resourceType() != binaryType {
		return false
	}
	name, ok := contentTypeName(contentType)
	return ok && formats[name].contentType == nil
}

// contentTypeName is the media type alone; ok is false for what cannot stand in a header as a content type.
func contentTypeName(contentType string) (name string, ok bool) {
	name, _, err := mime.ParseMediaType(contentType)
	return name, err == nil && strings.Contains(name, "/") && printable(contentType)
}

// printable tells whether a text is of ASCII's printable characters alone, as header values should be.
func printable(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// decoded is what base64 stands for; R4 allows white space in it.
func decoded(encoded string) ([]byte, error) {
	if strings.ContainsAny(encoded, " \t") {
		encoded = strings.NewReplacer(" ", "", "\t", "").Replace(encoded)
	}
	return base64.StdEncoding.DecodeString(encoded)
}
