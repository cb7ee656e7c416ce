package scheme

import (
	"slices"
	"strings"
	"time"

	"claimwright/adjudication/engine/rules"
	"claimwright/adjudication/engine/rules/condition"
	"claimwright/adjudication/engine/rules/value"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// rule compiles a rule. One that is not in use is compiled as well, so that its author is told what is wrong with it before
// it is switched on, but left out.
func (c *compiler) rule(d *codec.Document) {
	rule, with := c.readRule(d)
	if rule == nil || c.failed {
		return
	}
	inUse := c.published(d.Root(), d.Root().Get(nEffectivePeriod))
	if inUse {
		c.rules = append(c.rules, rule)
	}
	c.written = append(c.written, WrittenRule{Rule: rule, Document: d, With: with, InUse: inUse})
}

// CompileRule compiles one rule, in use or not, beside the organisations and lists among docs; the rest of them is ignored.
// With issues the rule is nil; their expressions begin with the rule's own elements.
func CompileRule(docs []*codec.Document, d *codec.Document) (*rules.Rule, []outcome.Issue) {
	c := newCompiler()
	var sorted []*codec.Document
	sorted, c.terminology = relevant(docs)
	for _, o := range sorted {
		if o.Type() == "Organization" {
			c.doc = o
			c.organization(o)
		}
	}
	c.doc, c.issues = d, nil
	rule, _ := c.readRule(d)
	for i := range c.issues {
		c.issues[i].Expression = strings.TrimPrefix(c.issues[i].Expression, c.source().Key+": ")
	}
	if c.failed {
		return nil, c.issues
	}
	return rule, nil
}

// readRule reads a rule, nil where it is wrong, and tells what it was read with.
func (c *compiler) readRule(d *codec.Document) (*rules.Rule, rules.Context) {
	c.begin()
	root := d.Root()
	with := rules.Context{
		Lists: func(name string) *value.Codes { return c.ruleList(root, name) }, ListNames: c.listNames(), Zone: c.ruleZone(d),
	}
	rule, issues := rules.Read(d, with)
	for _, i := range issues {
		c.failed = true
		i.Expression = c.source().Key + ": " + i.Expression
		c.issues = append(c.issues, i)
	}
	return rule, with
}

// WrittenRule is a rule with what it was read from, for those who test or explain rules. It holds on to the documents that it
// was compiled beside.
type WrittenRule struct {
	Rule     *rules.Rule
	Document *codec.Document
	// With is what the rule was read with.
	With rules.Context
	// InUse tells that the scheme asks the rule; a draft, or one that is retired, it does not.
	InUse bool
}

// CompileWithRules is Compile, and gives all rules besides, in the order of their keys, those not in use included.
func CompileWithRules(docs []*codec.Document) (*Scheme, []WrittenRule, []outcome.Issue) {
	c := compiled(docs)
	return c.sch, c.written, c.issues
}

// remembered tells the register which services rules look back for, and how far: only these are kept in heads for them.
func (c *compiler) remembered() {
	for _, rule := range c.rules {
		for i := range rule.Rows {
			for _, ask := range rule.Rows[i].Asks() {
				c.remember(ask)
			}
			c.sch.visits = max(c.sch.visits, rule.Rows[i].Visits())
		}
	}
}

func (c *compiler) remember(ask condition.Ask) {
	for _, versions := range c.sch.register {
		for _, item := range versions {
			for _, code := range item.Codes {
				if ask.Codes == nil || ask.Codes.Has(code.Value) {
					item.Remember = max(item.Remember, ask.Days)
				}
			}
		}
	}
}

// Remembers tells whether members' heads hold all that a look back asks for: every service that it may mean is remembered as
// far back.
func (s *Scheme) Remembers(ask condition.Ask) bool {
	for code, versions := range s.register {
		if ask.Codes != nil && !ask.Codes.Has(code.Value) {
			continue
		}
		for _, item := range versions {
			if item.Remember < ask.Days {
				return false
			}
		}
	}
	return true
}

// ruleList is a list that a condition names, nil when there is none: the condition says so itself, with its place.
func (c *compiler) ruleList(root codec.Value, name string) *value.Codes {
	if !slices.ContainsFunc(c.terminology, func(d *codec.Document) bool {
		return d.Root().Get(nURL).Text() == name || d.Root().Get(nName).Text() == name
	}) {
		return nil
	}
	list := c.listOf(root, name)
	if list == nil {
		return nil
	}
	return list.Codes(name)
}

// listNames are the names of all lists that were found, for those who misspell one.
func (c *compiler) listNames() []string {
	var names []string
	for _, d := range c.terminology {
		if name := d.Root().Get(nName).Text(); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// ruleZone is where the days of a rule's period begin: at its insurer, where it is for one.
func (c *compiler) ruleZone(d *codec.Document) *time.Location {
	named := rules.InsurersOf(d)
	if len(named) == 1 {
		if insurer := c.sch.Insurer(LocalKey(named[0])); insurer != nil {
			return insurer.Zone
		}
	}
	return time.UTC
}
