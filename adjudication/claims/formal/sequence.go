package formal

import (
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// numbered is a list of the claim whose elements have a sequence, and the element of an item that points into it.
type numbered struct{ list, pointer codec.Name }

var (
	nDetail    = codec.Intern("detail")
	nSubDetail = codec.Intern("subDetail")

	pointedAt = []numbered{
		{codec.Intern("careTeam"), codec.Intern("careTeamSequence")},
		{codec.Intern("diagnosis"), codec.Intern("diagnosisSequence")},
		{codec.Intern("procedure"), codec.Intern("procedureSequence")},
		{codec.Intern("supportingInfo"), codec.Intern("informationSequence")},
	}
)

// sequences checks that sequences are unique within their list, on each level of the items, and that items point to
// sequences that exist.
func (c *checker) sequences() {
	c.unique(c.root.Get(nInsurance))
	for _, n := range pointedAt {
		list := c.root.Get(n.list)
		c.unique(list)
		for item := range c.root.Get(nItem).Each() {
			for pointer := range item.Get(n.pointer).Each() {
				if !hasSequence(list, pointer.Text()) {
					c.rule(pointer, "The line points to a sequence that the claim does not have.", pointer.Text(), "a sequence of Claim."+n.list.String())
				}
			}
		}
	}
	items := c.root.Get(nItem)
	c.unique(items)
	for item := range items.Each() {
		c.unique(item.Get(nDetail))
		for detail := range item.Get(nDetail).Each() {
			c.unique(detail.Get(nSubDetail))
		}
	}
}

// smallList is how many elements are compared pair by pair before a set pays.
const smallList = 16

func (c *checker) unique(list codec.Value) {
	if list.Len() <= smallList {
		c.uniqueByPairs(list)
		return
	}
	seen := make(map[string]bool, list.Len())
	for e := range list.Each() {
		sequence := e.Get(nSequence)
		if seen[sequence.Text()] {
			c.repeated(sequence)
		}
		seen[sequence.Text()] = true
	}
}

func (c *checker) uniqueByPairs(list codec.Value) {
	var seen [smallList]string
	n := 0
	for e := range list.Each() {
		sequence := e.Get(nSequence)
		for _, s := range seen[:n] {
			if s == sequence.Text() {
				c.repeated(sequence)
				break
			}
		}
		seen[n] = sequence.Text()
		n++
	}
}

func (c *checker) repeated(sequence codec.Value) {
	c.issues = append(c.issues, outcome.Issue{Code: outcome.BusinessRule, Expression: sequence.Path(),
		Text: "The sequence is taken already.", Found: sequence.Text(), Expected: "a number of its own"})
}

func hasSequence(list codec.Value, number string) bool {
	for e := range list.Each() {
		if e.Get(nSequence).Text() == number {
			return true
		}
	}
	return false
}
