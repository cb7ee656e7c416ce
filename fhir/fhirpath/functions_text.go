package fhirpath

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/gofhir/fhirpath/types"
)

// maxPattern bounds a regular expression. Go's take time linear in the text, whatever the pattern.
const maxPattern = 1000

// texts are the functions of §5.6. All give nothing for nothing.
var texts = map[string]*function{
	"startsWith": {1, 1, false, withText(func(c *call, s, x string) ([]item, error) { return yesNo(strings.HasPrefix(s, x)), nil })},
	"endsWith":   {1, 1, false, withText(func(c *call, s, x string) ([]item, error) { return yesNo(strings.HasSuffix(s, x)), nil })},
	"contains":   {1, 1, false, withText(func(c *call, s, x string) ([]item, error) { return yesNo(strings.Contains(s, x)), nil })},
	"indexOf": {1, 1, false, withText(func(c *call, s, x string) ([]item, error) {
		return one(types.NewInteger(int64(runesBefore(s, strings.Index(s, x))))), nil
	})},
	"lastIndexOf": {1, 1, false, withText(func(c *call, s, x string) ([]item, error) {
		return one(types.NewInteger(int64(runesBefore(s, strings.LastIndex(s, x))))), nil
	})},
	"split": {1, 1, false, withText(func(c *call, s, x string) ([]item, error) {
		if x == "" {
			return c.characters(s)
		}
		var list []item
		for part := range strings.SplitSeq(s, x) {
			list = append(list, item{value: types.NewString(part)})
		}
		return list, c.spend(len(list))
	})},
	"matches": {1, 1, false, withText(func(c *call, s, x string) ([]item, error) {
		re, err := c.pattern(x)
		if err != nil {
			return nil, err
		}
		return yesNo(re.MatchString(s)), c.spend(len(s))
	})},
	"matchesFull": {1, 1, false, withText(func(c *call, s, x string) ([]item, error) {
		re, err := c.pattern("^(?:" + x + ")$")
		if err != nil {
			return nil, err
		}
		return yesNo(re.MatchString(s)), c.spend(len(s))
	})},
	"replace":        {2, 2, false, replace},
	"replaceMatches": {2, 2, false, replaceMatches},
	"substring":      {1, 2, false, substring},
	"upper":          {0, 0, false, ofText(func(c *call, s string) ([]item, error) { return c.made(strings.ToUpper(s)) })},
	"lower":          {0, 0, false, ofText(func(c *call, s string) ([]item, error) { return c.made(strings.ToLower(s)) })},
	"trim":           {0, 0, false, ofText(func(c *call, s string) ([]item, error) { return c.made(strings.TrimSpace(s)) })},
	"toChars":        {0, 0, false, ofText((*call).characters)},
	"length": {0, 0, false, ofText(func(c *call, s string) ([]item, error) {
		return one(types.NewInteger(int64(utf8.RuneCountInString(s)))), c.spend(len(s) / 16)
	})},
	"join": {0, 1, false, join},
}

// ofText makes a function of one text.
func ofText(f func(c *call, s string) ([]item, error)) func(*call) ([]item, error) {
	return func(c *call) ([]item, error) {
		it, ok, err := c.single()
		if err != nil || !ok {
			return nil, err
		}
		s, ok := it.text()
		if !ok {
			if v := it.system(); v == nil {
				return nil, nil
			} else { // dates and numbers as they are written
				s = Value(it).Text()
			}
		}
		if err := c.spend(len(s) / 64); err != nil {
			return nil, err
		}
		return f(c, s)
	}
}

// withText makes a function of a text and a parameter.
func withText(f func(c *call, s, x string) ([]item, error)) func(*call) ([]item, error) {
	return ofText(func(c *call, s string) ([]item, error) {
		x, ok, err := c.textArg(0)
		if err != nil || !ok {
			return nil, err
		}
		return f(c, s, x)
	})
}

func (c *call) characters(s string) ([]item, error) {
	if err := c.spend(len(s)); err != nil {
		return nil, err
	}
	list := make([]item, 0, len(s))
	for _, r := range s {
		list = append(list, item{value: types.NewString(string(r))})
	}
	return list, nil
}

func runesBefore(s string, at int) int {
	if at < 0 {
		return -1
	}
	return utf8.RuneCountInString(s[:at])
}

// pattern compiles a regular expression; the dot matches line ends too, as FHIRPath has it. The last one of a term is kept,
// which is all where the pattern is written in the expression; what is compiled for each item anew is charged for.
func (c *call) pattern(text string) (*regexp.Regexp, error) {
	if kept := c.term.pattern.Load(); kept != nil && kept.text == text {
		return kept.compiled, nil
	}
	if len(text) > maxPattern {
		return nil, ErrTooLarge
	}
	if err := c.spend(2000 + 100*len(text)); err != nil {
		return nil, err
	}
	compiled, err := regexp.Compile("(?s)" + text)
	if err != nil {
		return nil, err
	}
	c.term.pattern.Store(&pattern{text, compiled})
	return compiled, nil
}

// pattern is a compiled regular expression with its text.
type pattern struct {
	text     string
	compiled *regexp.Regexp
}

func replace(c *call) ([]item, error) {
	return withText(func(c *call, s, x string) ([]item, error) {
		by, ok, err := c.textArg(1)
		if err != nil || !ok {
			return nil, err
		}
		if len(s)+(strings.Count(s, x)*len(by)) > maxText {
			return nil, ErrTooCostly
		}
		return c.made(strings.ReplaceAll(s, x, by))
	})(c)
}

func replaceMatches(c *call) ([]item, error) {
	return withText(func(c *call, s, x string) ([]item, error) {
		by, ok, err := c.textArg(1)
		if err != nil || !ok {
			return nil, err
		}
		re, err := c.pattern(x)
		if err != nil {
			return nil, err
		}
		// What a match becomes is no longer than the replacement with every reference to a group standing for the whole text.
		if (len(s)+1)*(len(by)+1)+strings.Count(by, "$")*len(s) > maxText {
			return nil, ErrTooCostly
		}
		return c.made(re.ReplaceAllString(s, by))
	})(c)
}

func substring(c *call) ([]item, error) {
	return ofText(func(c *call, s string) ([]item, error) {
		from, ok, err := c.intArg(0)
		if err != nil || !ok {
			return nil, err
		}
		runes := []rune(s)
		if from < 0 || from >= len(runes) {
			return nil, nil
		}
		to := len(runes)
		if len(c.term.args) == 2 {
			n, ok, err := c.intArg(1)
			if err != nil {
				return nil, err
			}
			if ok {
				to = min(to, from+max(n, 0))
			}
		}
		return c.made(string(runes[from:to]))
	})(c)
}

func join(c *call) ([]item, error) {
	separator := ""
	if len(c.term.args) == 1 {
		var err error
		if separator, _, err = c.textArg(0); err != nil {
			return nil, err
		}
	}
	if len(c.on) == 0 {
		return nil, nil
	}
	var b strings.Builder
	for i, it := range c.on {
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(Value(it).Text())
		if b.Len() > maxText {
			return nil, ErrTooCostly
		}
	}
	return c.made(b.String())
}
