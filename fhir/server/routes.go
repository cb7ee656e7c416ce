package server

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// basePath is where FHIR begins; the base URL is the server's address followed by it.
const basePath = "/fhir"

// The probes' paths.
const (
	livezPath  = "/livez"
	readyzPath = "/readyz"
)

// bodyKind says what a route reads.
type bodyKind uint8

const (
	noBody bodyKind = iota
	resourceBody
	formBody
	patchBody
)

// route is one method on one path. The CapabilityStatement is generated from the routes, so that it cannot promise what
// is not there.
type route struct {
	method string
	// path is in Echo's syntax, below the base path.
	path string
	// types are the interactions offered for every resource type, system those offered for the whole system, by their
	// codes in the value sets type-restful-interaction and system-restful-interaction.
	types, system []string
	// support are the properties of a type that the route brings.
	support support
	// operation is set where the route invokes one, on a level.
	operation *operation
	level     level
	// anyFormat leaves it to the handler what to say to a client that accepts no format of resources.
	anyFormat bool
	// native lets a Binary travel as its content.
	native bool
	// probe marks what orchestrators ask: open, always answered, and not worth a line in the log.
	probe bool
	body  bodyKind
	// patches are the media types of the patches that the route takes.
	patches []string
	handle  func(*exchange) error
}

// interactionRoutes are the routes of the RESTful API. A GET serves HEAD as well, unless it starts work.
func (s *Server) interactionRoutes() []route {
	const instance = "/:type/:id"
	return []route{
		{method: http.MethodGet, path: "/metadata", handle: s.metadata},
		{method: http.MethodPost, path: "", system: []string{"transaction", "batch"}, body: resourceBody, handle: s.bundle},
		{method: http.MethodPost, path: "/", body: resourceBody, handle: s.bundle},

		{method: http.MethodGet, path: instance, types: []string{"read"}, support: support{conditionalRead: "full-support"}, native: true, handle: s.read},
		{method: http.MethodGet, path: instance + "/_history/:version", types: []string{"vread"}, support: support{readHistory: true}, native: true, handle: s.vread},
		{method: http.MethodPut, path: instance, types: []string{"update"}, support: support{updateCreate: s.resources.UpdateCreate()}, body: resourceBody, native: true, handle: s.update},
		{method: http.MethodPatch, path: instance, types: []string{"patch"}, body: patchBody, patches: patchFormats, handle: s.patch},
		{method: http.MethodDelete, path: instance, types: []string{"delete"}, handle: s.delete},
		{method: http.MethodGet, path: instance + "/_history", types: []string{"history-instance"}, handle: s.history},
		{method: http.MethodGet, path: "/:type/_history", types: []string{"history-type"}, handle: s.history},
		{method: http.MethodGet, path: "/_history", system: []string{"history-system"}, handle: s.history},
		{method: http.MethodPost, path: "/:type", types: []string{"create"}, support: support{conditionalCreate: true}, body: resourceBody, native: true, handle: s.create},
		{method: http.MethodPut, path: "/:type", support: support{conditionalUpdate: true}, body: resourceBody, handle: s.updateWhere},
		{method: http.MethodPatch, path: "/:type", body: patchBody, handle: s.patchWhere},
		{method: http.MethodDelete, path: "/:type", support: support{conditionalDelete: s.conditionalDelete()}, handle: s.deleteWhere},
		{method: http.MethodGet, path: "/:type", types: []string{"search-type"}, handle: s.search},
		{method: http.MethodPost, path: "/:type/_search", body: formBody, handle: s.search},
		{method: http.MethodGet, path: "", system: []string{"search-system"}, handle: s.searchSystem},
		{method: http.MethodGet, path: "/", handle: s.searchSystem},
		{method: http.MethodPost, path: "/_search", body: formBody, handle: s.searchSystem},
		{method: http.MethodGet, path: instance + "/:member", support: support{compartments: true}, handle: s.searchCompartment},
		{method: http.MethodPost, path: instance + "/:member/_search", body: formBody, handle: s.searchCompartment},
		{method: http.MethodPost, path: instance + "/_search", body: formBody, handle: s.searchWholeCompartment},
	}
}

// operationRoutes are the routes of the operations that this server was given.
func (s *Server) operationRoutes() []route {
	var routes []route
	for _, op := range s.operations {
		for _, on := range [...]level{onSystem, onType, onInstance, onVersion} {
			if op.levels&on == 0 {
				continue
			}
			r := route{method: http.MethodPost, path: op.path(on), operation: op, level: on, anyFormat: op.anyFormat, body: resourceBody, handle: s.invoke(op, on)}
			routes = append(routes, r)
			if op.asks {
				r.method, r.body = http.MethodGet, noBody
				routes = append(routes, r)
			}
		}
	}
	return routes
}

// path is where an operation is invoked on a level, in Echo's syntax.
func (op *operation) path(on level) string {
	kind := "/" + op.resourceType
	if op.resourceType == "" {
		kind = "/:type"
	}
	switch on {
	case onSystem:
		return "/$" + op.name
	case onType:
		return kind + "/$" + op.name
	case onInstance:
		return kind + "/:id/$" + op.name
	}
	return kind + "/:id/_history/:version/$" + op.name
}

// probeRoutes are for orchestrators; they are outside FHIR's base.
func (s *Server) probeRoutes() []route {
	return []route{
		{method: http.MethodGet, path: livezPath, probe: true, handle: s.livez},
		{method: http.MethodGet, path: readyzPath, probe: true, handle: s.readyz},
	}
}

// register puts the routes of a table under a prefix.
func (s *Server) register(e *echo.Echo, prefix string, routes []route) {
	for i := range routes {
		r := &routes[i]
		path := prefix + r.path
		methods := []string{r.method}
		if r.method == http.MethodGet && (r.operation == nil || !r.operation.starts) {
			methods = append(methods, http.MethodHead)
		}
		for _, method := range methods {
			e.Add(method, path, s.handler(r))
		}
		s.methods[path] = append(s.methods[path], methods...)
		if !slices.Contains(s.methods[path], http.MethodOptions) { // Echo answers it everywhere
			s.methods[path] = append(s.methods[path], http.MethodOptions)
		}
	}
}

// typed tells whether the path names a resource type that must be checked.
func (r *route) typed() bool { return strings.HasPrefix(r.path, "/:type") }

// instance tells whether the path names a resource.
func (r *route) instance() bool {
	return strings.HasPrefix(r.path, "/:type/:id") || r.level&(onInstance|onVersion) != 0
}

// resourceType is the type that the path names: a parameter, or fixed where the route is an operation's.
func (x *exchange) resourceType() string {
	if x.route.operation != nil && x.route.operation.resourceType != "" {
		return x.route.operation.resourceType
	}
	return x.Param("type")
}

// routingFault puts what Echo says about a request without a route into words; other errors pass.
func (s *Server) routingFault(x *exchange, err error) error {
	switch {
	case errors.Is(err, echo.ErrNotFound):
		return s.unknownPath(x)
	case errors.Is(err, echo.ErrMethodNotAllowed):
		path := echo.GetPath(x.Request())
		if kind, ok := namedType(path); ok && (!registry.IsType(kind) || strings.Contains(path, "/$")) {
			x.header().Del("Allow")
			return s.unknownPath(x)
		}
		return s.otherMethod(x, s.methods[x.Path()])
	}
	return err
}

// unknownPath says which part of a path is not known: 405 where another method would be served, else 404.
func (s *Server) unknownPath(x *exchange) error {
	path := echo.GetPath(x.Request())
	if methods := s.methodsAt(path); len(methods) > 0 {
		return s.otherMethod(x, methods)
	}
	err := outcome.New(http.StatusNotFound, outcome.NotSupported, "", "there is nothing at this path")
	err.Issues[0].Found = bounded(path)
	kind, ok := namedType(path)
	switch {
	case ok && !registry.IsType(kind) && !strings.HasPrefix(kind, "$"):
		err.Issues[0].Text = "the path names no resource type of R4"
		err.Issues[0].Expected = "a resource type such as Claim, in its exact spelling"
	case ok && strings.Contains(path, "/$"):
		err.Issues[0].Text = "this operation is not offered; /metadata lists those that are"
	}
	return err
}

// methodsAt finds the methods of a path that a route with a parameter took for itself: "/Claim/$submit" looks like an
// instance of Claim to a GET.
func (s *Server) methodsAt(path string) []string {
	if methods := s.methods[path]; len(methods) > 0 {
		return methods
	}
	kind, ok := namedType(path)
	if !ok || !registry.IsType(kind) {
		return nil
	}
	rest := strings.TrimPrefix(path, basePath+"/"+kind)
	if id, after, ok := strings.Cut(strings.TrimPrefix(rest, "/"), "/"); ok && validID(id) {
		rest = "/:id/" + after
		if version, name, ok := strings.Cut(strings.TrimPrefix(after, "_history/"), "/$"); ok && after != version+"/$"+name {
			rest = "/:id/_history/:version/$" + name
		}
	}
	if methods := s.methods[basePath+"/"+kind+rest]; len(methods) > 0 {
		return methods
	}
	return s.methods[basePath+"/:type"+rest]
}

// namedType is the first segment below the base path.
func namedType(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, basePath+"/")
	if !ok || rest == "" {
		return "", false
	}
	kind, _, _ := strings.Cut(rest, "/")
	return kind, true
}

// otherMethod says which methods a path has (405 with Allow).
func (s *Server) otherMethod(x *exchange, methods []string) error {
	allow := strings.Join(methods, ", ")
	x.header().Set("Allow", allow)
	err := outcome.New(http.StatusMethodNotAllowed, outcome.NotSupported, "", "this method is not offered at this path")
	err.Issues[0].Found, err.Issues[0].Expected = bounded(x.Request().Method), allow
	return err
}

// sortedMethods makes the answers of a table the same in every run.
func sortedMethods(table map[string][]string) {
	for path := range table {
		slices.Sort(table[path])
	}
}
