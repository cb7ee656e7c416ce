package search

import (
	"math"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// The composites of three parts are all of one kind: where something lies on a sequence, as its name, start and end. They
// are indexed as one interval under the name, of which a box bounds both ends.

// coordinateValue adds a place on each name of its sequence.
func coordinateValue(x *extraction, y *yield, v codec.Value) {
	named := v
	if y.pair.fromRoot {
		named = v.Document().Root()
	}
	first := x.part(&y.pair.first, named)
	starts, ends := x.part(&y.pair.second, v), x.part(&y.pair.third, v)
	for _, a := range first.terms.items {
		if x.pairs += len(starts.ranges.items) * len(ends.ranges.items); x.pairs > MaxPairs {
			return
		}
		key := pairParam(y.key, a.Text)
		for _, start := range starts.ranges.items {
			for _, end := range ends.ranges.items {
				if start.Lo <= end.Hi {
					x.ranges.add(Range{key, start.Lo, end.Hi})
				}
			}
		}
	}
}

// coordinate reads "name$start$end".
func (p *parser) coordinate(param *registry.Param, parts []string) ([]Condition, *outcome.Issue) {
	firsts, issue := p.texts(param, 0, parts[0])
	if issue != nil {
		return nil, issue
	}
	starts, issue := partOf(param, 1, param.Name).number(parts[1])
	if issue != nil {
		return nil, issue
	}
	ends, issue := partOf(param, 2, param.Name).number(parts[2])
	if issue != nil {
		return nil, issue
	}
	var all []Condition
	for _, first := range firsts {
		for _, start := range starts {
			for _, end := range ends {
				all = append(all, Condition{Kind: InBox, Param: pairParam(param.Name, first), Box: corners(start.Box, end.Box)})
			}
		}
	}
	return all, nil
}

// corners is the box of the intervals that start at a point in one box and end at a point in another.
func corners(start, end Box) Box {
	return Box{
		LoMin: math.Max(start.LoMin, start.HiMin), LoMax: math.Min(start.LoMax, start.HiMax),
		HiMin: math.Max(end.LoMin, end.HiMin), HiMax: math.Min(end.LoMax, end.HiMax),
	}
}
