package server

import (
	"context"
	"errors"
	"net/http"

	"claimwright/fhir/codec"
	"claimwright/fhir/fhirpath"
	"claimwright/fhir/outcome"
	"claimwright/fhir/profile"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/resources/profiles"
)

// validation is $validate (R4 resource-operation-validate.html): it judges a resource and stores nothing.
type validation struct {
	service *resources.Service
	library *profiles.Library
}

// validateOperation is offered on the system, every type and every resource.
func validateOperation(service *resources.Service) *operation {
	v := &validation{service: service, library: profiles.New()}
	return &operation{
		name: "validate", definition: "http://hl7.org/fhir/OperationDefinition/Resource-validate",
		levels: onSystem | onType | onInstance, asks: true, judges: true, handle: v.handle, run: v.run,
		in: []parameter{{"mode", "code"}, {"profile", "uri"}},
	}
}

// handle answers a request of its own: 200 with an OperationOutcome whether the resource is right or wrong. A request that
// leaves nothing to judge is refused.
func (v *validation) handle(x *exchange) error {
	if x.unread != nil {
		return x.sendOutcome(http.StatusOK, x.unread...)
	}
	asked, err := askedValidation(x.query, x.body, x.key.ID != "")
	if err != nil {
		return err
	}
	if err := asked.refuseUnknown(x.prefer.strict); err != nil {
		return err
	}
	asked.key = store.Key{Type: x.resourceType(), ID: x.key.ID}
	issues, err := v.judge(x.ctx, x.asking(), asked)
	if err != nil {
		return err
	}
	return x.sendOutcome(http.StatusOK, append(issues, asked.warnings()...)...)
}

// run answers an entry of a batch, whose resource the codec has read already.
func (v *validation) run(ctx context.Context, c *call) (answered, error) {
	asked, err := askedValidation(c.raw, c.input.Bytes(), c.level == onInstance)
	if err != nil {
		return answered{}, err
	}
	if err := asked.refuseUnknown(c.query.Strict); err != nil {
		return answered{}, err
	}
	asked.key = c.key
	issues, err := v.judge(ctx, c.asking, asked)
	return answered{body: outcome.Render(append(issues, asked.warnings()...))}, err
}

// judge gives all that is wrong with the resource that was sent, or with the stored one. An error says why that cannot be told.
func (v *validation) judge(ctx context.Context, who asking, asked validationAsked) ([]outcome.Issue, error) {
	body := asked.resource
	if asked.key.ID != "" && (body == nil || asked.mode == modeDelete) {
		record, err := who.reads.Read(ctx, who.principal, asked.key)
		if err != nil {
			return nil, err
		}
		if asked.mode == modeDelete {
			return judged(nil, v.service.TryDelete(ctx, who.principal, asked.key))
		}
		body = record.Body
	}
	if body == nil {
		return nil, outcome.New(http.StatusBadRequest, outcome.Required, "Parameters.parameter.where(name='resource')", "there is no resource to validate")
	}
	limits := codec.Limits{MaxBytes: len(body)}
	kind, err := recognized(body, limits)
	if err != nil {
		return nil, err
	}
	found := v.library.For(who.reads, who.principal)
	issues, err := profile.Validator{Profiles: found, Terms: found}.Validate(ctx, body, limits, asked.profiles...)
	if err != nil {
		return nil, validationFault(err)
	}
	if want := asked.key.Type; want != "" && kind != want {
		issues = append(issues, outcome.Issue{Severity: outcome.Failure, Code: outcome.Structure, Expression: kind,
			Text: "The resource is not of the type in the path.", Found: kind, Expected: want})
	}
	if outcome.Rejected(issues) != nil {
		return issues, nil
	}
	return judged(issues, v.tried(ctx, who.principal, asked, body, limits))
}

// tried asks what storing a resource that is right would be refused for, in the modes that ask so.
func (v *validation) tried(ctx context.Context, p resources.Principal, asked validationAsked, body []byte, limits codec.Limits) error {
	if asked.mode != modeCreate && asked.mode != modeUpdate {
		return nil
	}
	doc, _ := codec.Parse(body, limits)
	if asked.mode == modeUpdate {
		return v.service.TryUpdate(ctx, p, asked.key, doc)
	}
	return v.service.TryCreate(ctx, p, doc)
}

// judged adds what an attempt was refused for. A failure to try is no finding.
func judged(issues []outcome.Issue, refused error) ([]outcome.Issue, error) {
	var said *outcome.Error
	switch {
	case refused == nil:
		return issues, nil
	case errors.As(refused, &said) && said.StatusOr500() < http.StatusInternalServerError:
		return append(issues, said.Issues...), nil
	}
	return nil, refused
}

// recognized is the type of the resource that a body is meant to be. Where not even that can be told, nothing can be
// validated (400).
func recognized(body []byte, limits codec.Limits) (string, error) {
	if r, err := fhirpath.Read(body); err == nil {
		if kind := r.Root().Type(); codec.ResourceType(kind).Known() {
			return kind, nil
		}
	}
	_, issues := codec.Parse(body, limits)
	for _, i := range issues {
		if kind := rootOf(i.Expression); codec.ResourceType(kind).Known() {
			return kind, nil
		}
	}
	return "", outcome.Of(http.StatusBadRequest, issues)
}

// rootOf is the first step of a path.
func rootOf(path string) string {
	for i := range len(path) {
		if path[i] == '.' || path[i] == '[' {
			return path[:i]
		}
	}
	return path
}

// validationFault says why a resource could not be validated as asked: an unknown profile is no finding (R4: the server
// SHALL return an error).
func validationFault(err error) error {
	var unknown *profile.Unknown
	var unusable *profile.Unusable
	switch {
	case errors.As(err, &unknown):
		f := outcome.New(http.StatusNotFound, outcome.NotSupported, "", "the profile is not known here: store its StructureDefinition first")
		f.Issues[0].Found = bounded(unknown.Canonical)
		return f
	case errors.As(err, &unusable):
		f := outcome.New(http.StatusBadRequest, outcome.NotSupported, "", "the StructureDefinition of the profile cannot be used: %s", unusable.Reason)
		f.Issues[0].Found = bounded(unusable.Canonical)
		return f
	}
	return err
}
