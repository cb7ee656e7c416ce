package given

import (
	"slices"

	"claimwright/adjudication/scenario/source"
	"claimwright/adjudication/scenario/tree"
)

// planKeys are short names of the extensions that nearly every plan has; others go by their ids.
var planKeys = [...]struct{ key, id string }{
	{"limits", "plan-limit"}, {"categories", "plan-category-limit"}, {"benefits", "plan-benefit"},
	{"checks", "check-setting"}, {"authorizations", "plan-authorization"},
}

// plan reads a version of a plan. Its code is its name unless it says otherwise.
func (b *builder) plan(name string, n *source.Node) {
	o := n.Object(b.problems)
	insurer := b.name(o, "insurer", first(b.insurers), b.insurers)
	code := or(o.Text("code"), name)
	if !slices.Contains(b.plans, code) {
		b.plans = append(b.plans, code)
	}
	if b.planInsurer == nil {
		b.planInsurer = map[string]string{}
	}
	b.planInsurer[code] = insurer
	from, to := o.Period("period")
	r := tree.New("resourceType", "InsurancePlan", "id", name, "identifier", identifier("plans", code),
		"status", or(o.Text("status"), "active"), "name", name, "period", period(or(from, "2020-01-01"), to),
		"ownedBy", reference("Organization/"+insurer))
	currency := b.currencies[insurer]
	b.settings(r, "plan-settings", o.Get("settings"), currency)
	for _, k := range planKeys {
		value := o.Get(k.key)
		if k.key == "benefits" {
			value = withKinds(value)
		}
		b.extend(r, k.id, value, currency)
	}
	b.extendAny(r, "InsurancePlan", o, currency)
	r.Lay(tree.FromYAML(o.Get("fhir"), b.problems))
	o.Done()
	b.add(r)
}

// withKinds gives benefits the kind that their numbers imply; a plan without benefits pays everything in full.
func withKinds(n *source.Node) *source.Node {
	if n == nil {
		return &source.Node{Kind: source.List, Items: []*source.Node{withKind(mapOf("percent", "100"))}}
	}
	made := &source.Node{At: n.At, Kind: source.List}
	for _, item := range source.ListOf(n) {
		made.Items = append(made.Items, withKind(item))
	}
	return made
}

func withKind(n *source.Node) *source.Node {
	kind := ""
	switch {
	case n.Kind != source.Map || n.Get("kind") != nil:
	case n.Get("percent") != nil:
		kind = "coinsurance"
	case n.Get("amount") != nil:
		kind = "fixed"
	}
	if kind == "" {
		return n
	}
	return source.Merge(n, &source.Node{At: n.At, Kind: source.Map, Entries: mapOf("kind", kind).Entries})
}

func mapOf(key, text string) *source.Node {
	value := &source.Node{Kind: source.Scalar, Text: text, Tag: "!!str"}
	return &source.Node{Kind: source.Map, Entries: []source.Entry{{Key: key, Value: value}}}
}
