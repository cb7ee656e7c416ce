package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/jobs"
	"claimwright/store/resources/compartment"
	"claimwright/store/resources/export"
)

const (
	ndjson     = "application/fhir+ndjson"
	exportKind = "export"
	// mostExported is how many patients a Group, or the parameter patient, may name.
	mostExported = 20_000
)

// exported is what a manifest tells of an export.
type exported struct {
	At      time.Time
	Request string
	Outputs []export.Output
}

var (
	nMember         = codec.Intern("member")
	nEntity         = codec.Intern("entity")
	nInactive       = codec.Intern("inactive")
	nReference      = codec.Intern("reference")
	nValueReference = codec.Intern("valueReference")
)

// exportParameters are those of all three exports (Bulk Data Access 2.0); patient is posted, for it is a Reference.
var exportParameters = []parameter{
	{"_outputFormat", "string"}, {"_since", "instant"}, {"_type", "string"}, {"_typeFilter", "string"},
}

// exportOperations are $export of everything, of all patients and of the members of a Group.
func exportOperations(s *Server) []*operation {
	if s.jobs == nil {
		return nil
	}
	of := func(resourceType string, on level, definition string) *operation {
		return &operation{
			name: "export", resourceType: resourceType, levels: on, in: exportParameters, asks: true, starts: true, anyFormat: true, handle: s.export,
			definition: "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/" + definition,
		}
	}
	return []*operation{of("", onSystem, "export"), of("Patient", onType, "patient-export"), of("Group", onInstance, "group-export")}
}

// export accepts an export (Bulk Data Access, "kick-off request").
func (s *Server) export(x *exchange) error {
	if !x.prefer.async {
		return badHeader("Prefer", x.Request().Header.Get("Prefer"), "respond-async: an export is answered later")
	}
	if accept := x.Request().Header.Get("Accept"); x.notServed != nil || accept == "" || x.format.xml {
		return badHeader("Accept", accept, "application/fhir+json")
	}
	input, err := x.operationInput(x.route.operation)
	if err != nil {
		return err
	}
	scope, err := x.exportScope(input)
	if err != nil {
		return err
	}
	a := x.asking()
	if _, err := compartment.New(a.reads, a.principal, a.query, scope); err != nil { // says what is wrong with it
		return err
	}
	what := exported{At: time.Now().UTC().Truncate(time.Millisecond), Request: x.address()}
	id, err := s.jobs.Start(x.ctx, jobs.Spec{Principal: x.principal.ID, Kind: exportKind, Request: what.Request}, a.exportTo(scope, what))
	if err != nil {
		return jobFault(err)
	}
	return x.accepted(id)
}

// exportTo makes the work of an export.
func (a asking) exportTo(scope compartment.Scope, what exported) jobs.Work {
	return func(ctx context.Context, t *jobs.Task) ([]byte, error) {
		outputs, err := export.Run(ctx, a.reads, a.principal, a.query, scope, export.Sink{
			At: what.At, Progress: t.Progress, Open: func(name string) export.File { return exportFile{t.File(name)} },
		})
		var refused *outcome.Error
		switch {
		case errors.As(err, &refused) && refused.Status < http.StatusInternalServerError:
			return json.Marshal(later{Status: refused.Status, Refused: refused.Issues})
		case err != nil:
			return nil, err
		}
		what.Outputs = outputs
		return json.Marshal(later{Status: http.StatusOK, Export: &what})
	}
}

// exportFile is a job's file as an export wants it.
type exportFile struct{ *jobs.Writer }

func (f exportFile) Close(ctx context.Context) error {
	_, err := f.Writer.Close(ctx)
	return err
}

// exportScope reads what is to be exported.
func (x *exchange) exportScope(input *codec.Document) (compartment.Scope, error) {
	scope := compartment.Scope{}
	if x.route.level != onSystem {
		scope.Kind = "Patient"
	}
	for name, value := range given(input) {
		if err := x.exportParameter(&scope, name, value); err != nil {
			return scope, err
		}
	}
	for filtered := range scope.Filters {
		if len(scope.Types) > 0 && !slices.Contains(scope.Types, filtered) {
			return scope, badParameter("_typeFilter", outcome.Value, filtered, "a filter of one of the types in _type")
		}
	}
	patients, asked := patientsOf(input)
	if x.route.level == onInstance {
		members, err := x.members()
		if err != nil {
			return scope, err
		}
		if asked {
			members = slices.DeleteFunc(members, func(id string) bool { return !slices.Contains(patients, id) })
		}
		patients, asked = members, true
	}
	if asked {
		scope.Kind = "Patient"
		slices.Sort(patients)
		scope.IDs = slices.Compact(patients)
		if len(scope.IDs) > mostExported {
			return scope, outcome.New(http.StatusUnprocessableEntity, outcome.TooCostly, "", "an export is of at most %d patients", mostExported)
		}
		if len(scope.IDs) == 0 {
			scope.IDs = []string{} // nobody, which is not everybody
		}
	}
	return scope, nil
}

func (x *exchange) exportParameter(scope *compartment.Scope, name, value string) error {
	switch name {
	case "_outputFormat":
		switch strings.ReplaceAll(value, " ", "+") {
		case ndjson, "application/ndjson", "ndjson":
			return nil
		}
		return badParameter(name, outcome.NotSupported, value, ndjson)
	case "_since":
		since, err := parseInstant(value)
		if err != nil {
			return badParameter(name, outcome.Value, value, "an instant such as 2026-01-31T08:30:00Z")
		}
		scope.Since = since
	case "_type":
		scope.Types = append(scope.Types, strings.Split(value, ",")...)
	case "_typeFilter":
		for filter := range strings.SplitSeq(value, ",") {
			if err := addFilter(scope, filter); err != nil {
				return err
			}
		}
	default:
		if x.prefer.strict {
			return badParameter(name, outcome.NotSupported, "a parameter that the export does not have", "_outputFormat, _since, _type, _typeFilter or patient")
		}
	}
	return nil
}

// addFilter reads a filter such as "Claim?status=active".
func addFilter(scope *compartment.Scope, filter string) error {
	resourceType, query, ok := strings.Cut(filter, "?")
	if !ok {
		return badParameter("_typeFilter", outcome.Value, filter, "a type and a query such as Claim?status=active")
	}
	if _, _, err := search.Parse(resourceType, query, search.Options{Strict: true}); err != nil {
		return err
	}
	if scope.Filters == nil {
		scope.Filters = map[string][]string{}
	}
	scope.Filters[resourceType] = append(scope.Filters[resourceType], query)
	return nil
}

// patientsOf are the ids that the parameter patient names; asked tells that there is one.
func patientsOf(input *codec.Document) (ids []string, asked bool) {
	for p := range input.Root().Get(nParameter).Each() {
		if p.Get(nName).Text() != "patient" {
			continue
		}
		asked = true
		if id, ok := patientID(p.Get(nValueReference).Get(nReference).Text()); ok {
			ids = append(ids, id)
		}
	}
	return ids, asked
}

func patientID(reference string) (string, bool) {
	if i := strings.LastIndex(reference, "Patient/"); i == 0 || i > 0 && reference[i-1] == '/' {
		id, _, _ := strings.Cut(reference[i+len("Patient/"):], "/")
		return strings.Clone(id), validID(id)
	}
	return "", false
}

// members are the patients of the Group that the path names; those that left it do not count.
func (x *exchange) members() ([]string, error) {
	record, err := x.srv.resources.Read(x.ctx, x.principal, store.Key{Type: "Group", ID: x.key.ID})
	if err != nil {
		return nil, err
	}
	doc, issues := codec.Parse(record.Body, codec.Limits{MaxBytes: len(record.Body)})
	if len(issues) > 0 {
		return nil, errors.New("the stored Group cannot be read")
	}
	var ids []string
	for member := range doc.Root().Get(nMember).Each() {
		if id, ok := patientID(member.Get(nEntity).Get(nReference).Text()); ok && !member.Get(nInactive).Bool() {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// sendManifest answers with what an export wrote (Bulk Data Access, "complete status").
func (x *exchange) sendManifest(job *jobs.Job, e *exported) error {
	w := codec.NewWriter(nil)
	w.Object("")
	w.Instant("transactionTime", e.At)
	w.String("request", e.Request)
	w.Bool("requiresAccessToken", false)
	for _, list := range [...]string{"output", "error"} {
		w.Key(list)
		var entries []string
		for _, out := range e.Outputs {
			if list == "output" {
				entry := codec.NewWriter(nil)
				entry.Object("")
				entry.String("type", out.Type)
				entry.String("url", x.baseURL()+jobsPath+"/"+job.ID+"/"+url.PathEscape(out.Name)+".ndjson")
				entry.Int("count", out.Count)
				entry.End()
				entries = append(entries, string(entry.Bytes()))
			}
		}
		w.Raw("", []byte("["+strings.Join(entries, ",")+"]"))
	}
	w.End()
	x.format = format{served: plainJSON}
	return x.send(http.StatusOK, w.Bytes())
}
