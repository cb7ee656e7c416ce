package server

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"claimwright/fhir/codec"
	"claimwright/fhir/registry"
	"claimwright/fhir/search"
)

// fhirVersion is the version of FHIR that is spoken.
const fhirVersion = "4.0.1"

// support are the properties of a resource type that an interaction brings with it.
type support struct {
	readHistory, updateCreate            bool
	conditionalCreate, conditionalUpdate bool
	// conditionalRead and conditionalDelete are codes of R4; empty is not-supported.
	conditionalRead, conditionalDelete string
	// compartments tells that compartments can be searched; it is a property of the whole system.
	compartments bool
}

func (s support) and(o support) support {
	return support{
		readHistory:       s.readHistory || o.readHistory,
		updateCreate:      s.updateCreate || o.updateCreate,
		conditionalCreate: s.conditionalCreate || o.conditionalCreate,
		conditionalUpdate: s.conditionalUpdate || o.conditionalUpdate,
		conditionalRead:   s.conditionalRead + o.conditionalRead,
		conditionalDelete: s.conditionalDelete + o.conditionalDelete,
		compartments:      s.compartments || o.compartments,
	}
}

// capability is what the server says about itself, all but its address.
type capability struct {
	software Software
	patches  []string
	rest     []byte
	digest   [sha256.Size]byte
	custom   *search.Custom
}

// capabilityOf derives the statement from the routes and the search parameters beside R4's own, when it is first asked for
// and whenever those change.
func capabilityOf(software Software, cors bool, routes []route, custom func() *search.Custom) func() *capability {
	var made atomic.Pointer[capability]
	return func() *capability {
		now := custom()
		if c := made.Load(); c != nil && c.custom == now {
			return c
		}
		c := &capability{software: software, patches: patchesOf(routes), rest: restOf(routes, cors, now), custom: now}
		c.digest = sha256.Sum256(c.render("", nil))
		made.Store(c)
		return c
	}
}

// render writes the CapabilityStatement for a base URL (R4 CapabilityStatement).
func (c *capability) render(base string, buf []byte) []byte {
	w := codec.NewWriter(buf)
	w.Object("")
	w.String("resourceType", "CapabilityStatement")
	w.String("status", "active")
	w.String("date", c.software.Released.UTC().Format(time.DateOnly))
	w.String("kind", "instance")
	w.Object("software")
	w.String("name", orName(c.software.Name))
	w.StringOpt("version", c.software.Version)
	w.End()
	w.Object("implementation")
	w.String("description", "A claims and coverage-eligibility server that explains its decisions")
	w.StringOpt("url", base)
	w.End()
	w.String("fhirVersion", fhirVersion)
	w.Array("format")
	for _, name := range []string{"json", "application/fhir+json", "xml", "application/fhir+xml"} {
		w.String("", name)
	}
	w.End()
	w.Array("patchFormat")
	for _, name := range c.patches {
		w.String("", name)
	}
	w.End()
	w.Raw("rest", c.rest)
	w.End()
	return w.Bytes()
}

func orName(name string) string {
	if name == "" {
		return "Claimwright"
	}
	return name
}

// etag changes with the statement and with how it is shown, its base URL and its form, and with nothing else.
func (c *capability) etag(shown string) string {
	sum := sha256.New()
	sum.Write(c.digest[:])
	sum.Write([]byte(shown))
	return `W/"` + hex.EncodeToString(sum.Sum(nil)[:12]) + `"`
}

// patchesOf are the media types that patches may have.
func patchesOf(routes []route) []string {
	var types []string
	for i := range routes {
		types = append(types, routes[i].patches...)
	}
	return types
}

// restOf writes CapabilityStatement.rest from the routes.
func restOf(routes []route, cors bool, custom *search.Custom) []byte {
	var types, system []string
	var able support
	var offered []*route
	for i := range routes {
		r := &routes[i]
		types, system, able = append(types, r.types...), append(system, r.system...), able.and(r.support)
		if r.operation != nil && r.method == http.MethodPost { // a question has a route for GET as well
			offered = append(offered, r)
		}
	}
	w := codec.NewWriter(make([]byte, 0, 512<<10))
	w.Array("")
	w.Object("")
	w.String("mode", "server")
	w.Object("security")
	w.Bool("cors", cors)
	w.End()
	w.Array("resource")
	referring := referringTo(custom)
	for _, name := range registry.Types() {
		writeResource(w, name, types, able, offered, custom, referring[name])
	}
	w.End()
	writeInteractions(w, system)
	// Binary has the parameters that every type has, and none of its own.
	writeSearchParams(w, registry.Params("Binary"), func(p *registry.Param) bool { return p.Name[0] == '_' })
	writeOperations(w, offered, func(r *route) bool { return r.level == onSystem })
	if able.compartments {
		writeCompartments(w)
	}
	w.End()
	w.End()
	return w.Bytes()
}

// writeCompartments writes CapabilityStatement.rest.compartment.
func writeCompartments(w *codec.Writer) {
	w.Array("compartment")
	for _, name := range registry.Compartments() {
		w.String("", "http://hl7.org/fhir/CompartmentDefinition/"+strings.ToLower(name[:1])+name[1:])
	}
	w.End()
}

// writeResource writes one CapabilityStatement.rest.resource.
func writeResource(
	w *codec.Writer, name string, interactions []string, able support, offered []*route, custom *search.Custom, referring []string,
) {
	w.Object("")
	w.String("type", name)
	w.String("profile", "http://hl7.org/fhir/StructureDefinition/"+name)
	writeInteractions(w, interactions)
	w.String("versioning", "versioned")
	w.Bool("readHistory", able.readHistory)
	w.Bool("updateCreate", able.updateCreate)
	w.Bool("conditionalCreate", able.conditionalCreate)
	w.String("conditionalRead", orNotSupported(able.conditionalRead))
	w.Bool("conditionalUpdate", able.conditionalUpdate)
	w.String("conditionalDelete", orNotSupported(able.conditionalDelete))
	w.Array("referencePolicy")
	w.String("", "literal")
	w.String("", "logical")
	w.End()
	writeIncludes(w, name, custom, referring)
	writeSearchParams(w, custom.Params(name), func(*registry.Param) bool { return true })
	writeOperations(w, offered, func(r *route) bool {
		return r.level != onSystem && (r.operation.resourceType == "" || r.operation.resourceType == name)
	})
	w.End()
}

// writeOperations writes the operations of those routes that count, each once: it may be offered on a type and on its
// resources. The array is left out when it is empty.
func writeOperations(w *codec.Writer, offered []*route, counts func(*route) bool) {
	w.Array("operation")
	written := map[string]bool{}
	for _, r := range offered {
		if op := r.operation; counts(r) && !written[op.definition] {
			written[op.definition] = true
			w.Object("")
			w.String("name", op.name)
			w.String("definition", op.definition)
			w.End()
		}
	}
	w.End()
}

func orNotSupported(code string) string {
	if code == "" {
		return "not-supported"
	}
	return code
}

func writeInteractions(w *codec.Writer, codes []string) {
	w.Array("interaction")
	for _, code := range codes {
		w.Object("")
		w.String("code", code)
		w.End()
	}
	w.End()
}

// writeSearchParams writes the parameters that a search understands, of those that count.
func writeSearchParams(w *codec.Writer, params []*registry.Param, counts func(*registry.Param) bool) {
	w.Array("searchParam")
	for _, p := range params {
		if !search.Offered(p) || !counts(p) {
			continue
		}
		w.Object("")
		w.String("name", p.Name)
		w.String("definition", p.URL)
		w.String("type", p.Type.String())
		w.End()
	}
	w.End()
}
