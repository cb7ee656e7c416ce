package given

import (
	"claimwright/adjudication/scenario/source"
	"claimwright/adjudication/scenario/tree"
)

func (b *builder) organization(name, kind string) *tree.Object {
	return tree.New("resourceType", "Organization", "id", name, "identifier", identifier("organizations", name), "active", true,
		"type", tree.List{concept(coding(kind, terminology+"organization-type"))}, "name", name)
}

// insurer reads currency, timezone, and any extension of ours.
func (b *builder) insurer(name string, n *source.Node) {
	o := n.Object(b.problems)
	r := b.organization(name, "ins")
	currency := or(o.Text("currency"), "KES")
	r.Append("extension",
		tree.New("url", ours+"StructureDefinition/currency", "valueCode", currency),
		tree.New("url", timeZone, "valueCode", or(o.Text("timezone"), "Africa/Nairobi")))
	b.insurers = append(b.insurers, name)
	b.currencies[name] = currency
	b.settings(r, "insurer-settings", o.Get("settings"), currency)
	b.extend(r, "check-setting", o.Get("checks"), currency)
	b.extend(r, "exchange-rate", o.Get("rates"), currency)
	b.extendAny(r, "Organization", o, currency)
	r.Lay(tree.FromYAML(o.Get("fhir"), b.problems))
	o.Done()
	b.add(r)
}

// settings adds the settings of an insurer or a plan, and notes whether they choose a profile of another system.
func (b *builder) settings(to *tree.Object, id string, n *source.Node, currency string) {
	if profile := n.Get("profile"); profile != nil && profile.Text != "default" {
		b.Compatible = true
	}
	b.extend(to, id, n, currency)
}

// facility reads level and careType, and any other extension of ours.
func (b *builder) facility(name string, n *source.Node) {
	o := n.Object(b.problems)
	r := b.organization(name, "prov")
	own := definitions()["facility"]
	parts := b.taken(o, own.names())
	if len(parts.Entries) == 0 {
		parts.Entries = []source.Entry{{Key: "level", Value: &source.Node{Kind: source.Scalar, Text: "H", Tag: "!!str"}}}
	}
	r.Append("extension", b.extension(&own.part, own.url, parts, ""))
	b.facilities = append(b.facilities, name)
	b.extendAny(r, "Organization", o, "")
	r.Lay(tree.FromYAML(o.Get("fhir"), b.problems))
	o.Done()
	b.add(r)
}

// taken is a map of those keys of an object that are in a list.
func (b *builder) taken(o *source.Object, keys []string) *source.Node {
	part := &source.Node{At: o.Node.At, Kind: source.Map}
	for _, key := range keys {
		if value := o.Get(key); value != nil {
			part.Entries = append(part.Entries, source.Entry{Key: key, KeyAt: value.At, Value: value})
		}
	}
	return part
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
