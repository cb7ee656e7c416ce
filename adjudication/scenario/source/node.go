package source

// Kind is what a Node is.
type Kind uint8

// The kinds. A scalar's tag tells text from numbers, truth values and dates.
const (
	Null Kind = iota
	Scalar
	List
	Map
)

var kindNames = [...]string{"nothing", "a single value", "a list", "a map"}

// String names the kind as messages do.
func (k Kind) String() string { return kindNames[k] }

// Node is a value of a YAML file with its place. It is immutable. A nil Node is an absent value.
type Node struct {
	At   Position
	Kind Kind
	// Text is a scalar's, as it is written.
	Text string
	// Tag is a scalar's resolved YAML tag: "!!str", "!!int", "!!float", "!!bool", "!!timestamp".
	Tag string
	// Items are a list's.
	Items []*Node
	// Entries are a map's, in their order; no key occurs twice.
	Entries []Entry
}

// Entry is one key of a map with its value.
type Entry struct {
	Key   string
	KeyAt Position
	Value *Node
}

// Get is the value of a key, nil when there is none.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for i := range n.Entries {
		if n.Entries[i].Key == key {
			return n.Entries[i].Value
		}
	}
	return nil
}

// Absent tells whether there is no value: no node, or null.
func (n *Node) Absent() bool { return n == nil || n.Kind == Null }

// Describe is what a message shows of the value: a scalar's text, else its kind.
func (n *Node) Describe() string {
	switch {
	case n.Absent():
		return kindNames[Null]
	case n.Kind == Scalar:
		return n.Text
	}
	return n.Kind.String()
}

// Merge lays one tree over another: maps are merged key by key, in the order of below and then what over adds; anything
// else that over has replaces what is below, and null takes it away.
func Merge(below, over *Node) *Node {
	switch {
	case over == nil:
		return below
	case below == nil || below.Kind != Map || over.Kind != Map:
		return over
	}
	merged := &Node{At: over.At, Kind: Map, Entries: make([]Entry, 0, len(below.Entries)+len(over.Entries))}
	for _, e := range below.Entries {
		if replacing := over.Get(e.Key); replacing != nil {
			if replacing.Kind == Null {
				continue
			}
			e.Value = Merge(e.Value, replacing)
		}
		merged.Entries = append(merged.Entries, e)
	}
	for _, e := range over.Entries {
		if below.Get(e.Key) == nil {
			merged.Entries = append(merged.Entries, e)
		}
	}
	return merged
}
