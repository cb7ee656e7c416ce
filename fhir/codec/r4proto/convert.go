package r4proto

import (
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/google/fhir/go/fhirversion"
	"github.com/google/fhir/go/jsonformat"
	r4pb "github.com/google/fhir/go/proto/google/fhir/proto/r4/core/resources/bundle_and_contained_resource_go_proto"
	"google.golang.org/protobuf/proto"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// The document was checked by codec, and by more rules than google/fhir has: it is not validated again.
var unmarshaller = sync.OnceValues(func() (*jsonformat.Unmarshaller, error) {
	return jsonformat.NewUnmarshallerWithoutValidation("UTC", fhirversion.R4)
})

var marshaller = sync.OnceValues(func() (*jsonformat.Marshaller, error) {
	return jsonformat.NewMarshaller(false, "", "", fhirversion.R4)
})

// ToProto converts a document. Times without a zone, which R4 allows for dates only, are taken as UTC.
func ToProto(d *codec.Document) (*r4pb.ContainedResource, error) {
	if d == nil {
		return nil, errors.New("convert document: there is none")
	}
	u, err := unmarshaller()
	if err != nil {
		return nil, fmt.Errorf("make google/fhir's parser: %w", err)
	}
	body := d.Bytes()
	held := heldResources(d)
	if len(held) > 0 {
		body = withoutResources(d)
	}
	r, err := u.UnmarshalR4(body)
	if err != nil {
		return nil, fmt.Errorf("convert %s to a proto: %w", d.Type(), err)
	}
	if err := putResources(r, d, held); err != nil {
		return nil, err
	}
	return r, nil
}

// FromProto converts a resource and checks it as codec.Parse does: a proto that is not valid R4 is an *outcome.Error
// with every issue. The proto is not changed, although google/fhir's own marshaller would.
func FromProto(r *r4pb.ContainedResource) (*codec.Document, error) {
	m, err := marshaller()
	if err != nil {
		return nil, fmt.Errorf("make google/fhir's marshaller: %w", err)
	}
	r = proto.Clone(r).(*r4pb.ContainedResource)
	held, err := takeResources(r)
	if err != nil {
		return nil, err
	}
	body, err := m.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("convert a proto to JSON: %w", err)
	}
	d, err := parse(body)
	if err != nil || len(held) == 0 {
		return d, err
	}
	return parse(withResources(d, held))
}

func parse(body []byte) (*codec.Document, error) {
	d, issues := codec.Parse(body, codec.Limits{})
	if len(issues) > 0 {
		return nil, outcome.Of(http.StatusUnprocessableEntity, issues)
	}
	return d, nil
}
