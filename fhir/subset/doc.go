// Package subset makes the smaller forms of a resource that a client can ask for: _summary=true, text and data, and
// _elements (R4 search §3.1.1.5.8 and §3.1.1.5.9).
//
// It owns what each form keeps, read from the registry's table of parts, and the tag SUBSETTED that says that something may
// be missing. It must not know where resources come from, nor HTTP; _summary=count is a search's own matter.
//
//	form, err := subset.Parse(url.Values{"_summary": {"true"}})
//	small := form.Apply(doc) // JSON with meta.tag SUBSETTED
//
// What every form keeps: resourceType, id, meta, and the elements that must be there or that modify the meaning of the
// others, so that the smaller form is still a valid resource. A summary keeps, within what it keeps, the summary of each
// data type: an Attachment without its data. An element that must be there is whole where no element within it is marked.
package subset
