package intake

import (
	"fmt"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// Known maps a Reference element, or the evidence that references lead to, to the server's own resource ("Patient/1").
type Known map[codec.Value]string

// Settle returns the focal resource with references that can be stored without what came along:
//
//   - what is Known becomes a literal reference to the server's own, its identifier and display kept;
//   - bundled parties that are not known (persons, organisations, covers, earlier claims) become logical references by
//     their first identifier;
//   - other bundled resources that it refers to, and parties without an identifier, are contained;
//   - contained resources that nothing refers to any longer are left out;
//   - everything else stays as it is, byte for byte.
//
// A urn:uuid reference that leads nowhere is an issue, so that none is ever stored. A resource that needs no change is
// returned as it is.
func (it *Item) Settle(known Known) (*codec.Document, []outcome.Issue) {
	if !it.unsettled(known) {
		return it.Doc, nil
	}
	s := settler{it: it, known: known, carried: map[codec.Value]string{}, used: map[string]bool{}}
	s.indexContained()
	body := s.resource()
	if len(s.issues) > 0 {
		return nil, s.issues
	}
	return codec.Parse(body, codec.Limits{MaxBytes: 1 << 30}) // bounded by what was sent
}

func (it *Item) unsettled(known Known) bool {
	if len(known) > 0 {
		return true
	}
	for v := range it.Doc.References() {
		text := v.Text()
		switch {
		case !v.IsReference():
			if it.intoBundle(text) {
				return true
			}
		case text == "" || text[0] == '#':
		case isAbsolute(text):
			return true
		default:
			if _, found := it.Bundle.Find(it.FullURL, text); found {
				return true
			}
		}
	}
	return false
}

// intoBundle tells of a uri that is the fullUrl of an entry under a name that means nothing outside the Bundle.
func (it *Item) intoBundle(uri string) bool {
	if it.Bundle == nil || !strings.HasPrefix(uri, "urn:uuid:") {
		return false
	}
	_, found := it.Bundle.byURL[uri]
	return found
}

// settler copies one focal resource. References inside carried evidence are seen from the evidence's own fullUrl.
type settler struct {
	it      *Item
	known   Known
	w       *codec.Writer
	carried map[codec.Value]string // evidence -> its id as a contained resource
	queue   []Entry                // what is contained and not yet written: evidence, and what was contained before
	used    map[string]bool        // ids of contained resources that something kept refers to
	locals  map[string]codec.Value // the resource's own contained resources by id
	issues  []outcome.Issue
}

// resource writes the focal resource, then what it contains: first the members decide what is referred to.
func (s *settler) resource() []byte {
	root := s.it.Doc.Root()
	s.w = codec.NewWriter(make([]byte, 0, 2*len(s.it.Doc.Bytes())))
	s.w.Object("")
	for name, v := range root.Members() {
		if name != nContained {
			s.copy(name.String(), v, s.it.FullURL)
		}
	}
	contained := s.contained()
	if len(contained) > 0 {
		s.w.Array("contained")
		for _, c := range contained {
			s.w.Raw("", c)
		}
		s.w.End()
	}
	s.w.End()
	return s.w.Bytes()
}

// contained writes what is still referred to: the resource's own contained resources and the evidence that it carries.
// Either may refer to more of both.
func (s *settler) contained() [][]byte {
	body := s.w
	defer func() { s.w = body }()
	var out [][]byte
	for len(s.queue) > 0 {
		next := s.queue[0]
		s.queue = s.queue[1:]
		s.w = codec.NewWriter(nil)
		if s.carried[next.Resource] != "" {
			s.evidence(next)
		} else {
			s.copy("", next.Resource, s.it.FullURL)
		}
		out = append(out, s.w.Bytes())
	}
	return out
}

func (s *settler) indexContained() {
	s.locals = map[string]codec.Value{}
	for c := range s.it.Doc.Root().Get(nContained).Each() {
		s.locals[c.Get(nID).Text()] = c
	}
}

// evidence writes a bundled resource as a contained one, which has an id of its own and no meta (dom-4, dom-5).
func (s *settler) evidence(entry Entry) {
	s.w.Object("")
	s.w.Raw("resourceType", entry.Resource.Get(nResourceType).Raw())
	s.w.String("id", s.carried[entry.Resource])
	for name, v := range entry.Resource.Members() {
		switch name {
		case nResourceType, nID, nMeta:
		default:
			s.copy(name.String(), v, entry.FullURL)
		}
	}
	s.w.End()
}

func (s *settler) copy(key string, v codec.Value, from string) {
	switch v.Kind() {
	case codec.Object:
		if own, ok := s.known[v]; ok || v.Get(nReference).IsReference() {
			s.reference(key, v, own, from)
			return
		}
		s.w.Object(key)
		for name, m := range v.Members() {
			s.copy(name.String(), m, from)
		}
		s.w.End()
	case codec.Array:
		s.w.Array(key)
		for e := range v.Each() {
			s.copy("", e, from)
		}
		s.w.End()
	default:
		if v.Kind() == codec.String && s.it.intoBundle(v.Text()) {
			s.refuse(v, outcome.NotSupported, "The element points into the Bundle; only references may do so.", "the content itself")
		}
		s.w.Raw(key, v.Raw())
	}
}

// reference writes a Reference element by the rules of Settle.
func (s *settler) reference(key string, ref codec.Value, own, from string) {
	literal := ref.Get(nReference).Text()
	if own != "" {
		s.literal(key, ref, own)
		return
	}
	if strings.HasPrefix(literal, "#") {
		s.local(key, ref, s.locals[literal[1:]])
		return
	}
	if typ, id, ok := s.it.own(literal); ok {
		s.literal(key, ref, typ+"/"+id)
		return
	}
	entry, found := s.it.Bundle.Find(from, literal)
	switch {
	case found && s.known[entry.Resource] != "":
		s.literal(key, ref, s.known[entry.Resource])
	case found:
		s.unknown(key, ref, entry)
	case strings.HasPrefix(literal, "urn:"):
		s.refuse(ref.Get(nReference), outcome.Value, "The reference leads to nothing that was sent along.",
			"the fullUrl of an entry, or a reference such as Patient/1")
	default:
		s.w.Raw(key, ref.Raw())
	}
}

// local writes a Reference to a contained resource, which is kept unless it is known.
func (s *settler) local(key string, ref, target codec.Value) {
	if own := s.known[target]; own != "" && target.Exists() {
		s.literal(key, ref, own)
		return
	}
	if id := target.Get(nID).Text(); target.Exists() && !s.used[id] {
		s.used[id] = true
		s.queue = append(s.queue, Entry{Resource: target})
	}
	s.w.Raw(key, ref.Raw())
}

// literal writes a Reference with another literal reference, keeping what else it says.
func (s *settler) literal(key string, ref codec.Value, to string) {
	s.w.Object(key)
	s.w.String("reference", to)
	for name, m := range ref.Members() {
		if name != nReference {
			s.w.Raw(name.String(), m.Raw())
		}
	}
	s.w.End()
}

// logicalTypes are the types whose resources are parties and occasions: an identifier says who or which.
var logicalTypes = map[string]bool{
	"Patient": true, "RelatedPerson": true, "Practitioner": true, "PractitionerRole": true, "Organization": true,
	"HealthcareService": true, "Location": true, "Coverage": true, "Claim": true, "ClaimResponse": true,
	"Contract": true, "InsurancePlan": true, "Encounter": true,
}

// unknown writes a Reference to a bundled resource that is none of the server's own.
func (s *settler) unknown(key string, ref codec.Value, entry Entry) {
	typ := entry.Resource.Get(nResourceType).Text()
	identifier := entry.Resource.Find(nIdentifier)
	logical := identifier.Exists() && logicalTypes[typ]
	if logical || entry.Resource.Get(nContained).Exists() || entry.Resource == s.focal() {
		s.w.Object(key)
		s.w.String("type", typ)
		if identifier.Exists() {
			s.w.Raw("identifier", identifier.Raw())
		}
		s.w.StringOpt("display", ref.Get(nDisplay).Text())
		s.w.End()
		return
	}
	id, carried := s.carried[entry.Resource]
	if !carried {
		id = fmt.Sprintf("evidence-%d", len(s.carried)+1)
		s.carried[entry.Resource] = id
		s.queue = append(s.queue, entry)
	}
	s.literal(key, ref, "#"+id)
}

// focal is the entry of the focal resource itself, which cannot contain itself.
func (s *settler) focal() codec.Value {
	entry, _ := s.it.Bundle.Find("", s.it.FullURL)
	return entry.Resource
}

func (s *settler) refuse(at codec.Value, code, text, expected string) {
	s.issues = append(s.issues, outcome.Issue{Code: code, Expression: at.Path(), Text: text, Found: at.Text(), Expected: expected})
}
