package scheme

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"

	_ "time/tzdata" // insurers name IANA time zones, and the machine may have none

	"claimwright/adjudication/engine/rules"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// Base is the canonical base of our own definitions.
const Base = "https://claimwright.org/fhir"

// Compile makes a Scheme of Organizations, InsurancePlans, ChargeItemDefinitions, price-list Contracts, rules (PlanDefinitions of type
// eca-rule), and the ValueSets and CodeSystems that a check or a rule names, in any order; other documents are ignored. It always returns a Scheme: a resource or a price that cannot be understood is
// left out whole and named by an issue of severity error, whose expression begins with the resource ("InsurancePlan/x:
// InsurancePlan.extension[2]"). Warnings name what was understood by a default. The Scheme shares no memory with the
// documents.
func Compile(docs []*codec.Document) (*Scheme, []outcome.Issue) {
	c := compiled(docs)
	return c.sch, c.issues
}

func compiled(docs []*codec.Document) *compiler {
	c := newCompiler()
	sorted, terminology := relevant(docs)
	c.terminology = terminology
	for _, stage := range []struct {
		resourceType string
		compile      func(*codec.Document)
	}{
		{"Organization", c.organization},
		{"ChargeItemDefinition", c.registerItem},
		{"InsurancePlan", c.plan},
		{"Contract", c.priceList},
		{"PlanDefinition", c.rule},
		{"MeasureReport", c.peers},
	} {
		for _, d := range sorted {
			if d.Type() == stage.resourceType {
				c.doc = d
				stage.compile(d)
			}
		}
	}
	c.nestings()
	c.sch.rules = rules.NewSet(c.rules)
	c.remembered()
	for _, d := range sorted {
		for _, named := range ListsNamed(d) {
			url, _, _ := strings.Cut(named, "|")
			c.sch.lists = append(c.sch.lists, url)
		}
	}
	slices.Sort(c.sch.lists)
	slices.SortFunc(c.used, byKey)
	c.sch.digest = digest(slices.Concat(sorted, c.used))
	return c
}

// relevant sorts the scheme's documents by key, so that nothing depends on the order in which they were read. Terminology
// belongs to the scheme only as far as a check names it, an Organization as an insurer or provider: all others may be
// written without anybody compiling anew, and must not show in the digest.
func relevant(docs []*codec.Document) (sorted, terminology []*codec.Document) {
	sorted = make([]*codec.Document, 0, len(docs))
	for _, d := range docs {
		switch d.Type() {
		case "ChargeItemDefinition", "InsurancePlan":
			sorted = append(sorted, d)
		case "Organization":
			if kinds := d.Root().Get(nType); hasCode(kinds, organizationTypes, "ins") || hasCode(kinds, organizationTypes, "prov") {
				sorted = append(sorted, d)
			}
		case "MeasureReport":
			if IsPeers(d) {
				sorted = append(sorted, d)
			}
		case "PlanDefinition":
			if rules.Is(d) {
				sorted = append(sorted, d)
			}
		case "CodeSystem", "ValueSet":
			terminology = append(terminology, d)
		case "Contract":
			if IsPriceList(d) {
				sorted = append(sorted, d)
			}
		}
	}
	slices.SortFunc(sorted, byKey)
	slices.SortFunc(terminology, byKey)
	return sorted, terminology
}

func byKey(a, b *codec.Document) int {
	return cmp.Or(strings.Compare(a.Type(), b.Type()), strings.Compare(a.ID(), b.ID()))
}

func digest(docs []*codec.Document) string {
	h := sha256.New()
	var size [8]byte
	write := func(part []byte) {
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write(part)
	}
	for _, d := range docs {
		for name, value := range d.Root().Members() {
			if name == nMeta { // when and how often it was written is not what it says
				continue
			}
			write([]byte(name.String()))
			write(value.Raw())
		}
		write(nil)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// compiler gathers the scheme and what is wrong with the documents. doc is the one being read.
type compiler struct {
	sch    *Scheme
	doc    *codec.Document
	issues []outcome.Issue
	failed bool
	// terminology are the documents that a check may name, lists what was made of those that were named, by the name, and
	// used their documents.
	terminology []*codec.Document
	lists       map[string]*CodeList
	used        []*codec.Document
	// bundles are the items that include others.
	bundles []bundle
	rules   []*rules.Rule
	// written are all rules, those not in use included.
	written []WrittenRule
}

func newCompiler() *compiler {
	return &compiler{sch: &Scheme{
		insurers:   map[string]*Insurer{},
		facilities: map[string]*Facility{},
		byName:     map[Code][]string{},
		plans:      map[planKey][]*Plan{},
		register:   map[Code][]*Item{},
		prices:     map[priceKey]PriceLists{},
		tariffs:    map[priceKey]PriceLists{},
		peers:      map[string]*Peers{},
	}, lists: map[string]*CodeList{}}
}

// begin starts a part that is left out whole when anything in it fails.
func (c *compiler) begin() { c.failed = false }

func (c *compiler) fail(at codec.Value, text, found, expected string) {
	c.failed = true
	c.report(outcome.Failure, at, text, found, expected)
}

// miss fails for want of another resource, which may still come: its issue has the code not-found.
func (c *compiler) miss(at codec.Value, text, found, expected string) {
	c.fail(at, text, found, expected)
	c.issues[len(c.issues)-1].Code = outcome.NotFound
}

func (c *compiler) warn(at codec.Value, text, found, expected string) {
	c.report(outcome.Warning, at, text, found, expected)
}

func (c *compiler) report(severity outcome.Severity, at codec.Value, text, found, expected string) {
	c.issues = append(c.issues, outcome.Issue{
		Severity: severity, Code: outcome.BusinessRule, Expression: c.source().Key + ": " + at.Path(),
		Text: text, Found: found, Expected: expected,
	})
}

func (c *compiler) source() Source {
	return Source{Key: c.doc.Type() + "/" + c.doc.ID(), Version: c.doc.VersionID()}
}

// organizationKey resolves a reference to an organisation of the scheme, by literal or by identifier; empty when there is
// none, or more than one.
func (c *compiler) organizationKey(ref codec.Value) string {
	if key := LocalKey(ref.Get(nReference).Text()); key != "" {
		return strings.Clone(key)
	}
	keys := c.sch.Organizations(identifier(ref.Get(nIdentifier)))
	if len(keys) == 1 {
		return keys[0]
	}
	return ""
}

// LocalKey is "Type/id" of a relative literal reference, without its version; empty for all other references, absolute
// ones included: another server's Organization/1 is not ours.
func LocalKey(reference string) string {
	if at := strings.Index(reference, "/_history/"); at >= 0 {
		reference = reference[:at]
	}
	kind, id, ok := strings.Cut(reference, "/")
	if !ok || kind == "" || id == "" || strings.ContainsAny(reference, ":#?") || strings.Contains(id, "/") {
		return ""
	}
	return reference
}
