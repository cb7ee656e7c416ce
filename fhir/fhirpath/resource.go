package fhirpath

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/gofhir/fhirpath/types"
)

// ErrNotJSON is a text that cannot be read as a JSON object.
var ErrNotJSON = errors.New("not a JSON object")

// Resource is a resource that expressions can be evaluated over. It is immutable, safe for concurrent use, and shares the
// memory of the bytes it was read from, which must not change.
type Resource struct {
	json []byte
	refs map[string][]byte
}

// Read makes a Resource of a resource's JSON. It checks that it is JSON and nothing more, so that answers of other servers
// can be examined whether they are valid or not.
func Read(body []byte) (*Resource, error) {
	if !json.Valid(body) {
		return nil, ErrNotJSON
	}
	var head struct {
		Contained []json.RawMessage
		Entry     []struct {
			FullURL  string
			Resource json.RawMessage
		}
	}
	if err := json.Unmarshal(body, &head); err != nil {
		head.Contained, head.Entry = nil, nil
		if body[0] != '{' {
			return nil, ErrNotJSON
		}
	}
	r := &Resource{json: body, refs: map[string][]byte{}}
	for _, c := range head.Contained {
		r.name("#", c)
	}
	for _, e := range head.Entry {
		if e.FullURL != "" {
			r.refs[e.FullURL] = e.Resource
		}
		r.name("/", e.Resource)
	}
	return r, nil
}

// name files an inner resource under "#id" or "Type/id".
func (r *Resource) name(separator string, inner []byte) {
	var is struct{ ResourceType, ID string }
	if json.Unmarshal(inner, &is) != nil || is.ID == "" {
		return
	}
	if separator == "/" {
		separator = is.ResourceType + "/"
	}
	r.refs[separator+is.ID] = inner
}

// Resolve implements the library's resolver within the resource.
func (r *Resource) Resolve(_ context.Context, reference string) ([]byte, error) {
	if inner, ok := r.refs[reference]; ok {
		return inner, nil
	}
	return nil, errors.New("not in this resource")
}

// Root is the resource as a Value.
func (r *Resource) Root() Value { return Value{types.NewObjectValue(r.json)} }
