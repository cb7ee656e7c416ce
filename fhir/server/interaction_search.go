package server

import (
	"context"
	"fmt"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/fhir/subset"
	"claimwright/store"
	"claimwright/store/resources"
)

// asking is who reads what, and how: all that a search or a history needs, be it a request of its own or an entry of a
// Bundle, which reads what its transaction has staged.
type asking struct {
	principal resources.Principal
	reads     *resources.Reads
	// base is the base URL for links.
	base string
	// query is how queries are read, form how much of each resource is answered.
	query search.Options
	form  subset.Form
}

// asking is a request's own.
func (x *exchange) asking() asking {
	query := x.srv.resources.SearchOptions()
	query.Strict = x.prefer.strict
	return asking{principal: x.principal, reads: &x.srv.resources.Reads, base: x.baseURL(), query: query, form: x.form}
}

// search finds resources of one type (R4 §3.1.0.9), asked by GET or, with a form, by POST.
func (s *Server) search(x *exchange) error {
	return x.sendSearchset(x.asking().search(x.ctx, x.resourceType(), x.query))
}

func (x *exchange) sendSearchset(body []byte, err error) error {
	if err != nil {
		return err
	}
	return x.sendRead(body)
}

func (a asking) search(ctx context.Context, resourceType, rawQuery string) ([]byte, error) {
	if err := a.form.Check(resourceType); err != nil {
		return nil, err
	}
	raw, page := cutPage(rawQuery)
	q, warnings, err := search.Parse(resourceType, raw, a.query)
	if err != nil {
		return nil, err
	}
	return a.answer(ctx, seeking{query: q, address: a.base + "/" + resourceType, page: page, warnings: warnings})
}

// seeking is a search that was read: of one type, or across several.
type seeking struct {
	// query says what was honoured; across is the search over several types, nil for one type.
	query  *search.Query
	across *search.Across
	// address is what the query is put to, page the token of the page that is wanted.
	address, page string
	warnings      []outcome.Issue
}

// answer runs a search and writes its Bundle.
func (a asking) answer(ctx context.Context, k seeking) ([]byte, error) {
	found, err := a.find(ctx, k)
	if err != nil {
		return nil, err
	}
	found.form = a.form
	return found.bundle(a.base), nil
}

// searchset is a page of matches and what else its Bundle tells.
type searchset struct {
	resources.Page
	seeking
	form subset.Form
}

// find runs the query, or only counts its matches.
func (a asking) find(ctx context.Context, k seeking) (searchset, error) {
	set := searchset{seeking: k}
	var err error
	if k.query.CountOnly {
		set.Total, err = a.count(ctx, k)
	} else {
		set.Page, err = a.pageOf(ctx, k)
	}
	return set, err
}

func (a asking) pageOf(ctx context.Context, k seeking) (resources.Page, error) {
	if k.across != nil {
		return a.reads.SearchAcross(ctx, a.principal, k.across, k.page)
	}
	return a.reads.Search(ctx, a.principal, k.query, k.page)
}

func (a asking) count(ctx context.Context, k seeking) (int64, error) {
	if k.across != nil {
		return a.reads.CountAcross(ctx, a.principal, k.across)
	}
	return a.reads.Count(ctx, a.principal, k.query)
}

// bundle writes the page as a searchset. The resources go in as they are stored.
func (set searchset) bundle(base string) []byte {
	w := beginBundle("searchset", set.Records, set.Included)
	if set.Total != resources.Unknown {
		w.Int("total", set.Total)
	}
	links{base: set.address, query: set.query.Applied, page: set.page, next: set.Next}.write(w)
	w.Array("entry")
	writeFound(w, base, set.Records, "match", set.form)
	writeFound(w, base, set.Included, "include", set.form.Included())
	writeWarnings(w, set.allWarnings())
	w.End()
	w.End()
	return w.Bytes()
}

// writeFound writes entries of one mode.
func writeFound(w *codec.Writer, base string, records []*store.Record, mode string, form subset.Form) {
	for _, r := range records {
		w.Object("")
		w.String("fullUrl", base+"/"+r.Type+"/"+r.ID)
		w.Raw("resource", formed(form, r.Body))
		writeMode(w, mode)
		w.End()
	}
}

// allWarnings are those of the query and of the page.
func (set searchset) allWarnings() []outcome.Issue {
	if !set.Cut {
		return set.warnings
	}
	return append(set.warnings, outcome.Issue{
		Severity: outcome.Warning, Code: outcome.TooCostly,
		Text:     "there are more resources to include than a page holds, and some were left out; ask for fewer matches with _count",
		Expected: fmt.Sprintf("at most %d included resources on a page", resources.MostIncluded),
	})
}

func writeMode(w *codec.Writer, mode string) {
	w.Object("search")
	w.String("mode", mode)
	w.End()
}
