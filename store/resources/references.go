package resources

import (
	"context"
	"errors"
	"net/http"

	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
)

// identify gives every write its key: a new id to what is created, the match's key to what a condition has found. From here
// on it is known what each fullUrl stands for. What a patch comes to is content like any other from here on.
func (t *transaction) identify(ctx context.Context) error {
	var locks []string
	err := t.each(func(s *step) error {
		switch {
		case s.Target.Operation != "":
			return nil
		case s.Conditional():
			if err := t.findChanged(ctx, s); err != nil {
				return err
			}
			locks = append(locks, resourceLock(s.key))
			fallthrough
		case s.Method != bundle.POST:
			return t.identifyChange(ctx, s)
		}
		return t.identifyCreate(ctx, s)
	}, bundle.POST, bundle.PUT, bundle.PATCH)
	if err != nil {
		return err
	}
	return t.u.Require(locks...)
}

func (t *transaction) identifyCreate(ctx context.Context, s *step) error {
	s.key.ID = t.u.NewID()
	to := bundle.Link{Type: s.key.Type, ID: s.key.ID, Version: 1}
	if s.IfNoneExist != "" {
		match, err := t.u.ifNoneExist(ctx, s.key.Type, s.IfNoneExist)
		if err != nil {
			return err
		}
		if s.done = match; match != nil {
			s.key, to.ID, to.Version = match.Key, match.Key.ID, match.Version
			t.u.Rely(match.Key, match.Version)
		}
	}
	t.links.Add(s.FullURL, to)
	return nil
}

// findChanged finds what a conditional update or patch is for.
func (t *transaction) findChanged(ctx context.Context, s *step) (err error) {
	if s.Method == bundle.PATCH {
		s.key, err = t.u.whichToPatch(ctx, s.key.Type, s.Target.Query)
		return err
	}
	if s.key, err = t.u.whichToUpdate(ctx, s.key.Type, s.Target.Query, s.doc.ID()); err == nil {
		s.doc = withID(s.doc, s.key, t.u.Now())
	}
	return err
}

func (t *transaction) identifyChange(ctx context.Context, s *step) error {
	before, err := t.u.visible(ctx, s.key)
	if err != nil {
		return err
	}
	if s.Method == bundle.PATCH {
		if s.doc, err = patched(s.key, before, s.Patch, s.IfMatch); err != nil {
			return err
		}
	}
	t.links.Add(s.FullURL, bundle.Link{Type: s.key.Type, ID: s.key.ID, Version: before.next})
	return nil
}

// link rewrites the references between entries; all that lead nowhere are reported together.
func (t *transaction) link(context.Context) error {
	versioned := map[store.Key]bool{}
	var broken []outcome.Issue
	err := t.each(func(s *step) error {
		if s.doc == nil || s.done != nil {
			return nil
		}
		for _, to := range t.links.Versioned(s.doc, s.FullURL) {
			versioned[store.Key{Type: to.Type, ID: to.ID}] = true
		}
		doc, issues := t.links.Rewrite(s.doc, s.FullURL)
		broken = append(broken, s.Within(issues)...)
		s.doc = doc
		return nil
	}, bundle.POST, bundle.PUT, bundle.PATCH)
	if len(broken) > 0 {
		return outcome.Rejected(broken)
	}
	for i := range t.steps {
		t.steps[i].always = versioned[t.steps[i].key]
	}
	return err
}

// resolve replaces the conditional references by what they find, in the store and among the entries.
func (t *transaction) resolve(ctx context.Context) error {
	var r *resolver
	return t.each(func(s *step) error {
		if s.doc == nil || s.done != nil {
			return nil
		}
		conditions := bundle.Conditions(s.doc)
		if len(conditions) == 0 {
			return nil
		}
		if r == nil {
			var err error
			if r, err = t.newResolver(ctx); err != nil {
				return err
			}
		}
		references := make([]string, len(conditions))
		for i, c := range conditions {
			found, err := r.find(ctx, c)
			if err != nil {
				return err
			}
			references[i] = found
		}
		doc, issues := bundle.Resolve(s.doc, conditions, references)
		s.doc = doc
		if err := outcome.Rejected(issues); err != nil {
			return err
		}
		return nil
	}, bundle.POST, bundle.PUT, bundle.PATCH)
}

// resolver answers conditional references. It looks at a preview of what the entries will write, since they cannot be
// staged before their references are settled; the preview is thrown away.
type resolver struct {
	u       *Unit
	preview *store.Staged
	// found are the answers by Type?query: Synthea's bundles ask the same a hundred times.
	found map[string]string
}

func (t *transaction) newResolver(ctx context.Context) (*resolver, error) {
	r := &resolver{u: t.u, preview: store.NewStaged(t.u, t.u.extractor), found: map[string]string{}}
	err := t.each(func(s *step) error {
		if s.doc == nil || s.done != nil || s.Target.Operation != "" {
			return nil
		}
		before, err := t.u.state(ctx, s.key)
		if err != nil {
			return err
		}
		values, labels := t.u.extractor.index(s.key, s.doc)
		return r.preview.Put(store.Write{
			Key: s.key, Version: before.next, Updated: t.u.after(before), Body: s.doc.Bytes(), Values: values, Labels: labels,
		})
	}, bundle.POST, bundle.PUT, bundle.PATCH)
	return r, err
}

// find gives the reference to the one match of a condition. The transaction then depends on the match staying as it is.
func (r *resolver) find(ctx context.Context, c bundle.Condition) (string, error) {
	condition := c.Type + "?" + c.Query
	if known, ok := r.found[condition]; ok {
		return known, nil
	}
	s := r.u.run.service
	q, err := s.parseCondition(c.Type, c.Query)
	if err != nil {
		return "", located(err, c.At)
	}
	guarded, err := r.u.Internal(ctx, conditionGuard(c.Type, c.Query))
	if err != nil {
		return "", err
	}
	match, err := theMatch(ctx, r.u.readsOver(r.preview), r.u.run.principal.Access, q)
	if err != nil {
		return "", located(err, c.At)
	}
	if match == nil {
		return "", located(outcome.New(http.StatusPreconditionFailed, outcome.NotFound, "", "no %s matches the conditional reference", c.Type), c.At)
	}
	if _, own := r.preview.Pending(match.Key); !own {
		r.u.Rely(match.Key, match.Version)
	}
	r.u.RelyInternal(guarded)
	r.found[condition] = match.Key.String()
	return r.found[condition], nil
}

// located says which element a refusal is about.
func located(err error, at codec.Value) error {
	var said *outcome.Error
	if !errors.As(err, &said) {
		return err
	}
	moved := *said
	moved.Issues = append([]outcome.Issue(nil), said.Issues...)
	for i := range moved.Issues {
		moved.Issues[i].Expression = at.Path()
	}
	return withCause(&moved, err)
}

// compare refuses conditional creates and updates whose conditions other entries meet as well: their order would decide what
// they do.
func (t *transaction) compare(ctx context.Context) error {
	return t.each(func(s *step) error {
		query := s.IfNoneExist
		if s.Conditional() {
			query = s.Target.Query
		}
		if query == "" || s.done == nil || s.IfNoneExist != "" && s.done.Unchanged || !t.others(s) {
			return nil
		}
		q, err := t.u.run.service.parseCondition(s.key.Type, query)
		if err != nil {
			return err
		}
		if q, err = t.u.Reads().resolve(ctx, t.u.run.principal.Access, q); err != nil {
			return err
		}
		page, err := t.u.Search(ctx, t.u.run.principal.Access, q, "")
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			if r.Key != s.key {
				return outcome.New(http.StatusPreconditionFailed, outcome.MultipleMatches, "", "another entry writes a %s that meets the condition of this one", s.key.Type)
			}
		}
		return nil
	}, bundle.POST, bundle.PUT, bundle.PATCH)
}

// others tells whether another entry writes the same type.
func (t *transaction) others(s *step) bool {
	for i := range t.steps {
		o := &t.steps[i]
		if o != s && o.key.Type == s.key.Type && (o.Method == bundle.POST || o.Method == bundle.PUT || o.Method == bundle.PATCH) && o.Target.Operation == "" {
			return true
		}
	}
	return false
}
