package fhirpath

import "strings"

// resolved is the resource that a Reference or a uri refers to, nil where it is outside of what was read.
func (n *node) resolved() *node {
	reference := n.text
	if n.kind == complexKind {
		reference = n.textOf("reference")
	}
	if reference == "" {
		return nil
	}
	if id, ok := strings.CutPrefix(reference, "#"); ok {
		return n.container().contained(id)
	}
	for at := n.holder(); at != nil; at = at.parent {
		if at.resource && at.typeName == "Bundle" {
			if found := at.entry(reference, n.fullURL(at)); found != nil {
				return found
			}
		}
	}
	return nil
}

// contained is the contained resource with an id, the resource itself for "#" alone.
func (n *node) contained(id string) *node {
	if id == "" {
		return n
	}
	for _, c := range n.children {
		if c.key == "contained" && c.textOf("id") == id {
			return c
		}
	}
	return nil
}

// fullURL is the fullUrl of the entry of a bundle that the node stands in.
func (n *node) fullURL(bundle *node) string {
	for ; n != nil && n != bundle; n = n.parent {
		if n.parent == bundle && n.key == "entry" {
			return n.textOf("fullUrl")
		}
	}
	return ""
}

// entry finds what a reference in a bundle refers to (R4 bundle.html#references): the entry with that fullUrl, the relative
// reference read against the referring entry's, then by type and id.
func (n *node) entry(reference, from string) *node {
	reference, _, _ = strings.Cut(reference, "/_history/")
	absolute := reference
	if parts := strings.Split(from, "/"); len(parts) > 2 && !strings.Contains(reference, ":") {
		absolute = strings.Join(parts[:len(parts)-2], "/") + "/" + reference
	}
	var byID *node
	for _, e := range n.children {
		if e.key != "entry" {
			continue
		}
		r := e.first("resource")
		if r == nil {
			continue
		}
		if url := e.textOf("fullUrl"); url != "" && (url == reference || url == absolute) {
			return r
		}
		if byID == nil && r.typeName+"/"+r.textOf("id") == reference {
			byID = r
		}
	}
	return byID
}
