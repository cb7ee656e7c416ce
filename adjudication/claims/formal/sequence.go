package formal

import "claimwright/fhir/codec"

// numbered are the lists that items point into, and that the engine does not read.
var numbered = []codec.Name{
	codec.Intern("careTeam"), codec.Intern("diagnosis"), codec.Intern("procedure"), codec.Intern("supportingInfo"),
}

// sequences checks that sequences are unique in the claim's lists.
func (c *checker) sequences() {
	for _, list := range numbered {
		c.unique(c.root.Get(list))
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
	c.rule(sequence, "The sequence is taken already.", sequence.Text(), "a number of its own")
}
