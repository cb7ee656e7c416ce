package fhirpath

import (
	"slices"

	"github.com/gofhir/fhirpath/types"
)

// existence are the functions of §5.1.
var existence = map[string]*function{
	"empty":  {0, 0, false, func(c *call) ([]item, error) { return yesNo(len(c.on) == 0), nil }},
	"not":    {0, 0, false, negation},
	"exists": {0, 1, false, exists},
	"all":    {1, 1, false, all},
	"count": {0, 0, false, func(c *call) ([]item, error) {
		return one(types.NewInteger(int64(len(c.on)))), nil
	}},
	"allTrue":  {0, 0, false, func(c *call) ([]item, error) { return everyIs(c, true, true) }},
	"anyTrue":  {0, 0, false, func(c *call) ([]item, error) { return everyIs(c, true, false) }},
	"allFalse": {0, 0, false, func(c *call) ([]item, error) { return everyIs(c, false, true) }},
	"anyFalse": {0, 0, false, func(c *call) ([]item, error) { return everyIs(c, false, false) }},
	"subsetOf": {1, 1, false, func(c *call) ([]item, error) {
		other, err := c.arg(0)
		if err != nil {
			return nil, err
		}
		return c.within(c.on, other)
	}},
	"supersetOf": {1, 1, false, func(c *call) ([]item, error) {
		other, err := c.arg(0)
		if err != nil {
			return nil, err
		}
		return c.within(other, c.on)
	}},
	"distinct": {0, 0, false, func(c *call) ([]item, error) { return c.distinct(c.on) }},
	"isDistinct": {0, 0, false, func(c *call) ([]item, error) {
		kept, err := c.distinct(c.on)
		return yesNo(len(kept) == len(c.on)), err
	}},
	"hasValue": {0, 0, false, func(c *call) ([]item, error) {
		return yesNo(len(c.on) == 1 && c.on[0].system() != nil), nil
	}},
	"getValue": {0, 0, false, func(c *call) ([]item, error) {
		if len(c.on) != 1 || c.on[0].system() == nil {
			return nil, nil
		}
		return one(c.on[0].system()), nil
	}},
}

func negation(c *call) ([]item, error) {
	yes, known, err := truth(c.on)
	if err != nil || !known {
		return nil, err
	}
	return yesNo(!yes), nil
}

func exists(c *call) ([]item, error) {
	if len(c.term.args) == 0 {
		return yesNo(len(c.on) > 0), nil
	}
	found := false
	err := c.each(c.on, func(_ item, result []item) (stop bool, err error) {
		found, err = condition(result)
		return found, err
	})
	return yesNo(found), err
}

func all(c *call) ([]item, error) {
	every := true
	err := c.each(c.on, func(_ item, result []item) (stop bool, err error) {
		every, err = condition(result)
		return !every, err
	})
	return yesNo(every), err
}

// everyIs says whether all items, or any of them, are the boolean wanted.
func everyIs(c *call, wanted, every bool) ([]item, error) {
	for _, it := range c.on {
		if b, ok := it.boolean(); (ok && b == wanted) != every {
			return yesNo(!every), nil
		}
	}
	return yesNo(every), nil
}

func (c *call) within(small, large []item) ([]item, error) {
	for _, it := range small {
		known, err := c.has(large, it)
		if err != nil || !known {
			return yesNo(false), err
		}
	}
	return yesNo(true), nil
}

// filters are the functions of §5.2.
var filters = map[string]*function{
	"where":  {1, 1, false, where},
	"select": {1, 1, false, selection},
	"repeat": {1, 1, false, repetition},
	"ofType": {1, 1, true, func(c *call) ([]item, error) { return ofType(c.on, c.term.text), nil }},
	"as":     {1, 1, true, func(c *call) ([]item, error) { return typeOperator("as", c.term.text, c.on) }},
	"is":     {1, 1, true, func(c *call) ([]item, error) { return typeOperator("is", c.term.text, c.on) }},
}

func where(c *call) ([]item, error) {
	var kept []item
	err := c.each(c.on, func(it item, result []item) (bool, error) {
		yes, err := condition(result)
		if yes {
			kept = append(kept, it)
		}
		return false, err
	})
	return kept, err
}

func selection(c *call) ([]item, error) {
	var made []item
	err := c.each(c.on, func(_ item, result []item) (bool, error) {
		made = append(made, result...)
		return false, c.spend(len(result))
	})
	return made, err
}

// repetition projects until nothing new comes. An element of the resource is known by itself, a made value by equality.
func repetition(c *call) ([]item, error) {
	var made, values []item
	seen := map[*node]bool{}
	for next := c.on; len(next) > 0; {
		var found []item
		err := c.each(next, func(_ item, result []item) (bool, error) {
			for _, it := range result {
				if it.node != nil {
					if !seen[it.node] {
						seen[it.node] = true
						found = append(found, it)
					}
					continue
				}
				known, err := c.has(values, it)
				if err != nil {
					return true, err
				}
				if !known {
					values, found = append(values, it), append(found, it)
				}
			}
			return false, c.spend(len(result))
		})
		if err != nil {
			return nil, err
		}
		made, next = append(made, found...), found
	}
	return made, nil
}

// subsets are the functions of §5.3.
var subsets = map[string]*function{
	"single": {0, 0, false, func(c *call) ([]item, error) {
		_, _, err := c.single()
		return c.on, err
	}},
	"first": {0, 0, false, func(c *call) ([]item, error) { return c.on[:min(1, len(c.on)):min(1, len(c.on))], nil }},
	"last":  {0, 0, false, func(c *call) ([]item, error) { return c.on[max(0, len(c.on)-1):], nil }},
	"tail":  {0, 0, false, func(c *call) ([]item, error) { return c.on[min(1, len(c.on)):], nil }},
	"skip": {1, 1, false, func(c *call) ([]item, error) {
		n, _, err := c.intArg(0)
		return c.on[min(max(n, 0), len(c.on)):], err
	}},
	"take": {1, 1, false, func(c *call) ([]item, error) {
		n, _, err := c.intArg(0)
		return slices.Clip(c.on[:min(max(n, 0), len(c.on))]), err
	}},
	"intersect": {1, 1, false, func(c *call) ([]item, error) { return c.shared(true) }},
	"exclude":   {1, 1, false, func(c *call) ([]item, error) { return c.shared(false) }},
}

// shared keeps the items that the parameter has as well, or those it has not.
func (c *call) shared(wanted bool) ([]item, error) {
	other, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	var kept []item
	for _, it := range c.on {
		known, err := c.has(other, it)
		if err != nil {
			return nil, err
		}
		if known == wanted {
			kept = append(kept, it)
		}
	}
	if !wanted {
		return kept, nil
	}
	return c.distinct(kept)
}

// combinations are the functions of §5.4.
var combinations = map[string]*function{
	"union": {1, 1, false, func(c *call) ([]item, error) {
		other, err := c.arg(0)
		if err != nil {
			return nil, err
		}
		return c.union(c.on, other)
	}},
	"combine": {1, 1, false, func(c *call) ([]item, error) {
		other, err := c.arg(0)
		if err != nil {
			return nil, err
		}
		return slices.Concat(c.on, other), c.spend(len(other))
	}},
}
