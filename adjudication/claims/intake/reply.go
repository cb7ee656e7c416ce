package intake

import (
	"context"
	"errors"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// Reply is the answer to one Item.
type Reply struct {
	// Doc is the response resource as it is stored.
	Doc *codec.Document
	// Known is what the item's references were found to be.
	Known Known
}

// Each answers an item.
type Each func(ctx context.Context, it *Item) (Reply, error)

// Reply answers an input in the shape that it had: a resource alone with the response alone; a Bundle of one focal
// resource and what it refers to with a collection Bundle that holds the response first, then each resource of the input
// that the response refers to, under the fullUrls of the input (Da Vinci PAS §4.2); a Bundle of several with a Bundle of
// the single answers, in the input's order. The pieces of a Bundle of several are answered one after the other and
// independently: an outcome.Error of one is its answer. Every other error, and any error of an input that is one piece, is
// the error of the whole.
func (p *Part) Reply(ctx context.Context, base []string, each Each) (*codec.Document, error) {
	body, err := p.reply(ctx, base, each)
	if err != nil || body.doc != nil {
		return body.doc, err
	}
	doc, issues := codec.Parse(body.json, codec.Limits{MaxBytes: 1 << 30})
	if len(issues) > 0 {
		return nil, errors.New("the answer is not valid: " + issues[0].Expression + ": " + issues[0].Text)
	}
	return doc, nil
}

// replied is an answer: a stored resource as it is, or JSON that was put together.
type replied struct {
	doc  *codec.Document
	url  string
	json []byte
}

func (r *replied) bytes() []byte {
	if r.doc != nil {
		return r.doc.Bytes()
	}
	return r.json
}

func (p *Part) reply(ctx context.Context, base []string, each Each) (replied, error) {
	switch {
	case p.Err != nil:
		return replied{}, p.Err
	case p.Item != nil:
		return p.Item.reply(ctx, base, each)
	}
	w := codec.NewWriter(nil)
	beginBundle(w)
	for i := range p.Parts {
		answer, err := p.Parts[i].reply(ctx, base, each)
		if err != nil {
			var refused *outcome.Error
			if !errors.As(err, &refused) || ctx.Err() != nil {
				return replied{}, err
			}
			answer = replied{json: outcome.Render(refused.Issues)}
		}
		writeEntry(w, answer.url, answer.bytes())
	}
	endBundle(w)
	return replied{json: w.Bytes()}, nil
}

func (it *Item) reply(ctx context.Context, base []string, each Each) (replied, error) {
	r, err := each(ctx, it)
	if err != nil {
		var refused *outcome.Error
		if errors.As(err, &refused) {
			return replied{}, it.LocateAll(refused)
		}
		return replied{}, err
	}
	url := fullURL(base, r.Doc)
	if !it.Accompanied {
		return replied{doc: r.Doc, url: url}, nil
	}
	body, echoed := it.echo(r)
	w := codec.NewWriter(nil)
	beginBundle(w)
	writeEntry(w, url, body)
	for _, e := range echoed {
		writeEntry(w, e.FullURL, e.Resource.Raw())
	}
	endBundle(w)
	return replied{json: w.Bytes()}, nil
}

// echo is the response in the names of the input: where it refers to a resource of the server that came along as well, it
// refers to the entry that came along; and these entries, each once.
func (it *Item) echo(r Reply) ([]byte, []Entry) {
	sent := map[string]Entry{}
	for e := range it.Bundle.Entries() {
		if own := r.Known[e.Resource]; own != "" && e.FullURL != "" {
			sent[own] = e
		}
	}
	var edits []codec.Edit
	var echoed []Entry
	seen := map[string]bool{}
	for v := range r.Doc.References() {
		e, found := sent[v.Text()]
		if !found || !v.IsReference() {
			continue
		}
		w := codec.NewWriter(nil)
		w.String("", e.FullURL)
		edits = append(edits, codec.Edit{At: v, JSON: w.Bytes()})
		if !seen[e.FullURL] {
			seen[e.FullURL] = true
			echoed = append(echoed, e)
		}
	}
	renamed, issues := r.Doc.Replace(edits)
	if len(issues) > 0 { // a fullUrl that no reference may hold: the server's own names then
		return r.Doc.Bytes(), echoed
	}
	return renamed.Bytes(), echoed
}

// fullURL is the address of a stored resource: beneath the server's base if that is known, else its id as a urn.
func fullURL(base []string, doc *codec.Document) string {
	id := doc.ID()
	switch {
	case id == "":
		return ""
	case len(base) > 0:
		return base[0] + "/" + doc.Type() + "/" + id
	case len(id) == 36 && strings.Count(id, "-") == 4:
		return "urn:uuid:" + id
	}
	return ""
}

func beginBundle(w *codec.Writer) {
	w.Object("")
	w.String("resourceType", "Bundle")
	w.String("type", "collection")
	w.Array("entry")
}

func endBundle(w *codec.Writer) {
	w.End()
	w.End()
}

func writeEntry(w *codec.Writer, url string, resource []byte) {
	w.Object("")
	w.StringOpt("fullUrl", url)
	w.Raw("resource", resource)
	w.End()
}
