package search

import "claimwright/fhir/codec"

// customExtraction is what an extraction knows of the parameters beside R4's own.
type customExtraction struct {
	*Custom
	// standard is how many values R4's own parameters gave.
	standard int
}

// addCustom adds the values of the parameters that are not R4's own. Their places are counted for themselves.
func (x *extraction) addCustom(resourceType string, root codec.Value) {
	p := x.custom.plan(resourceType)
	if p == nil {
		return
	}
	x.pairs = 0
	x.present, x.custom.standard = places{}, x.size()
	x.walk(&p.root, root)
	x.addPresence(&p.presences)
}

// size is how many values there are.
func (x *extraction) size() int {
	return len(x.terms.items) + len(x.ranges.items) + len(x.strings.items)
}

// addTo adds the values of the parameters of a contained resource to those that it has already.
func (c *customExtraction) addTo(held *extraction, resourceType string, v codec.Value) {
	if p := c.plan(resourceType); p != nil {
		held.custom = &customExtraction{Custom: c.Custom, standard: held.size()}
		held.walk(&p.root, v)
	}
}

// bound keeps the values of a document by the yields at and below a node within MaxCustomValues.
func (n *node) bound() {
	for i := range n.yields {
		convert := n.yields[i].convert
		n.yields[i].convert = func(x *extraction, y *yield, v codec.Value) {
			if x.custom == nil || x.size()-x.custom.standard < MaxCustomValues {
				convert(x, y, v)
			}
		}
	}
	for i := range n.edges {
		n.edges[i].to.bound()
	}
}
