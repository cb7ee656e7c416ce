package codec

import "encoding/binary"

// schema is everything the validator knows of R4. It is immutable once compiled.
type schema struct {
	// resources holds the types a document can have, by name.
	resources map[string]*elementType
	// primitiveElement is the type of "_x" companions: id and extension.
	primitiveElement *elementType
	// choiceStems maps the key of a choice ("servicedDate") to the element's name in FHIRPath ("serviced").
	choiceStems map[Name]string
}

// elementType is a FHIR data type, a backbone element or a resource.
type elementType struct {
	// name is the type's name as FHIR writes it: "Coding", "dateTime", "BackboneElement", "Claim".
	name string
	// path is where a type that is defined in place first stands ("Claim.item"), empty for types with a name of their own.
	path      string
	primitive primitive // notPrimitive for complex types
	// anyResource marks the places that hold a whole resource: contained, Bundle.entry.resource and the like.
	anyResource bool
	isReference bool
	isResource  bool
	codes       *codeSet // for closedCode only

	elements []element
	// slots names the elements in order of definition; the alternatives of a choice share one slot.
	slots    []slot
	required bitset
	index    keyIndex
}

// slot is one element of a type, however it is spelt in JSON.
type slot struct {
	name string
	// choices lists the keys of a choice element, nil for others.
	choices []string
}

// backboneElement is the type name of every element whose type is defined in place.
const backboneElement = "BackboneElement"

// slotNames lists the elements for messages, choices as "value[x]".
func (t *elementType) slotNames() []string {
	list := make([]string, 0, len(t.slots))
	for _, s := range t.slots {
		if s.choices != nil {
			list = append(list, s.name+"[x]")
		} else {
			list = append(list, s.name)
		}
	}
	return list
}

// element is one JSON key of a type. Each alternative of a choice, and each "_x" companion, is an element of its own.
type element struct {
	name    string
	id      Name
	typ     *elementType
	targets *targetSet // nil: a reference to anything
	slot    uint8
	// repeated elements are JSON arrays.
	repeated bool
	// companion marks "_x", which holds id and extensions of the primitive x.
	companion bool
	// typeName marks the resourceType key of a resource.
	typeName bool
	flags    flags
}

// codeSet is a required binding.
type codeSet struct {
	url     string
	members map[string]struct{}
	// ordered lists the codes as the value set does, for messages.
	ordered []string
}

// targetSet is what a reference may point to.
type targetSet struct {
	types map[string]struct{}
	text  string // "Patient, Group"
}

// allows says whether a resource type is a permitted target; a nil set permits all.
func (s *targetSet) allows(resourceType string) bool {
	if s == nil {
		return true
	}
	_, ok := s.types[resourceType]
	return ok
}

// bitset has one bit for each slot of a type. No R4 type has more than 128; the compiler checks it.
type bitset [2]uint64

const bitsetSize = 128

func (b *bitset) has(i uint8) bool { return b[i>>6&1]>>(i&63)&1 != 0 }
func (b *bitset) set(i uint8)      { b[i>>6&1] |= 1 << (i & 63) }

// keyIndex finds an element by its key: a hash table without collisions. The seed is searched for at compile time, so
// that a lookup is one probe and one comparison.
type keyIndex struct {
	seed  uint64
	shift uint8
	cells []uint16 // index+1 into elements, 0 for none
}

// keyHash mixes the length and at most 16 bytes of a key; that tells all keys of every R4 type apart.
func keyHash(key []byte, seed uint64) uint64 {
	n := len(key)
	var head, tail uint64
	switch {
	case n >= 8:
		head, tail = binary.LittleEndian.Uint64(key), binary.LittleEndian.Uint64(key[n-8:])
	case n >= 4:
		head, tail = uint64(binary.LittleEndian.Uint32(key)), uint64(binary.LittleEndian.Uint32(key[n-4:]))
	case n > 0:
		head, tail = uint64(key[0]), uint64(key[n/2])<<8|uint64(key[n-1])
	}
	h := (head ^ seed) * 0x9E3779B97F4A7C15
	h ^= h >> 29
	h = (h ^ tail ^ uint64(n)<<56) * 0xBF58476D1CE4E5B9
	return h ^ h<<31
}

// find returns the element of a key, nil when the type has none.
func (t *elementType) find(key []byte) *element {
	if len(t.index.cells) == 0 {
		return nil
	}
	i := t.index.cells[keyHash(key, t.index.seed)>>t.index.shift]
	if i == 0 {
		return nil
	}
	if e := &t.elements[i-1]; e.name == string(key) {
		return e
	}
	return nil
}
