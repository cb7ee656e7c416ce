package r4proto

import (
	"fmt"

	r4pb "github.com/google/fhir/go/proto/google/fhir/proto/r4/core/resources/bundle_and_contained_resource_go_proto"
	parameterspb "github.com/google/fhir/go/proto/google/fhir/proto/r4/core/resources/parameters_go_proto"
	"google.golang.org/protobuf/types/known/anypb"

	"claimwright/fhir/codec"
)

// google/fhir knows Parameters.parameter.resource in its protos but neither reads nor writes it as JSON. So resources
// are taken out of the parameters before, and put back after. Parameters are numbered as they are met, parts included,
// in the same order on both sides.

var (
	nameParameter = codec.Intern("parameter")
	namePart      = codec.Intern("part")
	nameResource  = codec.Intern("resource")
)

// heldResources finds the resources of a Parameters document by the number of their parameter.
func heldResources(d *codec.Document) map[int]codec.Value {
	held := map[int]codec.Value{}
	if d.Type() != "Parameters" {
		return held
	}
	number := 0
	var visit func(parameters codec.Value)
	visit = func(parameters codec.Value) {
		for p := range parameters.Each() {
			if r := p.Get(nameResource); r.Exists() {
				held[number] = r
			}
			number++
			visit(p.Get(namePart))
		}
	}
	visit(d.Root().Get(nameParameter))
	return held
}

// withoutResources rewrites a Parameters document without the resources in it.
func withoutResources(d *codec.Document) []byte {
	w := codec.NewWriter(make([]byte, 0, len(d.Bytes())))
	copyParameters(w, "", d.Root(), func() []byte { return nil })
	return w.Bytes()
}

// withResources rewrites a Parameters document with a resource for each of some parameters.
func withResources(d *codec.Document, held map[int][]byte) []byte {
	w := codec.NewWriter(make([]byte, 0, len(d.Bytes())))
	number := -1 // of the root, which is no parameter
	copyParameters(w, "", d.Root(), func() []byte {
		number++
		return held[number-1]
	})
	return w.Bytes()
}

// copyParameters copies the root, a parameter or a part; next gives the resource to write into each, in their order.
func copyParameters(w *codec.Writer, key string, v codec.Value, next func() []byte) {
	w.Object(key)
	w.RawOpt(nameResource.String(), next())
	for name, member := range v.Members() {
		switch name {
		case nameResource:
		case nameParameter, namePart:
			w.Array(name.String())
			for p := range member.Each() {
				copyParameters(w, "", p, next)
			}
			w.End()
		default:
			w.Raw(name.String(), member.Raw())
		}
	}
	w.End()
}

// putResources converts the resources of a document and sets them in its proto.
func putResources(r *r4pb.ContainedResource, d *codec.Document, held map[int]codec.Value) error {
	return eachParameter(r, func(number int, p *parameterspb.Parameters_Parameter) error {
		v, ok := held[number]
		if !ok {
			return nil
		}
		resource, err := ToProto(d.Extract(v))
		if err != nil {
			return fmt.Errorf("%s: %w", v.Path(), err)
		}
		p.Resource, err = anypb.New(resource)
		return err
	})
}

// takeResources converts the resources of a proto and clears them in it.
func takeResources(r *r4pb.ContainedResource) (map[int][]byte, error) {
	held := map[int][]byte{}
	err := eachParameter(r, func(number int, p *parameterspb.Parameters_Parameter) error {
		if p.GetResource() == nil {
			return nil
		}
		var inner r4pb.ContainedResource
		if err := p.GetResource().UnmarshalTo(&inner); err != nil {
			return fmt.Errorf("unpack the resource of parameter %q: %w", p.GetName().GetValue(), err)
		}
		d, err := FromProto(&inner)
		if err != nil {
			return fmt.Errorf("parameter %q: %w", p.GetName().GetValue(), err)
		}
		held[number], p.Resource = d.Bytes(), nil
		return nil
	})
	return held, err
}

// eachParameter visits the parameters and parts of a Parameters proto; other resources have none.
func eachParameter(r *r4pb.ContainedResource, visit func(int, *parameterspb.Parameters_Parameter) error) error {
	number := 0
	var walk func([]*parameterspb.Parameters_Parameter) error
	walk = func(list []*parameterspb.Parameters_Parameter) error {
		for _, p := range list {
			if err := visit(number, p); err != nil {
				return err
			}
			number++
			if err := walk(p.GetPart()); err != nil {
				return err
			}
		}
		return nil
	}
	return walk(r.GetParameters().GetParameter())
}
