package codec

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	annotations "github.com/google/fhir/go/proto/google/fhir/proto/annotations_go_proto"
	resources "github.com/google/fhir/go/proto/google/fhir/proto/r4/core/resources/bundle_and_contained_resource_go_proto"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// r4Package holds the data types and resources; nested messages of it are backbone elements and bound codes.
const r4Package = "google.fhir.r4.core"

// compiled is the schema, made at its first use: some 30 ms and 5 MB that a command which parses nothing saves.
var compiled = sync.OnceValue(compileSchema)

// Warm compiles the schema now rather than at the first Parse, so that a server's first request is as fast as the rest.
func Warm() { compiled() }

// compiler walks the proto descriptors of every R4 resource. Whatever it does not understand is a panic: the
// descriptors are part of the program, so any test would meet it.
type compiler struct {
	schema *schema
	types  map[protoreflect.FullName]*elementType
	paths  map[protoreflect.FullName]string
	// anyResource is the one type of all places that hold a resource.
	anyResource *elementType
}

func compileSchema() *schema {
	c := &compiler{
		schema:      &schema{resources: map[string]*elementType{}, choiceStems: map[Name]string{}},
		types:       map[protoreflect.FullName]*elementType{},
		paths:       map[protoreflect.FullName]string{},
		anyResource: &elementType{name: "Resource", anyResource: true},
	}
	all := (&resources.ContainedResource{}).ProtoReflect().Descriptor().Fields()
	for i := range all.Len() {
		d := all.Get(i).Message()
		t := c.typeOf(d)
		t.isResource = true
		c.addElement(t, element{name: nameResourceType.String(), typ: c.types[r4Package+".String"], slot: t.addSlot("resourceType", nil), typeName: true})
		c.schema.resources[string(d.Name())] = t
	}
	for _, t := range c.types {
		t.buildIndex()
	}
	c.schema.primitiveElement.buildIndex()
	return c.schema
}

// typeAt compiles a field's type. A type that is defined in place takes its path from the first place it is found at,
// before its own fields can refer back to it.
func (c *compiler) typeAt(t *elementType, slot uint8, d protoreflect.MessageDescriptor) *elementType {
	if _, known := c.types[d.FullName()]; !known && typeName(d) == backboneElement {
		c.paths[d.FullName()] = t.definedAt() + "." + t.slots[slot].name
	}
	return c.typeOf(d)
}

// definedAt is the path of the type's own definition.
func (t *elementType) definedAt() string {
	if t.path != "" {
		return t.path
	}
	return t.name
}

// typeOf compiles a message, once. Types refer to one another in cycles, so it is registered before its fields.
func (c *compiler) typeOf(d protoreflect.MessageDescriptor) *elementType {
	if d.Name() == "ContainedResource" || d.FullName() == "google.protobuf.Any" {
		return c.anyResource
	}
	if t, ok := c.types[d.FullName()]; ok {
		return t
	}
	t := &elementType{name: typeName(d), path: c.paths[d.FullName()]}
	c.types[d.FullName()] = t
	if structureKind(d) == annotations.StructureDefinitionKindValue_KIND_PRIMITIVE_TYPE {
		c.compilePrimitive(t, d)
		return t
	}
	t.isReference = proto.HasExtension(d.Options(), annotations.E_FhirReferenceType)
	for _, f := range fieldsOf(d) {
		if !isReferenceShortcut(t, f) {
			c.compileField(t, f)
		}
	}
	return t
}

// declaredLate are the fields that google/fhir declares behind one that R4 has behind them. XML needs R4's order.
var declaredLate = map[protoreflect.FullName]protoreflect.Name{
	r4Package + ".Reference.uri":       "type",
	r4Package + ".Extension.extension": "url",
}

// fieldsOf are the fields of a message in the order of R4's definition.
func fieldsOf(d protoreflect.MessageDescriptor) []protoreflect.FieldDescriptor {
	var fields []protoreflect.FieldDescriptor
	for i := range d.Fields().Len() {
		f := d.Fields().Get(i)
		at := len(fields)
		if behind, late := declaredLate[f.FullName()]; late {
			at = slices.IndexFunc(fields, func(g protoreflect.FieldDescriptor) bool { return g.Name() == behind })
		}
		fields = slices.Insert(fields, at, f)
	}
	return fields
}

func structureKind(d protoreflect.MessageDescriptor) annotations.StructureDefinitionKindValue {
	return proto.GetExtension(d.Options(), annotations.E_StructureDefinitionKind).(annotations.StructureDefinitionKindValue)
}

// typeName is the FHIR name of a message's type.
func typeName(d protoreflect.MessageDescriptor) string {
	url := proto.GetExtension(d.Options(), annotations.E_FhirStructureDefinitionUrl).(string)
	if d.FullName().Parent() == r4Package && url != "" {
		return url[strings.LastIndexByte(url, '/')+1:]
	}
	if structureKind(d) == annotations.StructureDefinitionKindValue_KIND_PRIMITIVE_TYPE {
		return "code" // nested primitives are codes bound to a value set
	}
	return backboneElement
}

// isReferenceShortcut reports the fields by which google/fhir splits Reference.reference into typed ids (patient_id,
// fragment): in JSON there is the one string.
func isReferenceShortcut(t *elementType, f protoreflect.FieldDescriptor) bool {
	return t.isReference && (f.Message().Name() == "ReferenceId" || f.Name() == "fragment")
}

// compileField adds the slot of one field, with one element for each JSON key that can fill it.
func (c *compiler) compileField(t *elementType, f protoreflect.FieldDescriptor) {
	var choices []string
	isChoice := proto.HasExtension(f.Message().Options(), annotations.E_IsChoiceType)
	if isChoice {
		for j := range f.Message().Fields().Len() {
			choices = append(choices, choiceKey(f, f.Message().Fields().Get(j)))
		}
	}
	s := t.addSlot(f.JSONName(), choices)
	if proto.GetExtension(f.Options(), annotations.E_ValidationRequirement).(annotations.Requirement) == annotations.Requirement_REQUIRED_BY_FHIR {
		t.required.set(s)
	}
	if !isChoice {
		c.compileElement(t, f.JSONName(), s, f, 0)
		return
	}
	for j, key := range choices {
		c.compileElement(t, key, s, f.Message().Fields().Get(j), flagChoice)
		c.schema.addChoiceStem(key, f.JSONName())
		c.schema.addChoiceStem("_"+key, f.JSONName())
	}
}

// choiceKey is the JSON key of one alternative: value[x] as a Quantity is "valueQuantity".
func choiceKey(choice, alternative protoreflect.FieldDescriptor) string {
	name := alternative.JSONName()
	return choice.JSONName() + strings.ToUpper(name[:1]) + name[1:]
}

func (s *schema) addChoiceStem(key, stem string) {
	n := Intern(key)
	if old, ok := s.choiceStems[n]; ok && old != stem {
		panic(fmt.Sprintf("codec: choice key %q belongs to both %s[x] and %s[x]", key, old, stem))
	}
	s.choiceStems[n] = stem
}

func (c *compiler) compileElement(t *elementType, key string, slot uint8, f protoreflect.FieldDescriptor, fl flags) {
	ft := c.typeAt(t, slot, f.Message())
	e := element{name: key, typ: ft, slot: slot, repeated: f.IsList(), flags: fl | ft.primitive.flags()}
	if t.isReference && key == nameReference.String() {
		e.flags |= flagLiteral
	}
	if valid := proto.GetExtension(f.Options(), annotations.E_ValidReferenceType).([]string); len(valid) > 0 {
		e.targets = newTargetSet(valid)
	}
	c.addElement(t, e)
	if ft.primitive != notPrimitive && ft.primitive != xhtmlType && !isAttribute(f) { // xhtml has no extensions in R4
		c.addElement(t, element{name: "_" + key, typ: ft, slot: slot, repeated: f.IsList(), companion: true, flags: fl})
	}
}

// isAttribute reports the elements that R4 defines as bare strings and XML writes as attributes: the id of everything but a
// resource, and the url of an extension. They have no extensions.
func isAttribute(f protoreflect.FieldDescriptor) bool {
	of := f.ContainingMessage()
	return f.Name() == "id" && structureKind(of) != annotations.StructureDefinitionKindValue_KIND_RESOURCE || f.Name() == "url" && of.Name() == "Extension"
}

func (c *compiler) addElement(t *elementType, e element) {
	e.id = Intern(e.name)
	t.elements = append(t.elements, e)
}

func (t *elementType) addSlot(name string, choices []string) uint8 {
	if len(t.slots) == bitsetSize {
		panic(fmt.Sprintf("codec: %s has more than %d elements", t.name, bitsetSize))
	}
	t.slots = append(t.slots, slot{name: name, choices: choices})
	return uint8(len(t.slots) - 1)
}

// newTargetSet is nil for a reference to any resource.
func newTargetSet(types []string) *targetSet {
	s := &targetSet{types: make(map[string]struct{}, len(types)), text: strings.Join(types, ", ")}
	for _, t := range types {
		if t == "Resource" {
			return nil
		}
		s.types[t] = struct{}{}
	}
	return s
}

// compilePrimitive tells the kind of a primitive, and compiles the one type of all "_x" companions from the first.
func (c *compiler) compilePrimitive(t *elementType, d protoreflect.MessageDescriptor) {
	value := d.Fields().ByName("value")
	url := proto.GetExtension(d.Options(), annotations.E_FhirValuesetUrl).(string)
	switch p, named := primitiveByMessage[d.Name()]; {
	case named && d.FullName().Parent() == r4Package:
		t.primitive = p
	case url != "" && value.Kind() == protoreflect.EnumKind:
		t.primitive, t.codes = closedCode, newCodeSet(url, value.Enum().Values())
	case url == currencyValueSet:
		t.primitive = currencyCode
	case url != "" && value.Kind() == protoreflect.StringKind:
		t.primitive = openCode
	default:
		panic(fmt.Sprintf("codec: unknown primitive %s", d.FullName()))
	}
	if c.schema.primitiveElement == nil {
		e := &elementType{name: "Element"}
		c.schema.primitiveElement = e
		for _, name := range []protoreflect.Name{"id", "extension"} {
			c.compileField(e, d.Fields().ByName(name))
		}
	}
}

func newCodeSet(url string, values protoreflect.EnumValueDescriptors) *codeSet {
	s := &codeSet{url: url, members: make(map[string]struct{}, values.Len())}
	for i := range values.Len() {
		v := values.Get(i)
		if v.Number() == 0 { // INVALID_UNINITIALIZED
			continue
		}
		code := proto.GetExtension(v.Options(), annotations.E_FhirOriginalCode).(string)
		if code == "" {
			code = strings.ReplaceAll(strings.ToLower(string(v.Name())), "_", "-")
		}
		s.members[code] = struct{}{}
		s.ordered = append(s.ordered, code)
	}
	return s
}

// buildIndex searches for a seed under which no two keys collide in a table two to four times their number; where a
// few thousand seeds do not do, the table doubles.
func (t *elementType) buildIndex() {
	size, shift := 2, uint8(63)
	for size < len(t.elements)*2 {
		size, shift = size*2, shift-1
	}
	for seed := uint64(1); ; seed++ {
		if t.fillIndex(keyIndex{seed: seed * 0x9E3779B97F4A7C15, shift: shift, cells: make([]uint16, size)}) {
			return
		}
		if seed%64 == 0 {
			size, shift = size*2, shift-1
		}
	}
}

func (t *elementType) fillIndex(x keyIndex) bool {
	for i := range t.elements {
		cell := &x.cells[keyHash([]byte(t.elements[i].name), x.seed)>>x.shift]
		if *cell != 0 {
			return false
		}
		*cell = uint16(i + 1)
	}
	t.index = x
	return true
}
