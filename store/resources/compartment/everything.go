package compartment

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"claimwright/fhir/outcome"
	"claimwright/store"
)

// Everything is a page of what $everything answers: first the resources of the walk, then what those refer to.
type Everything struct {
	Visited, Referred []*store.Record
	// Cut tells that the walk was too long for all that it refers to to be found.
	Cut bool
	// Next is the token of the next page, empty on the last.
	Next string
}

// Everything gives the page of at most n resources that a token names, the first for the empty token. A token is good for
// an equal walk of the same principal. Each resource is on one page.
func (w *Walk) Everything(ctx context.Context, token string, n int) (Everything, error) {
	place, err := w.reads.OpenPlace(ctx, w.principal, w.what(), token)
	if err != nil {
		return Everything{}, err
	}
	at, last, referring, err := readPlace(place)
	if err != nil {
		return Everything{}, err
	}
	var page Everything
	for !referring && len(page.Visited) < n && size(page.Visited) < pageBytes {
		visited, err := w.Next(ctx, at, n-len(page.Visited))
		if err != nil {
			return Everything{}, err
		}
		page.Visited = append(page.Visited, visited.Records...)
		at = visited.Next
		if referring = at.Done(); !referring && len(visited.Records) == 0 {
			break // so much was looked at in vain that the client should ask again
		}
	}
	next := fmt.Sprintf("%d %s", at.Step, at.Token)
	if referring {
		if next, err = w.refer(ctx, &page, last, n); err != nil {
			return Everything{}, err
		}
	}
	page.Next, err = w.reads.SealPlace(ctx, w.principal, w.what(), next)
	return page, err
}

// refer fills the rest of a page with what the walk refers to, and says where the next one goes on.
func (w *Walk) refer(ctx context.Context, page *Everything, last store.Key, n int) (string, error) {
	if len(page.Visited) >= n {
		return "r " + last.String(), nil
	}
	refs, err := w.References(ctx)
	if err != nil {
		return "", err
	}
	records, next, err := w.After(ctx, refs, last, n-len(page.Visited))
	if err != nil {
		return "", err
	}
	page.Referred, page.Cut = records, refs.Cut
	if next == (store.Key{}) {
		return "", nil
	}
	return "r " + next.String(), nil
}

func size(records []*store.Record) int {
	n := 0
	for _, r := range records {
		n += len(r.Body)
	}
	return n
}

// readPlace reads what Everything sealed.
func readPlace(place string) (at Place, last store.Key, referring bool, err error) {
	if place == "" {
		return at, last, false, nil
	}
	first, rest, _ := strings.Cut(place, " ")
	if first == "r" {
		last.Type, last.ID, _ = strings.Cut(rest, "/")
		return at, last, true, nil
	}
	if at.Step, err = strconv.Atoi(first); err != nil {
		return at, last, false, outcome.New(http.StatusBadRequest, outcome.Value, "", "the page link is not valid")
	}
	at.Token = rest
	return at, last, false, nil
}

// what says what is paged through.
func (w *Walk) what() string {
	var b strings.Builder
	b.WriteString("everything")
	for i := range w.steps {
		b.WriteString("\n" + w.steps[i].query.Applied)
	}
	return b.String()
}
