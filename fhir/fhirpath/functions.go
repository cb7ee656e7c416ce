package fhirpath

import (
	"errors"
	"maps"

	"github.com/gofhir/fhirpath/types"
)

// function is one function of FHIRPath.
type function struct {
	min, max int
	// typed functions take the name of a type.
	typed bool
	do    func(*call) ([]item, error)
}

// call is one call of a function.
type call struct {
	*run
	term  *term
	on    []item
	frame *frame
}

// functions is the table of all functions; FHIRPath's chapter 5, with those that R4 adds (fhirpath.html#functions).
var functions = map[string]*function{}

func init() {
	for _, group := range []map[string]*function{
		existence, filters, subsets, combinations, navigation, texts, conversions, calculations, utilities, terminology,
	} {
		maps.Copy(functions, group)
	}
}

// each evaluates the parameter for every item of the input, which is $this and the focus meanwhile, until f says stop.
func (c *call) each(list []item, f func(it item, result []item) (stop bool, err error)) error {
	inner := &frame{total: c.frame.total}
	for i := range list {
		inner.this = list[i : i+1 : i+1]
		inner.focus, inner.index = inner.this, i
		result, err := c.eval(c.term.args[0], inner)
		if err != nil {
			return err
		}
		if stop, err := f(list[i], result); stop || err != nil {
			return err
		}
	}
	return nil
}

// arg evaluates a parameter that is no expression over the items: against $this.
func (c *call) arg(i int) ([]item, error) {
	f := *c.frame
	f.focus = f.this
	return c.eval(c.term.args[i], &f)
}

// textArg is a parameter that must be a text; ok is false where it is empty.
func (c *call) textArg(i int) (text string, ok bool, err error) {
	list, err := c.arg(i)
	if err != nil || len(list) == 0 {
		return "", false, err
	}
	if len(list) > 1 {
		return "", false, ErrNotSingle
	}
	text, ok = list[0].text()
	if !ok {
		return "", false, errors.New(c.term.name + "() takes a text")
	}
	return text, true, nil
}

// intArg is a parameter that must be an integer; ok is false where it is empty.
func (c *call) intArg(i int) (n int, ok bool, err error) {
	list, err := c.arg(i)
	if err != nil || len(list) == 0 {
		return 0, false, err
	}
	v, ok := list[0].system().(types.Integer)
	if !ok || len(list) > 1 {
		return 0, false, errors.New(c.term.name + "() takes an integer")
	}
	return int(max(-1<<31, min(v.Value(), 1<<31))), true, nil
}

// single is the one item of the input, absent where it is empty.
func (c *call) single() (item, bool, error) {
	if len(c.on) > 1 {
		return item{}, false, ErrNotSingle
	}
	if len(c.on) == 0 {
		return item{}, false, nil
	}
	return c.on[0], true, nil
}

func yesNo(yes bool) []item { return one(types.NewBoolean(yes)) }

// condition is what a criterion says of an item: nothing and several are no.
func condition(result []item) (bool, error) {
	yes, known, err := truth(result)
	return yes && known, err
}
