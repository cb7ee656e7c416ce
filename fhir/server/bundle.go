package server

import (
	"github.com/google/uuid"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
)

// entryRoom is about what an entry takes besides its resource.
const entryRoom = 320

// beginBundle starts a Bundle with room for the records it will hold, so that they are copied once.
func beginBundle(kind string, lists ...[]*store.Record) *codec.Writer {
	room := 2048
	for _, records := range lists {
		for _, r := range records {
			room += len(r.Body) + entryRoom
		}
	}
	w := codec.NewWriter(make([]byte, 0, room))
	w.Object("")
	w.String("resourceType", "Bundle")
	w.String("type", kind)
	return w
}

// links are the addresses of a page and its neighbours (R4 §3.1.1.4.5).
type links struct {
	// base is the address that is paged through, query what it was asked with, page the token of this page.
	base, query, page string
	// next is the token of the next page, empty on the last.
	next string
}

// write writes Bundle.link. There is no link to the last page or the previous one: pages are found by going forward.
func (l links) write(w *codec.Writer) {
	w.Array("link")
	self := l.query
	if l.page != "" {
		self = withPage(self, l.page)
	}
	writeLink(w, "self", withQuery(l.base, self))
	if l.page != "" || l.next != "" {
		writeLink(w, "first", withQuery(l.base, l.query))
	}
	if l.next != "" {
		writeLink(w, "next", withQuery(l.base, withPage(l.query, l.next)))
	}
	w.End()
}

func writeLink(w *codec.Writer, relation, url string) {
	w.Object("")
	w.String("relation", relation)
	w.String("url", url)
	w.End()
}

// writeWarnings writes what a search has to say about itself as an entry of its own (R4 §3.1.1.4.4).
func writeWarnings(w *codec.Writer, warnings []outcome.Issue) {
	if len(warnings) == 0 {
		return
	}
	w.Object("")
	w.String("fullUrl", "urn:uuid:"+uuid.NewString()) // it is stored nowhere, and yet every entry of a searchset has one
	w.Raw("resource", outcome.Render(warnings))
	w.Object("search")
	w.String("mode", "outcome")
	w.End()
	w.End()
}
