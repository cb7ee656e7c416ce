package bundle

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/patch"
)

var (
	nEntry           = codec.Intern("entry")
	nFullURL         = codec.Intern("fullUrl")
	nIfMatch         = codec.Intern("ifMatch")
	nIfModifiedSince = codec.Intern("ifModifiedSince")
	nIfNoneExist     = codec.Intern("ifNoneExist")
	nIfNoneMatch     = codec.Intern("ifNoneMatch")
	nMethod          = codec.Intern("method")
	nRequest         = codec.Intern("request")
	nResource        = codec.Intern("resource")
	nType            = codec.Intern("type")
	nURL             = codec.Intern("url")
)

// Method is an HTTP verb of Bundle.entry.request.
type Method string

// The methods of R4 (value set http-verb).
const (
	GET    Method = "GET"
	HEAD   Method = "HEAD"
	POST   Method = "POST"
	PUT    Method = "PUT"
	DELETE Method = "DELETE"
	PATCH  Method = "PATCH"
)

func (m Method) phase() int {
	switch m {
	case DELETE:
		return 0
	case POST:
		return 1
	case PUT, PATCH:
		return 2
	}
	return 3
}

// AnyVersion is the IfMatch of "*": there must be a resource, whatever its version.
const AnyVersion = -1

// Entry is one request of a batch or transaction.
type Entry struct {
	// Index is the entry's place in Bundle.entry, from 0.
	Index int
	// FullURL is the entry's address within the Bundle, empty for none.
	FullURL string
	Method  Method
	// URL is request.url as sent, Target what it means.
	URL    string
	Target Target
	// Resource is the content, a Document of its own; nil where there is none.
	Resource *codec.Document
	// Patch is what a PATCH is to do, nil otherwise.
	Patch *patch.Patch
	// IfMatch is a version, or AnyVersion; 0 for none.
	IfMatch int64
	// IfNoneExist is the query of a conditional create, without a question mark; IfNoneMatch and IfModifiedSince are the
	// entry's headers as sent. Empty means none.
	IfNoneExist, IfNoneMatch, IfModifiedSince string
	// Fault says what is wrong with the entry itself; nil when it can be processed.
	Fault *outcome.Error
}

// Path is the entry's FHIRPath, "Bundle.entry[2]".
func (e *Entry) Path() string { return "Bundle.entry[" + strconv.Itoa(e.Index) + "]" }

// Name says which request the entry makes, for messages: "PUT Patient/1".
func (e *Entry) Name() string { return string(e.Method) + " " + e.URL }

// Conditional tells whether the entry changes the resource that a query finds instead of one that it names.
func (e *Entry) Conditional() bool {
	return (e.Method == PUT || e.Method == PATCH || e.Method == DELETE) && e.Target.ID == ""
}

// Within says of issues that were found in the entry where they are in the Bundle: what names an element of the resource
// is moved below it, everything else is the entry's.
func (e *Entry) Within(issues []outcome.Issue) []outcome.Issue {
	moved := make([]outcome.Issue, len(issues))
	for i, issue := range issues {
		issue.Expression = e.within(issue.Expression)
		moved[i] = issue
	}
	return moved
}

func (e *Entry) within(expression string) string {
	if strings.HasPrefix(expression, "Bundle.entry[") && e.Resource.Type() != "Bundle" {
		return expression
	}
	if e.Resource == nil || expression == "" {
		return e.Path()
	}
	element, typed := strings.CutPrefix(expression, e.Resource.Type())
	if e.Method == PATCH && (!typed || e.Resource.Type() != "Parameters") { // an element of what was patched
		return e.Path()
	}
	if !typed || element != "" && element[0] != '.' {
		element = "." + expression
	}
	return e.Path() + ".resource" + element
}

func parseEntry(v codec.Value, index int, base string) Entry {
	request := v.Get(nRequest)
	e := Entry{
		Index:           index,
		FullURL:         strings.Clone(v.Get(nFullURL).Text()),
		Method:          Method(strings.Clone(request.Get(nMethod).Text())),
		URL:             strings.Clone(request.Get(nURL).Text()),
		IfNoneExist:     strings.TrimPrefix(strings.Clone(request.Get(nIfNoneExist).Text()), "?"),
		IfNoneMatch:     strings.Clone(request.Get(nIfNoneMatch).Text()),
		IfModifiedSince: strings.Clone(request.Get(nIfModifiedSince).Text()),
	}
	if resource := v.Get(nResource); resource.Exists() {
		e.Resource = v.Document().Extract(resource)
	}
	target, err := ParseTarget(e.URL, base)
	if err != nil {
		err.Issues[0].Expression = e.Path() + ".request.url"
		e.Fault = err
		return e
	}
	e.Target = target
	e.Fault = e.check(request.Get(nIfMatch).Text())
	return e
}

// check finds what cannot be meant: a method that the address does not have, content that is missing or belongs
// elsewhere, a header that is none.
func (e *Entry) check(ifMatch string) *outcome.Error {
	if err := e.checkAddress(); err != nil {
		return err
	}
	if ifMatch != "" {
		version, ok := parseETag(ifMatch)
		if strings.TrimSpace(ifMatch) == "*" {
			version, ok = AnyVersion, true
		}
		if !ok {
			return e.fault(http.StatusBadRequest, outcome.Value, ".request.ifMatch", "ifMatch is no version", ifMatch, `a version such as W/"3"`)
		}
		e.IfMatch = version
	}
	if err := e.checkConditions(); err != nil {
		return err
	}
	return e.checkResource()
}

// checkConditions refuses conditions that the method does not have: to ignore one would be to write regardless of it.
func (e *Entry) checkConditions() *outcome.Error {
	operates := e.Target.Operation != ""
	reads := e.Method == GET || e.Method == HEAD
	switch {
	case e.IfNoneExist != "" && (e.Method != POST || operates):
		return e.fault(http.StatusBadRequest, outcome.Value, ".request.ifNoneExist", "ifNoneExist belongs to a create", e.Name(), "POST and a resource type")
	case e.IfMatch != 0 && e.Method == POST && !operates:
		return e.fault(http.StatusBadRequest, outcome.Value, ".request.ifMatch", "a create replaces no version", e.Name(), "ifNoneExist, or no condition")
	case e.IfNoneMatch != "" && !reads:
		return e.fault(http.StatusBadRequest, outcome.Value, ".request.ifNoneMatch", "ifNoneMatch belongs to a read", e.Name(), "ifMatch with the version to replace")
	case e.IfModifiedSince != "" && !reads:
		return e.fault(http.StatusBadRequest, outcome.Value, ".request.ifModifiedSince", "ifModifiedSince belongs to a read", e.Name(), "ifMatch with the version to replace")
	}
	return nil
}

func (e *Entry) checkAddress() *outcome.Error {
	t := &e.Target
	ok := true
	switch e.Method {
	case POST:
		ok = t.Operation != "" || t.Type != "" && t.ID == "" && !t.History && t.Query == ""
	case PUT, PATCH, DELETE:
		ok = t.Type != "" && t.Operation == "" && !t.History && t.Version == 0 && t.Member == "" && (t.ID != "") != (t.Query != "")
	}
	if ok {
		return nil
	}
	return e.fault(http.StatusBadRequest, outcome.Value, ".request.url", "the method cannot be used with this url", e.Name(),
		"POST with a type; PUT, PATCH or DELETE with type/id")
}

func (e *Entry) checkResource() *outcome.Error {
	writes := e.Method == PUT || e.Method == POST && e.Target.Operation == ""
	if e.Resource == nil {
		if writes || e.Method == PATCH {
			return e.fault(http.StatusBadRequest, outcome.Required, ".resource", "the request needs a resource", "none", e.Name()+" with a resource")
		}
		return nil
	}
	if e.Method == PATCH {
		return e.readPatch()
	}
	if !writes {
		return nil
	}
	if typ := e.Resource.Type(); typ != e.Target.Type {
		return e.fault(http.StatusBadRequest, outcome.Structure, ".resource", "the resource does not belong to the url", typ, e.Target.Type)
	}
	if id := e.Resource.ID(); e.Method == PUT && e.Target.ID != "" && id != e.Target.ID {
		if id == "" {
			id = "none"
		}
		return e.fault(http.StatusBadRequest, outcome.Value, ".resource.id", "the resource's id is not the one in the url", id, e.Target.ID)
	}
	return nil
}

func (e *Entry) fault(status int, code, element, text, found, expected string) *outcome.Error {
	err := outcome.New(status, code, e.Path()+element, "%s", text)
	err.Issues[0].Found, err.Issues[0].Expected = shorten(found), expected
	return err
}

// parseETag reads W/"3", "3" and 3.
func parseETag(tag string) (int64, bool) {
	tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
	if n := len(tag); n >= 2 && tag[0] == '"' && tag[n-1] == '"' {
		tag = tag[1 : n-1]
	}
	return parseVersion(tag)
}

// parseVersion takes what this server writes: digits without a leading zero.
func parseVersion(text string) (int64, bool) {
	if text == "" || text[0] < '1' || text[0] > '9' {
		return 0, false
	}
	version, err := strconv.ParseInt(text, 10, 64)
	return version, err == nil
}

const longestQuote = 100

// shorten keeps what is quoted from a request readable.
func shorten(text string) string {
	if len(text) <= longestQuote {
		return text
	}
	return fmt.Sprintf("%s… (%d bytes)", strings.ToValidUTF8(text[:longestQuote], ""), len(text))
}
