package table

import (
	"regexp"
	"strconv"
	"strings"

	"claimwright/adjudication/engine/rules/value"
)

const dayForm = `(\d{4}-\d\d-\d\d)`

var (
	dayRange  = regexp.MustCompile(`^` + dayForm + `\s*(?:\.\.+|…|–|—|-|/|\bto\b)\s*` + dayForm + `$`)
	dayBehind = regexp.MustCompile(`(?i)^(<=|>=|<|>|≤|≥|before|after|from|until)\s*` + dayForm + `$`)
	dayAlone  = regexp.MustCompile(`^` + dayForm + `$`)
	otherDay  = regexp.MustCompile(`^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}$`)
)

const dayExample = "days such as 2026-02-28, 2026-01-01..2026-06-30, <2026-07-01, weekend"

// day reads days and ranges of them. An unknown day is in none of them.
func (c *column) day(p *part, text string) *trouble {
	rest, not := negated(text)
	var any []string
	for _, item := range split(rest) {
		one, wrong := c.oneDay(item)
		if wrong != nil {
			return wrong
		}
		any = append(any, one)
	}
	p.expression = either(any, not)
	if not {
		p.expression = c.fact + ".known() && " + p.expression
	}
	return nil
}

func (c *column) oneDay(text string) (string, *trouble) {
	known := c.fact + ".known() && "
	switch strings.ToLower(text) {
	case "known":
		return c.fact + ".known()", nil
	case "unknown":
		return "!" + c.fact + ".known()", nil
	case "weekend":
		return known + c.fact + ".weekend()", nil
	case "weekday":
		return known + "!" + c.fact + ".weekend()", nil
	}
	days, operator, wrong := daysIn(text)
	if wrong != nil {
		return "", wrong
	}
	for i, d := range days {
		if _, err := value.ParseDate(d); err != nil {
			return "", &trouble{"There is no such day", d, dayExample}
		}
		days[i] = "date(" + strconv.Quote(d) + ")"
	}
	switch {
	case c.bound != "" && (len(days) == 2 || operator != ""):
		return "", &trouble{"The column holds one end of a range", text, "one day"}
	case len(days) == 2 && days[1] < days[0]:
		return "", &trouble{"The range ends before it starts", text, "the earlier day first"}
	case len(days) == 2:
		return c.fact + ".between(" + days[0] + ", " + days[1] + ")", nil
	case operator == "" && c.bound == "":
		return c.fact + " == " + days[0], nil
	case c.bound == "from":
		operator = ">="
	case c.bound == "to":
		operator = "<="
	}
	return known + c.fact + " " + operator + " " + days[0], nil
}

// dayOperators are the signs and words before a day.
var dayOperators = map[string]string{
	"<": "<", "<=": "<=", "≤": "<=", "until": "<=", "before": "<", ">": ">", "after": ">", ">=": ">=", "≥": ">=", "from": ">=",
}

// daysIn are the days of a range, or the day behind an operator, or a day alone.
func daysIn(text string) (days []string, operator string, wrong *trouble) {
	if m := dayRange.FindStringSubmatch(text); m != nil {
		return m[1:], "", nil
	}
	if m := dayBehind.FindStringSubmatch(text); m != nil {
		return m[2:], dayOperators[strings.ToLower(m[1])], nil
	}
	if m := dayAlone.FindStringSubmatch(text); m != nil {
		return m[1:], "", nil
	}
	if otherDay.MatchString(text) {
		return nil, "", &trouble{"The day can be read in two ways", text, "year, month and day, such as 2026-02-28"}
	}
	return nil, "", &trouble{"The cell is no day", text, dayExample}
}
