package xmlform

import (
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// xhtml is the namespace of narratives.
const xhtml = "http://www.w3.org/1999/xhtml"

// deepest is how deep elements may nest outside of narratives; the codec's limit for the JSON is tighter.
const deepest = 128

// Read turns a resource in FHIR's XML form into the same resource in JSON. It judges what XML alone can get wrong: what is
// not well-formed, namespaces, elements and attributes that there are none of, the order of elements. What it returns is
// then judged by codec.Parse like any other JSON: values, cardinalities, references. It returns either JSON and no issues
// or nil and what is wrong, each with the place in the body and, where there is one, the element's FHIRPath.
//
// There is no document type and no entity but XML's own five and numbered characters; comments and processing
// instructions are ignored. The body is UTF-8 and within l.MaxBytes; time and memory are linear in its size. Read is safe
// for concurrent use.
func Read(body []byte, l codec.Limits) ([]byte, []outcome.Issue) {
	r := &reader{scanner: scanner{body: body}, most: 50, out: make([]byte, 0, len(body)+64)}
	if l.MaxProblems > 0 {
		r.most = l.MaxProblems
	}
	if l.MaxBytes > 0 && len(body) > l.MaxBytes {
		return nil, []outcome.Issue{tooLong(len(body), l.MaxBytes)}
	}
	if !r.document() && len(r.issues) < r.most {
		r.syntaxIssue()
	}
	if len(r.issues) > 0 {
		return nil, r.issues
	}
	return r.out, nil
}

// reader writes JSON while it scans XML. Its methods return false to stop: at broken XML, or at one problem too many.
type reader struct {
	scanner
	out []byte
	// path is where the scanner is in the resource.
	path   []step
	issues []outcome.Issue
	most   int
}

// step is one step of a FHIRPath; index is negative where there is but one.
type step struct {
	name  string
	index int
}

func (r *reader) document() bool {
	if !r.begin() {
		return false
	}
	for {
		switch r.next() {
		case broken:
			return false
		case startTag:
			if !r.resource() {
				return false
			}
		case finish:
			return true
		}
	}
}

// resource reads the resource whose start tag was scanned.
func (r *reader) resource() bool {
	prefix, local := r.split(r.name)
	name := string(local)
	if len(r.path) == 0 {
		r.path = append(r.path, step{name, -1})
	}
	t := codec.ResourceType(name)
	switch {
	case r.namespace(prefix) != Namespace:
		return r.problem(wrongNamespace(r.namespace(prefix), Namespace)) && r.skip()
	case !t.Known():
		return r.problem(unknownResource(name)) && r.skip()
	}
	if !r.attributes(nil) {
		return false
	}
	r.out = append(r.out, `{"resourceType":"`...)
	r.out = append(append(r.out, name...), '"')
	if !r.elements(t) {
		return false
	}
	r.out = append(r.out, '}')
	return true
}

// object reads a value of a complex type, whose start tag was scanned.
func (r *reader) object(t codec.Type) bool {
	r.out = append(r.out, '{')
	if !r.attributes(func(name string, a attribute) bool {
		if name != "id" && (name != "url" || t.Name() != "Extension") {
			return false
		}
		r.key(name)
		r.out = appendString(r.out, r.piece(a.value))
		return true
	}) || !r.elements(t) {
		return false
	}
	r.out = append(r.out, '}')
	return true
}

// container reads an element that holds one resource.
func (r *reader) container() bool {
	if !r.attributes(nil) {
		return false
	}
	begun, found := r.all.from, false
	for {
		switch r.next() {
		case broken:
			return false
		case endTag:
			if !found {
				r.out = append(r.out, "null"...)
				return r.problemAt(begun, noResource)
			}
			return true
		case startTag:
			if found {
				if !r.problem(secondResource) || !r.skip() {
					return false
				}
				continue
			}
			found = true
			if !r.resource() {
				return false
			}
		default:
			if !r.noText() {
				return false
			}
		}
	}
}

// elements reads the elements of a type up to the end tag that belongs to the start tag that was scanned.
func (r *reader) elements(t codec.Type) bool {
	if len(r.opened) > deepest {
		r.refuse(r.all.from, excessive, "elements that nest deeper than is accepted", "less nesting")
		return false
	}
	run := run{place: -1}
	for {
		switch r.next() {
		case broken:
			return false
		case endTag:
			r.endRun(&run)
			return true
		case startTag:
			if !r.element(t, &run) {
				return false
			}
		default:
			if !r.noText() {
				return false
			}
		}
	}
}

// element reads one element of a type, as the next of a run or as the first of another one.
func (r *reader) element(t codec.Type, run *run) bool {
	prefix, local := r.split(r.name)
	e := t.Element(local)
	if !e.Exists() || isAttributeOf(t, string(local)) {
		return r.problemBelow(string(local), unknownElement(t, string(local))) && r.skip()
	}
	namespace := Namespace
	if e.Form() == codec.Narrative {
		namespace = xhtml
	}
	if found := r.namespace(prefix); found != namespace {
		return r.problemBelow(e.PathName(), wrongNamespace(found, namespace)) && r.skip()
	}
	if e == run.element {
		if !e.Repeated() {
			return r.problemBelow(e.PathName(), twice) && r.skip()
		}
	} else if e.Place() <= run.place {
		return r.problemBelow(e.PathName(), misplaced(run.element.Name(), t)) && r.skip()
	} else {
		r.endRun(run)
		r.beginRun(run, e)
	}
	index := -1
	if e.Repeated() {
		index = run.count
	}
	r.path = append(r.path, step{e.PathName(), index})
	if !r.value(run) {
		return false // the path stays, to say how far the reader came
	}
	r.path = r.path[:len(r.path)-1]
	run.count++
	return true
}

// value reads one value of a run.
func (r *reader) value(run *run) bool {
	e := run.element
	if run.count > 0 {
		r.out = append(r.out, ',')
	}
	switch e.Form() {
	case codec.Resource:
		return r.container()
	case codec.Complex:
		return r.object(e.Type())
	case codec.Narrative:
		return r.narrative()
	}
	return r.primitive(run)
}

// key begins a member of the object that is being written.
func (r *reader) key(name string) {
	if last := r.out[len(r.out)-1]; last != '{' {
		r.out = append(r.out, ',')
	}
	r.out = append(append(append(r.out, '"'), name...), '"', ':')
}

// attributes gives each attribute that is no namespace to a function that says whether it belongs there; nil takes none.
func (r *reader) attributes(take func(name string, a attribute) bool) bool {
	for _, a := range r.token.attributes {
		name := string(r.piece(a.name))
		prefix, local := r.split(a.name)
		if name == "xmlns" || string(prefix) == "xmlns" || isSchemaHint(r.namespace(prefix), string(local)) {
			continue
		}
		if take != nil && take(name, a) {
			continue
		}
		if !r.problemAt(a.name.from, unknownAttribute(name)) {
			return false
		}
	}
	return true
}

// isSchemaHint recognises the attribute that tells a validating parser where the schema is; editors put it there.
func isSchemaHint(namespace, local string) bool {
	return namespace == "http://www.w3.org/2001/XMLSchema-instance" && local == "schemaLocation"
}

// isAttributeOf tells whether an element's name is that of an attribute: the id of everything but a resource, and the url
// of an extension.
func isAttributeOf(t codec.Type, name string) bool {
	return name == "id" && !codec.ResourceType(t.Name()).Known() || name == "url" && t.Name() == "Extension"
}

// noText refuses text between elements; white space and comments pass.
func (r *reader) noText() bool {
	switch r.kind {
	case characters:
		if isBlank(r.piece(r.all)) {
			return true
		}
	case comment:
		return true
	}
	return r.problem(strayText)
}

// skip steps over the rest of the element whose start tag was scanned.
func (r *reader) skip() bool {
	for depth := len(r.opened); ; {
		switch r.next() {
		case broken:
			return false
		case endTag:
			if len(r.opened) < depth {
				return true
			}
		}
	}
}
