package server

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// namedKey is the resource that the path names. What cannot be an id is looked for among the paths that are no instances
// ("/Claim/$submit"), so that the client learns what it got wrong.
func (x *exchange) namedKey() (store.Key, error) {
	id := x.Param("id")
	if validID(id) {
		return store.Key{Type: x.resourceType(), ID: id}, nil
	}
	if strings.HasPrefix(id, "$") || strings.HasPrefix(id, "_") || id == "" {
		return store.Key{}, x.srv.unknownPath(x)
	}
	status, code := http.StatusNotFound, outcome.NotFound
	if x.Request().Method == http.MethodPut {
		status, code = http.StatusBadRequest, outcome.Value
	}
	err := outcome.New(status, code, x.resourceType()+".id", "the path has no valid resource id")
	err.Issues[0].Found, err.Issues[0].Expected = bounded(id), "1 to 64 letters, digits, '-' and '.'"
	return store.Key{}, err
}

// validID tells whether a text is an id (R4 datatypes, id).
func validID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '.':
		default:
			return false
		}
	}
	return true
}

// parse reads the body as a resource, reporting everything that is wrong with it at once.
func (x *exchange) parse() (*codec.Document, error) {
	doc, issues := codec.Parse(x.body, codec.Limits{MaxBytes: int(x.srv.limits.Body)})
	if refused := outcome.Rejected(issues); refused != nil {
		return nil, refused
	}
	return doc, nil
}

// parseTyped reads the body as a resource of the type that the path names.
func (x *exchange) parseTyped() (*codec.Document, error) {
	doc, err := x.parse()
	if err != nil {
		return nil, x.ofAnotherType(err)
	}
	if doc.Type() != x.resourceType() {
		return nil, otherType(doc.Type(), x.resourceType())
	}
	return doc, nil
}

// ofAnotherType says of a refused body that it does not belong to the path, if that is so: what else is wrong with it is
// then not what the client needs to know.
func (x *exchange) ofAnotherType(err error) error {
	var refused *outcome.Error
	if !errors.As(err, &refused) || len(refused.Issues) == 0 {
		return err
	}
	if kind := rootOf(refused.Issues[0].Expression); kind != x.resourceType() && codec.ResourceType(kind).Known() {
		return otherType(kind, x.resourceType())
	}
	return err
}

func otherType(found, expected string) error {
	err := outcome.New(http.StatusBadRequest, outcome.Structure, found, "the resource in the body is not of the type in the path")
	err.Issues[0].Found, err.Issues[0].Expected = found, expected
	return err
}

// sendRecord answers a read with the bytes as they are stored, or with 304 where the client has them already.
func (x *exchange) sendRecord(r *store.Record) error {
	if x.key.Type == binaryType {
		return x.sendBinary(r)
	}
	return x.sendResource(r)
}

func (x *exchange) sendResource(r *store.Record) error {
	x.describe(r.Version, r.Updated)
	if notModified(x.Request().Header, r.Version, r.Updated) {
		return x.sendNothing(http.StatusNotModified)
	}
	return x.sendRead(formed(x.form, r.Body))
}

// describing sets the headers of the version that was read also where that is a delete, which is answered with 410.
func (x *exchange) describing(r *store.Record, err error) (*store.Record, error) {
	var gone *resources.Gone
	if errors.As(err, &gone) {
		x.describe(gone.Version, gone.Updated)
	}
	return r, err
}

// describe sets the headers that tell a version (R4 §3.1.0.1.4).
func (x *exchange) describe(version int64, updated time.Time) {
	h := x.header()
	h["Etag"] = []string{etag(version)}
	h["Last-Modified"] = []string{updated.UTC().Format(http.TimeFormat)}
}

// sendStored answers a create or update, with as much as the client prefers to see of it.
func (x *exchange) sendStored(stored *resources.Stored) error {
	x.describe(stored.Version, stored.Updated)
	x.header()["Location"] = []string{x.versionURL(stored.Key.Type, stored.Key.ID, stored.Version)}
	status := http.StatusOK
	if stored.Created {
		status = http.StatusCreated
	}
	switch x.prefer.returned {
	case returnMinimal:
		return x.sendNothing(status)
	case returnOutcome:
		return x.sendOutcome(status, wrote(stored))
	}
	return x.send(status, stored.Doc.Bytes())
}

// wrote says in an OperationOutcome what a write did.
func wrote(stored *resources.Stored) outcome.Issue {
	text := "updated"
	switch {
	case stored.Removed > 0:
		text = fmt.Sprintf("deleted %d resources", stored.Removed)
	case stored.Deleted:
		text = "deleted"
	case stored.Created:
		text = "created"
	case stored.Unchanged:
		text = "nothing was written, because nothing would change"
	}
	return outcome.Issue{Severity: outcome.Information, Code: outcome.Informational, Text: text}
}
