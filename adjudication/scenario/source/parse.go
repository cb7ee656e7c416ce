package source

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Bounds of one file.
const (
	// MaxBytes bounds a file.
	MaxBytes = 4 << 20
	maxNodes = 200_000 // aliases count as often as they are used
	maxDepth = 64
)

// Parse reads one YAML document. Anchors, aliases and merge keys (<<) are resolved; a key that occurs twice is a problem.
// With problems the tree may be incomplete; an empty file is a null Node.
func Parse(file string, body []byte) (*Node, Problems) {
	p := &parser{file: file}
	start := Position{file, 1, 1}
	if len(body) > MaxBytes {
		p.problems.Add(start, "The file is too large", strconv.Itoa(len(body))+" bytes", "at most 4 MiB")
		return &Node{At: start}, p.problems
	}
	var doc yaml.Node
	if err := decode(body, &doc); err != nil {
		p.syntax(err)
		return &Node{At: start}, p.problems
	}
	if len(doc.Content) == 0 {
		return &Node{At: start}, nil
	}
	return p.convert(doc.Content[0], 0), p.problems
}

// decode guards against the faults of the decoder: hostile input must not end the program.
func decode(body []byte, doc *yaml.Node) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the file cannot be read as YAML")
		}
	}()
	return yaml.Unmarshal(body, doc)
}

type parser struct {
	file     string
	nodes    int
	problems Problems
}

var atLine = regexp.MustCompile(`^yaml: line (\d+): (?s)(.*)$`)

func (p *parser) syntax(err error) {
	at, text := Position{p.file, 1, 1}, err.Error()
	if m := atLine.FindStringSubmatch(text); m != nil {
		at.Line, _ = strconv.Atoi(m[1])
		text = m[2]
	}
	p.problems.Add(at, "This is no YAML: "+strings.TrimPrefix(text, "yaml: "), "", "")
}

func (p *parser) at(n *yaml.Node) Position { return Position{p.file, n.Line, n.Column} }

func (p *parser) convert(n *yaml.Node, depth int) *Node {
	p.nodes++
	switch {
	case p.nodes == maxNodes:
		p.problems.Add(p.at(n), "The file has too many values", "", "at most "+strconv.Itoa(maxNodes)+", aliases counted")
		fallthrough
	case p.nodes > maxNodes:
		return &Node{At: p.at(n)}
	case depth > maxDepth:
		p.problems.Add(p.at(n), "The values are nested too deeply", "", "at most "+strconv.Itoa(maxDepth)+" levels")
		return &Node{At: p.at(n)}
	}
	made := &Node{At: p.at(n)}
	switch n.Kind {
	case yaml.AliasNode:
		return p.convert(n.Alias, depth+1)
	case yaml.ScalarNode:
		if made.Tag = n.ShortTag(); made.Tag != "!!null" {
			made.Kind, made.Text = Scalar, n.Value
		}
	case yaml.SequenceNode:
		made.Kind, made.Items = List, make([]*Node, 0, len(n.Content))
		for _, item := range n.Content {
			made.Items = append(made.Items, p.convert(item, depth+1))
		}
	case yaml.MappingNode:
		p.entries(made, n, depth)
	}
	return made
}

// entries converts a map; what a merge key brings counts for keys that the map does not have itself (YAML 1.1, "merge").
func (p *parser) entries(made *Node, n *yaml.Node, depth int) {
	made.Kind, made.Entries = Map, make([]Entry, 0, len(n.Content)/2)
	seen := make(map[string]struct{}, len(n.Content)/2)
	var below []Entry
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.ShortTag() == "!!merge" {
			below = p.merged(below, value, depth)
			continue
		}
		if key.Kind != yaml.ScalarNode {
			p.problems.Add(p.at(key), "A key must be a single value", "", "a word")
			continue
		}
		if _, twice := seen[key.Value]; twice {
			p.problems.Add(p.at(key), "The key is given twice", key.Value, "each key once")
			continue
		}
		seen[key.Value] = struct{}{}
		made.Entries = append(made.Entries, Entry{Key: key.Value, KeyAt: p.at(key), Value: p.convert(value, depth+1)})
	}
	made.Entries = lacking(made.Entries, below)
}

// lacking adds the entries whose keys are not there yet.
func lacking(entries, below []Entry) []Entry {
	for _, e := range below {
		if !slices.ContainsFunc(entries, func(own Entry) bool { return own.Key == e.Key }) {
			entries = append(entries, e)
		}
	}
	return entries
}

func (p *parser) merged(below []Entry, value *yaml.Node, depth int) []Entry {
	from := p.convert(value, depth+1)
	sources := []*Node{from}
	if from.Kind == List {
		sources = from.Items
	}
	for _, s := range sources {
		if s.Kind != Map {
			p.problems.Add(s.At, "What is merged must be a map", s.Describe(), "an alias of a map")
			continue
		}
		below = lacking(below, s.Entries)
	}
	return below
}
