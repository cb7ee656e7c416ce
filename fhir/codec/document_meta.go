package codec

import (
	"strconv"
	"time"
)

// WithMeta returns the resource as a version of the store: with the given id, meta.versionId and meta.lastUpdated (in
// UTC, to the millisecond). Everything else keeps its bytes, the other members of meta included. An empty id leaves the
// resource's own id, or its lack of one. The new Document shares no memory with d and is not parsed again; a resource that
// says all this already is returned as it is, and that of a nil Document is nil.
func (d *Document) WithMeta(id string, version int64, updated time.Time) *Document {
	if d == nil {
		return nil
	}
	root := d.Root()
	edits := make([]splice, 0, 4)
	idValue, meta := root.Get(nameID), root.Get(nameMeta)
	var atType, atID splice
	atType.insertAt(root.Get(nameResourceType).after())
	switch {
	case id == "":
	case idValue.Exists():
		s := idValue.replacement()
		s.quoted(nameID, id)
		edits = append(edits, s)
	default:
		atType.json = append(atType.json, ',')
		atType.member(nameID, id)
	}
	versionID, lastUpdated := strconv.FormatInt(version, 10), string(AppendInstant(nil, updated))
	if (id == "" || idValue.Text() == id) && meta.Get(nameVersionID).Text() == versionID && meta.Get(nameLastUpdated).Text() == lastUpdated {
		return d
	}
	switch {
	case meta.Exists():
		edits = appendMetaSplices(edits, meta, versionID, lastUpdated)
	case idValue.Exists():
		atID.insertAt(idValue.after())
		atID.wholeMeta(versionID, lastUpdated)
		edits = append(edits, atID)
	default:
		atType.wholeMeta(versionID, lastUpdated)
	}
	if len(atType.json) > 0 {
		edits = append(edits, atType)
	}
	return d.spliced(edits)
}

// wholeMeta appends a meta element of its own.
func (f *fragment) wholeMeta(versionID, lastUpdated string) {
	f.json = append(f.json, ',')
	f.key(nameMeta)
	at := len(f.nodes)
	f.nodes = append(f.nodes, node{off: uint32(len(f.json)), key: nameMeta, kind: Object})
	f.json = append(f.json, '{')
	f.member(nameVersionID, versionID)
	f.json = append(f.json, ',')
	f.member(nameLastUpdated, lastUpdated)
	f.json = append(f.json, '}')
	f.nodes[at].end, f.nodes[at].next = uint32(len(f.json)), uint32(len(f.nodes))
}

// appendMetaSplices replaces the two members of an existing meta, or inserts them before its other members.
func appendMetaSplices(edits []splice, meta Value, versionID, lastUpdated string) []splice {
	var first splice
	first.insertAt(meta.inside())
	for _, m := range [2]struct {
		key   Name
		value string
	}{{nameVersionID, versionID}, {nameLastUpdated, lastUpdated}} {
		if old := meta.Get(m.key); old.Exists() {
			s := old.replacement()
			s.quoted(m.key, m.value)
			edits = append(edits, s)
			continue
		}
		first.member(m.key, m.value)
		first.json = append(first.json, ',')
	}
	if len(first.json) > 0 {
		edits = append(edits, first)
	}
	return edits
}
