package fhirpath

import (
	"errors"

	"github.com/gofhir/fhirpath/eval"
	"github.com/gofhir/fhirpath/funcs"
	"github.com/gofhir/fhirpath/types"
)

// conversions are the functions of §5.5; the library performs them on single values.
var conversions = libraryFunctions(0, 0,
	"toBoolean", "convertsToBoolean", "toInteger", "convertsToInteger", "toDecimal", "convertsToDecimal",
	"convertsToString", "toDate", "convertsToDate", "toDateTime", "convertsToDateTime", "toTime", "convertsToTime",
	"toQuantity", "convertsToQuantity")

// calculations are the functions of §5.7.
var calculations = libraryFunctions(0, 1, "abs", "ceiling", "exp", "floor", "ln", "log", "power", "round", "sqrt", "truncate",
	"lowBoundary", "highBoundary")

func libraryFunctions(least, most int, names ...string) map[string]*function {
	table := map[string]*function{}
	for _, name := range names {
		known, ok := funcs.GetRegistry().Get(name)
		if !ok { // at start-up only, and in every test: the version of the library is pinned
			panic("the FHIRPath library has no " + name)
		}
		table[name] = &function{min: max(least, min(known.MinArgs, 1)), max: min(most, max(known.MaxArgs, 0)), do: byLibrary(known)}
	}
	return table
}

// maxPlaces bounds the digits that a number is rounded to, and powers.
const maxPlaces = 100

// byLibrary lets the library's function do what it does to one value. It sees no resource.
func byLibrary(f eval.FuncDef) func(*call) ([]item, error) {
	return func(c *call) ([]item, error) {
		it, ok, err := c.single()
		if err != nil || !ok {
			return nil, err
		}
		v := it.arithmeticValue()
		if v == nil || len(v.String()) > maxDigits {
			return nil, nil
		}
		var args []any
		for i := range c.term.args {
			list, err := c.arg(i)
			if err != nil {
				return nil, err
			}
			var held types.Collection
			for _, it := range list {
				a := it.system()
				if n, ok := a.(types.Integer); ok && (n.Value() > maxPlaces || n.Value() < -maxPlaces) {
					return nil, errNumber // the library would write out as many noughts
				}
				if a != nil {
					held = append(held, a)
				}
			}
			args = append(args, held)
		}
		made, err := f.Fn(eval.NewContext(nil), types.Collection{v}, args)
		if err != nil {
			return nil, errors.New(c.term.name + "() cannot be applied to this value")
		}
		if len(made) == 0 {
			return nil, nil
		}
		return bounded(made[0], nil)
	}
}

// utilities are the functions of §5.9 and §5.5.1, and aggregate (§7.1).
var utilities = map[string]*function{
	"toString": {0, 0, false, ofText(func(c *call, s string) ([]item, error) { return c.made(s) })},
	"trace":    {1, 2, false, func(c *call) ([]item, error) { return c.on, nil }}, // it must not write patients' data anywhere
	"now": {0, 0, false, func(c *call) ([]item, error) {
		v, err := types.NewDateTime(c.now.Format("2006-01-02T15:04:05.000Z07:00"))
		return one(v), err
	}},
	"today": {0, 0, false, func(c *call) ([]item, error) {
		v, err := types.NewDate(c.now.Format("2006-01-02"))
		return one(v), err
	}},
	"timeOfDay": {0, 0, false, func(c *call) ([]item, error) {
		v, err := types.NewTime(c.now.Format("15:04:05.000"))
		return one(v), err
	}},
	"iif":       {2, 3, false, either},
	"aggregate": {1, 2, false, aggregate},
	// The codec checks narratives before anything else sees them.
	"htmlChecks": {0, 0, false, func(*call) ([]item, error) { return yesNo(true), nil }},
}

// either evaluates one of its parameters only. They see the input as their focus: R4's ctm-1 relies on it.
func either(c *call) ([]item, error) {
	f := *c.frame
	f.focus = c.on
	if len(c.on) == 1 {
		f.this = c.on
	}
	chosen, err := c.eval(c.term.args[0], &f)
	if err != nil {
		return nil, err
	}
	yes, err := condition(chosen)
	switch {
	case err != nil:
		return nil, err
	case yes:
		return c.eval(c.term.args[1], &f)
	case len(c.term.args) == 3:
		return c.eval(c.term.args[2], &f)
	}
	return nil, nil
}

func aggregate(c *call) ([]item, error) {
	var total []item
	if len(c.term.args) == 2 {
		var err error
		if total, err = c.arg(1); err != nil {
			return nil, err
		}
	}
	for i := range c.on {
		this := c.on[i : i+1 : i+1]
		var err error
		if total, err = c.eval(c.term.args[0], &frame{focus: this, this: this, index: i, total: total}); err != nil {
			return nil, err
		}
	}
	return total, nil
}

// terminology are R4's functions that ask others: value sets and profiles. What nobody knows is nothing.
var terminology = map[string]*function{
	"memberOf": {1, 1, false, func(c *call) ([]item, error) {
		return c.asked(c.scope.Member)
	}},
	"conformsTo": {1, 1, false, func(c *call) ([]item, error) {
		return c.asked(c.scope.Conforms)
	}},
}

func (c *call) asked(whether func(Value, string) (bool, bool)) ([]item, error) {
	it, ok, err := c.single()
	if err != nil || !ok || whether == nil {
		return nil, err
	}
	url, ok, err := c.textArg(0)
	if err != nil || !ok {
		return nil, err
	}
	yes, known := whether(Value(it), url)
	if !known {
		return nil, c.spend(100)
	}
	return yesNo(yes), c.spend(100)
}
