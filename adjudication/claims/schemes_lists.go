package claims

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
)

// maxListsNamed bounds the lists of codes that a scheme names.
const maxListsNamed = 200

func isTerminology(typ string) bool { return typ == "ValueSet" || typ == "CodeSystem" }

// listsNamed are the urls without their versions, or the names, of the lists that the loaded insurers, plans and rules name,
// sorted.
func (l library) listsNamed() []string {
	var urls []string
	for _, typ := range []string{"Organization", "InsurancePlan", "PlanDefinition"} {
		if shelf := l[typ]; shelf != nil {
			for _, held := range shelf.docs {
				urls = append(urls, listURLs(held.doc)...)
			}
		}
	}
	slices.Sort(urls)
	urls = slices.Compact(urls)
	return urls[:min(len(urls), maxListsNamed)]
}

func listURLs(doc *codec.Document) []string {
	urls := scheme.ListsNamed(doc)
	for i, named := range urls {
		urls[i], _, _ = strings.Cut(named, "|")
	}
	return urls
}

// eachNamed reads the ValueSets or CodeSystems of some urls or names.
func eachNamed(ctx context.Context, in searcher, typ string, urls []string, each func(*store.Record) error) error {
	for _, one := range urls {
		q, err := listQuery(typ, one)
		if err != nil {
			return err
		}
		if err := eachFound(ctx, in, q, each); err != nil {
			return err
		}
	}
	return nil
}

var searchEscapes = strings.NewReplacer(`\`, `\\`, `,`, `\,`, `|`, `\|`, `$`, `\$`)

func listQuery(typ, canonical string) (*search.Query, error) {
	parameter := "url"
	if scheme.IsListName(canonical) {
		parameter = "name:exact"
	}
	q, _, err := search.Parse(typ, url.Values{parameter: {searchEscapes.Replace(canonical)}}.Encode(), search.Options{})
	if err != nil {
		return nil, fmt.Errorf("look for the list %q: %w", canonical, err)
	}
	q.Count = loadPage
	return q, nil
}

// listBehaviour is that of ValueSet and CodeSystem: only one that a check names is a part of the scheme. All others are
// written as if there were no scheme, but not at the same moment as a plan that names them for the first time.
type listBehaviour struct{ schemes *Schemes }

func (b listBehaviour) Locks(_ context.Context, _ *resources.Unit, c resources.Change) ([]string, error) {
	if sch := b.schemes.Loaded(); sch != nil && touchesLists(c, sch.Lists()) {
		return []string{schemeLock}, nil
	}
	return nil, nil
}

func (b listBehaviour) Stage(ctx context.Context, u *resources.Unit, c resources.Change) (*resources.Stored, error) {
	epoch, err := u.Internal(ctx, epochKey)
	if err != nil {
		return nil, fmt.Errorf("read the scheme's epoch: %w", err)
	}
	sch, err := b.schemes.At(ctx, epoch.Version)
	staged := errors.Is(err, errStagedScheme) // the same transaction changes the scheme, perhaps to name this list
	if err != nil && !staged {
		return nil, err
	}
	if !staged && !touchesLists(c, sch.Lists()) {
		u.RelyInternal(epoch)
		return resources.Plain(ctx, u, c)
	}
	if !staged && c.New != nil {
		if err := b.schemes.refuse(ctx, u, c.Key, c.New); err != nil {
			return nil, err
		}
	}
	stored, err := resources.Plain(ctx, u, c)
	if err != nil {
		return nil, err
	}
	return stored, bump(ctx, u, c.Key.Type)
}

// touchesLists tells whether a write makes, changes or removes one of the lists.
func touchesLists(c resources.Change, urls []string) bool {
	named := func(doc *codec.Document) bool {
		for _, called := range []codec.Name{nURL, nName} {
			if _, found := slices.BinarySearch(urls, doc.Root().Get(called).Text()); found {
				return true
			}
		}
		return false
	}
	return c.New != nil && named(c.New) || c.Old != nil && named(c.Old.Doc)
}
