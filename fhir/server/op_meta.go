package server

import (
	"context"
	"net/http"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
	"claimwright/store"
	"claimwright/store/resources"
)

var (
	nMeta      = codec.Intern("meta")
	nName      = codec.Intern("name")
	nParameter = codec.Intern("parameter")
	nValueMeta = codec.Intern("valueMeta")
)

// metaOperations are $meta, $meta-add and $meta-delete (R4 resource-operations.html), on every type.
func metaOperations(service *resources.Service) []*operation {
	const definition = "http://hl7.org/fhir/OperationDefinition/Resource-"
	sets := metaChanges{service}
	return []*operation{
		{name: "meta", definition: definition + "meta", levels: onSystem | onType | onInstance | onVersion, in: []parameter{}, asks: true, transacts: true, run: tellMeta},
		{name: "meta-add", definition: definition + "meta-add", levels: onInstance, transacts: true, run: sets.run(resources.MetaSets.With)},
		{name: "meta-delete", definition: definition + "meta-delete", levels: onInstance, transacts: true, run: sets.run(resources.MetaSets.Without)},
	}
}

// tellMeta answers with the meta of a resource or a version, or with all that those of a type or of the whole system say.
func tellMeta(ctx context.Context, c *call) (answered, error) {
	if c.level == onSystem || c.level == onType {
		types := registry.Types()
		if c.level == onType {
			types = []string{c.key.Type}
		}
		found, err := c.reads.MetaInUse(ctx, c.principal, types...)
		return answered{body: metaAnswer(found.Write)}, err
	}
	read := c.reads.Read
	if c.level == onVersion {
		read = func(ctx context.Context, p resources.Principal, key store.Key) (*store.Record, error) {
			return c.reads.VRead(ctx, p, key, c.version)
		}
	}
	record, err := read(ctx, c.principal, c.key)
	if err != nil {
		return answered{}, err
	}
	doc, issues := codec.Parse(record.Body, codec.Limits{MaxBytes: len(record.Body)})
	if refused := outcome.Rejected(issues); refused != nil {
		return answered{}, refused
	}
	return answered{body: wholeMeta(doc)}, nil
}

// wholeMeta is the meta of a resource as an answer, its version and time included.
func wholeMeta(doc *codec.Document) []byte {
	return metaAnswer(func(w *codec.Writer) {
		for name, value := range doc.Root().Get(nMeta).Members() {
			w.Raw(name.String(), value.Raw())
		}
	})
}

// metaAnswer writes Parameters with the one parameter return, a Meta.
func metaAnswer(members func(*codec.Writer)) []byte {
	w := codec.NewWriter(nil)
	w.Object("")
	w.String("resourceType", "Parameters")
	w.Array("parameter")
	w.Object("")
	w.String("name", "return")
	w.Object("valueMeta")
	members(w)
	w.End()
	w.End()
	w.End()
	w.End()
	return w.Bytes()
}

type metaChanges struct{ service *resources.Service }

// run makes an operation that combines the sets of a resource's meta with those of the parameter meta. If-Match is
// honoured as by an update.
func (m metaChanges) run(combine func(have, given resources.MetaSets) resources.MetaSets) func(context.Context, *call) (answered, error) {
	return func(ctx context.Context, c *call) (answered, error) {
		given, err := givenMeta(c.input)
		if err != nil {
			return answered{}, err
		}
		wanted, err := ifMatch(c.header)
		if err != nil {
			return answered{}, err
		}
		change := func(have resources.MetaSets) resources.MetaSets { return combine(have, given) }
		var stored *resources.Stored
		if c.unit != nil {
			stored, err = c.unit.ChangeMeta(ctx, c.key, wanted, change)
		} else {
			stored, err = m.service.ChangeMeta(ctx, c.principal, c.key, wanted, change)
		}
		if err != nil {
			return answered{}, err
		}
		return answered{body: wholeMeta(stored.Doc)}, nil
	}
}

// givenMeta is the parameter meta of Parameters, given once.
func givenMeta(input *codec.Document) (resources.MetaSets, error) {
	var meta codec.Value
	count := 0
	for p := range input.Root().Get(nParameter).Each() {
		if p.Get(nName).Text() == "meta" {
			meta, count = p.Get(nValueMeta), count+1
		}
	}
	if input.Type() != "Parameters" || count != 1 || !meta.Exists() {
		err := outcome.New(http.StatusBadRequest, outcome.Required, "Parameters.parameter.where(name='meta')", "the operation needs Parameters with one parameter meta")
		err.Issues[0].Expected = "valueMeta with profile, security or tag"
		return resources.MetaSets{}, err
	}
	return resources.MetaSetsOf(meta), nil
}
