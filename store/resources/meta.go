package resources

import (
	"context"
	"fmt"
	"net/http"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
)

var (
	nCode       = codec.Intern("code")
	nProfile    = codec.Intern("profile")
	nProfileExt = codec.Intern("_profile")
	nSecurity   = codec.Intern("security")
	nTag        = codec.Intern("tag")
)

// Meta is the interaction that changes the sets of a Meta and nothing else of it. A behaviour that judges content has
// nothing to judge: it stages the change as it is.
const Meta Interaction = "meta"

// MetaSets are the parts of a Meta that are sets (R4 resource.html#Meta): profiles, known by their url, security labels and
// tags, known by system and code. The zero value is three empty sets. Copies share nothing that changes.
type MetaSets struct {
	profiles       []string
	security, tags []coding
}

// coding is a Coding; raw is its JSON.
type coding struct {
	system, code string
	raw          []byte
}

// MetaSetsOf reads the sets of a Meta, each member once; an absent Meta has none.
func MetaSetsOf(meta codec.Value) MetaSets {
	var m MetaSets
	for p := range meta.Get(nProfile).Each() {
		if url := p.Text(); url != "" && !contains(m.profiles, url) {
			m.profiles = append(m.profiles, string([]byte(url)))
		}
	}
	m.security, m.tags = readCodings(meta.Get(nSecurity)), readCodings(meta.Get(nTag))
	return m
}

func readCodings(list codec.Value) []coding {
	var out []coding
	for v := range list.Each() {
		l := coding{system: string([]byte(v.Get(nSystem).Text())), code: string([]byte(v.Get(nCode).Text())), raw: append([]byte(nil), v.Raw()...)}
		out = withCoding(out, l)
	}
	return out
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}

func withCoding(list []coding, l coding) []coding {
	for _, have := range list {
		if have.system == l.system && have.code == l.code {
			return list
		}
	}
	return append(list, l)
}

// With are the members of both; where both have a Coding, that of m stays as it is.
func (m MetaSets) With(o MetaSets) MetaSets {
	sum := MetaSets{
		profiles: append([]string(nil), m.profiles...),
		security: append([]coding(nil), m.security...),
		tags:     append([]coding(nil), m.tags...),
	}
	for _, p := range o.profiles {
		if !contains(sum.profiles, p) {
			sum.profiles = append(sum.profiles, p)
		}
	}
	for _, l := range o.security {
		sum.security = withCoding(sum.security, l)
	}
	for _, l := range o.tags {
		sum.tags = withCoding(sum.tags, l)
	}
	return sum
}

// Without are the members of m that o does not have.
func (m MetaSets) Without(o MetaSets) MetaSets {
	var rest MetaSets
	for _, p := range m.profiles {
		if !contains(o.profiles, p) {
			rest.profiles = append(rest.profiles, p)
		}
	}
	rest.security, rest.tags = codingsWithout(m.security, o.security), codingsWithout(m.tags, o.tags)
	return rest
}

func codingsWithout(list, taken []coding) []coding {
	var rest []coding
	for _, l := range list {
		if len(withCoding(taken[:len(taken):len(taken)], l)) > len(taken) {
			rest = append(rest, l)
		}
	}
	return rest
}

// Len is how many members the sets have together.
func (m MetaSets) Len() int { return len(m.profiles) + len(m.security) + len(m.tags) }

// Write writes the sets as members of a Meta that has begun.
func (m MetaSets) Write(w *codec.Writer) {
	w.Array("profile")
	for _, p := range m.profiles {
		w.String("", p)
	}
	w.End()
	for _, set := range [...]struct {
		name string
		of   []coding
	}{{"security", m.security}, {"tag", m.tags}} {
		w.Array(set.name)
		for _, l := range set.of {
			w.Raw("", l.raw)
		}
		w.End()
	}
}

// ChangeMeta stages the next version of a resource with the sets of its meta changed and everything else as it is; see Service.
func (u *Unit) ChangeMeta(ctx context.Context, key store.Key, ifMatch int64, change func(MetaSets) MetaSets) (*Stored, error) {
	if err := u.Require(resourceLock(key)); err != nil {
		return nil, err
	}
	before, err := u.visible(ctx, key)
	if err != nil {
		return nil, err
	}
	switch {
	case before.deleted:
		return nil, gone(&store.Record{Key: key, Version: before.version, Updated: before.updated})
	case !before.exists():
		return nil, notFound(key)
	}
	if err := matches(key, before, ifMatch); err != nil {
		return nil, err
	}
	old := before.stored(key)
	marked, err := u.remarked(before.doc, change)
	if err != nil {
		return nil, fmt.Errorf("change the meta of %s: %w", key, err)
	}
	if sameContent(before.doc, marked) {
		old.Unchanged = true
		return old, nil
	}
	return u.stage(ctx, Change{Interaction: Meta, Key: key, Old: old, New: marked})
}

// remarked is a stored resource, which has a meta, with other sets.
func (u *Unit) remarked(doc *codec.Document, change func(MetaSets) MetaSets) (*codec.Document, error) {
	doc, issues := codec.Parse(doc.Bytes(), codec.Limits{MaxBytes: u.run.service.options.MaxBytes}) // with room to grow
	if refused := outcome.Rejected(issues); refused != nil {
		return nil, refused
	}
	meta := doc.Root().Get(nMeta)
	have := MetaSetsOf(meta)
	want := change(have)
	w := codec.NewWriter(nil)
	w.Object("")
	for name, value := range meta.Members() {
		switch name {
		case nProfile, nSecurity, nTag:
		case nProfileExt: // its entries belong to profiles by their place
			if fmt.Sprint(have.profiles) == fmt.Sprint(want.profiles) {
				w.Raw(name.String(), value.Raw())
			}
		default:
			w.Raw(name.String(), value.Raw())
		}
	}
	want.Write(w)
	w.End()
	marked, issues := doc.Replace([]codec.Edit{{At: meta, JSON: w.Bytes()}})
	if refused := outcome.Rejected(issues); refused != nil {
		refused.Status = http.StatusUnprocessableEntity
		return nil, refused
	}
	return marked, nil
}

// ChangeMeta changes the sets of a Meta, and nothing else of it, in a unit of work of its own: the version goes up by
// one, unless nothing would change. It fails with 404 and 410 like a read, with 412 where ifMatch, if not 0, is not the
// current version, and with what the type's behaviour says about it.
func (s *Service) ChangeMeta(ctx context.Context, p Principal, key store.Key, ifMatch int64, change func(MetaSets) MetaSets) (stored *Stored, err error) {
	err = s.Do(ctx, p, []string{resourceLock(key)}, func(ctx context.Context, u *Unit) (err error) {
		stored, err = u.ChangeMeta(ctx, key, ifMatch, change)
		return err
	})
	return answer(stored, err)
}
