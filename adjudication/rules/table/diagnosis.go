package table

import (
	"regexp"
	"strconv"
	"strings"

	"claimwright/adjudication/engine/rules/value"
)

var (
	looksLikeRange = regexp.MustCompile(`(?i)^[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]+)?\s*[-–—]\s*[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]+)?$`)
	dashes         = regexp.MustCompile(`\s*(?:[-–—]|\.\.+|…|\bto\b)\s*`)
	diagnosisForm  = regexp.MustCompile(`^[A-Za-z0-9.+*†!]+(-[A-Za-z0-9.+*†!]+)?$`)
)

const diagnosisExample = "codes and ranges such as O00-O9A, E11, or list:maternity"

// diagnoses reads codes of a hierarchy: each stands for all beneath it, and two with a dash for all between them.
func (c *column) diagnoses(p *part, text string) *trouble {
	rest, not := negated(text)
	function := "any"
	if only, is := cutFold(rest, "only "); is {
		rest, function = only, "only"
	}
	if not && function == "only" {
		return &trouble{"not and only do not go together", text, diagnosisExample}
	}
	if not {
		function = "none"
	}
	n, wrong := items(rest, diagnosisExample)
	if wrong != nil {
		return wrong
	}
	if function == "only" && len(n.lists) > 0 && len(n.codes)+len(n.lists) > 1 {
		return &trouble{"only goes with codes or with one list", text, diagnosisExample}
	}
	var all []string
	for i, code := range n.codes {
		if n.codes[i], wrong = diagnosisRange(code); wrong != nil {
			return wrong
		}
	}
	if len(n.codes) > 0 {
		joined := strings.Join(n.codes, ", ")
		if _, err := value.ParseRanges(joined); err != nil {
			return &trouble{"The diagnoses cannot be used: " + err.Error(), "", diagnosisExample}
		}
		all = append(all, c.fact+"."+function+"(within("+strconv.Quote(joined)+"))")
	}
	for _, list := range n.lists {
		all = append(all, c.fact+"."+function+"(list("+strconv.Quote(list)+"))")
	}
	if function == "none" {
		p.expression = strings.Join(all, " && ")
	} else {
		p.expression = either(all, false)
	}
	return nil
}

// diagnosisRange is a code or a range with a plain hyphen.
func diagnosisRange(text string) (string, *trouble) {
	code := dashes.ReplaceAllString(text, "-")
	switch {
	case strings.ContainsAny(code, " \t"):
		return "", &trouble{"A blank stands in a code", text, "a comma between codes, and a hyphen between the ends of a range"}
	case !diagnosisForm.MatchString(code):
		return "", &trouble{"The diagnosis cannot be used", text, diagnosisExample}
	}
	if _, err := value.ParseRanges(code); err != nil {
		expected := diagnosisExample
		from, to, _ := strings.Cut(strings.ToUpper(code), "-")
		if strings.HasPrefix(from, "O") && strings.HasPrefix(to, "0") || strings.HasPrefix(from, "0") && strings.HasPrefix(to, "O") {
			expected = "the letter O at both ends or the digit 0 at both"
		}
		return "", &trouble{"The range ends before it starts", text, expected}
	}
	return code, nil
}
