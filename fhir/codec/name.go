package codec

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"
)

// Name is an interned element name ("item", "_birthDate"), equal for equal names within one process. The zero Name is
// the empty string. Names are no stable numbers: never store them.
type Name uint16

// nameTable only ever grows, by the names that programs and the schema intern; documents add nothing to it, because
// an element that the schema does not have is refused.
type nameTable struct {
	mu    sync.RWMutex
	ids   map[string]Name
	texts atomic.Pointer[[]string] // index = Name; replaced whole, so that String needs no lock
}

var names = newNameTable()

func newNameTable() *nameTable {
	t := &nameTable{ids: map[string]Name{"": 0}}
	t.texts.Store(&[]string{""})
	return t
}

// Intern returns the Name of an element. It is meant for package-level variables (var nItem = codec.Intern("item")):
// it is cheap, compiles no schema and is safe at initialisation and for concurrent use. It panics when a program
// interns more than 65,535 different names, R4 having some 3,000: that is a caller interning data.
func Intern(element string) Name {
	if n, ok := names.lookup(element); ok {
		return n
	}
	return names.add(element)
}

// String is the element's name.
func (n Name) String() string {
	texts := *names.texts.Load()
	if int(n) < len(texts) {
		return texts[n]
	}
	return ""
}

func (t *nameTable) lookup(element string) (Name, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	n, ok := t.ids[element]
	return n, ok
}

func (t *nameTable) add(element string) Name {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n, ok := t.ids[element]; ok {
		return n
	}
	texts := *t.texts.Load()
	if len(texts) > math.MaxUint16 {
		panic(fmt.Sprintf("codec: name %q is one too many: intern element names, not data", element))
	}
	n := Name(len(texts))
	// Appending never touches what readers of the older slice can see.
	texts = append(texts, element)
	t.ids[element] = n
	t.texts.Store(&texts)
	return n
}

// Names that the codec itself looks for.
var (
	nameResourceType = Intern("resourceType")
	nameID           = Intern("id")
	nameMeta         = Intern("meta")
	nameVersionID    = Intern("versionId")
	nameLastUpdated  = Intern("lastUpdated")
	nameReference    = Intern("reference")
	nameContained    = Intern("contained")
	nameType         = Intern("type")
)
