package resources

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/search"
	"claimwright/fhir/terminology"
	"claimwright/store"
)

// mostVersions bounds how many definitions of one canonical url are looked at.
const mostVersions = 20

// Definitions finds stored definitions by their canonical urls, under an access. It is a terminology.Source.
type Definitions struct {
	reads  *Reads
	access store.Access
}

var _ terminology.Source = Definitions{}

// Definitions are the stored definitions that a principal may see.
func (r *Reads) Definitions(p Principal) Definitions { return Definitions{r, p.Access} }

// ValueSet implements terminology.Source.
func (d Definitions) ValueSet(ctx context.Context, url, version string) (*codec.Document, error) {
	return d.Find(ctx, "ValueSet", url, version)
}

// CodeSystem implements terminology.Source.
func (d Definitions) CodeSystem(ctx context.Context, url, version string) (*codec.Document, error) {
	return d.Find(ctx, "CodeSystem", url, version)
}

// Find gives a stored definition of a type that has a url, nil where there is none. Of several, an active one comes before
// the others, then the greatest version, then the one written last.
func (d Definitions) Find(ctx context.Context, resourceType, canonical, version string) (*codec.Document, error) {
	query := "url=" + url.QueryEscape(search.Escaped(canonical))
	if version != "" {
		query += "&version=" + url.QueryEscape(search.Escaped(version))
	}
	q, _, err := search.Parse(resourceType, query, search.Options{DefaultCount: mostVersions})
	if err != nil {
		return nil, err
	}
	page, err := d.reads.reader.Search(ctx, d.access, q, "")
	if err != nil {
		return nil, fmt.Errorf("look for the %s %s: %w", resourceType, canonical, readFault(err))
	}
	var docs []*codec.Document
	for _, r := range page.Records {
		doc, err := parseStored(r.Key, r.Body)
		if err != nil {
			return nil, err
		}
		docs = append(docs, doc)
	}
	if len(docs) == 0 {
		return nil, nil
	}
	return slices.MaxFunc(docs, compareDefinitions), nil
}

var (
	nStatus  = codec.Intern("status")
	nVersion = codec.Intern("version")
)

func compareDefinitions(a, b *codec.Document) int {
	active := func(d *codec.Document) int {
		if d.Root().Get(nStatus).Text() == "active" {
			return 1
		}
		return 0
	}
	return cmp.Or(
		active(a)-active(b),
		compareVersions(a.Root().Get(nVersion).Text(), b.Root().Get(nVersion).Text()),
		strings.Compare(a.LastUpdated(), b.LastUpdated()),
	)
}

// compareVersions orders business versions as people count them: 2.10 after 2.9.
func compareVersions(a, b string) int {
	for a != "" && b != "" {
		na, restA := cutNumber(a)
		nb, restB := cutNumber(b)
		if na != "" && nb != "" {
			if c := cmp.Or(cmp.Compare(len(na), len(nb)), strings.Compare(na, nb)); c != 0 {
				return c
			}
			a, b = restA, restB
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// cutNumber takes the digits off the front, without leading zeros.
func cutNumber(s string) (digits, rest string) {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	digits = strings.TrimLeft(s[:end], "0")
	if digits == "" && end > 0 {
		digits = "0"
	}
	return digits, s[end:]
}
