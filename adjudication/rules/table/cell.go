package table

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"claimwright/adjudication/rules/table/sheet"
	"claimwright/fhir/spelling"
)

// anything are the cells that stand for any value, as a blank one does.
var anything = []string{"", "any", "*", "-", "–", "—"}

// part reads a cell of a condition. Its expression is empty when anything will do.
func (c *column) part(cell sheet.Cell) (part, *trouble) {
	p := part{column: c, words: cell.Text}
	if slices.Contains(anything, strings.ToLower(cell.Text)) {
		return p, nil
	}
	if strings.ContainsFunc(cell.Text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' }) {
		return p, &trouble{"The cell holds a character that cannot be seen", cell.Text, "letters, digits and signs"}
	}
	var wrong *trouble
	expression, raw := strings.CutPrefix(cell.Text, "=")
	switch {
	case raw || c.role == conditionRole:
		p.expression = strings.TrimSpace(expression)
		if p.expression == "" {
			wrong = &trouble{"There is no expression behind =", cell.Text, "an expression over the facts, such as =member.age < 5"}
		}
	case c.kind == wholeKind || c.kind == amountKind:
		wrong = c.number(&p, cell)
	case c.kind == dayKind:
		wrong = c.day(&p, cell.Text)
	case c.kind == truthKind:
		wrong = c.truth(&p, cell.Text)
	case c.kind == codedKind && strings.HasSuffix(c.fact, "diagnoses"):
		wrong = c.diagnoses(&p, cell.Text)
	default:
		wrong = c.codes(&p, cell.Text)
	}
	return p, wrong
}

// between is what stands between the parts of a list; a line break behind a comma adds none.
var between = regexp.MustCompile(`[ \t\r]*(?:[,;]|\n)[ \t\r\n]*`)

// split takes a list apart.
func split(text string) []string { return between.Split(strings.TrimSpace(text), -1) }

// negated takes "not" off.
func negated(text string) (rest string, not bool) {
	if len(text) > 4 && strings.EqualFold(text[:3], "not") && unicode.IsSpace(rune(text[3])) {
		return strings.TrimSpace(text[4:]), true
	}
	return text, false
}

// truth reads yes and no.
func (c *column) truth(p *part, text string) *trouble {
	switch plainName(text) {
	case "yes", "x", "true", "1":
		p.expression = c.fact
	case "no", "false", "0":
		p.expression = "!" + c.fact
	default:
		return &trouble{"The cell is neither yes nor no", text, "yes, no, or nothing for either"}
	}
	return nil
}

// named is a set of codes: single ones and lists.
type named struct{ codes, lists []string }

// items reads a list of codes and of names of lists.
func items(text, example string) (n named, wrong *trouble) {
	for _, item := range split(text) {
		name, list := cutFold(item, "list:")
		switch {
		case item == "" || list && name == "":
			return n, &trouble{"There is nothing between two commas", text, example}
		case list:
			n.lists = append(n.lists, name)
		case strings.ContainsAny(item, "*%?"):
			return n, &trouble{"Codes are written out; there is no sign for part of one", item, "codes such as A, B, or a list of the scheme such as list:maternity"}
		default:
			n.codes = append(n.codes, item)
		}
	}
	return n, nil
}

func cutFold(text, prefix string) (string, bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return text, false
	}
	return strings.TrimSpace(text[len(prefix):]), true
}

// codes reads codes that stand for themselves.
func (c *column) codes(p *part, text string) *trouble {
	rest, not := negated(text)
	n, wrong := items(rest, "codes such as A, B")
	if wrong != nil {
		return wrong
	}
	for i, code := range n.codes {
		if n.codes[i], wrong = c.code(code); wrong != nil {
			return wrong
		}
	}
	var any []string
	if c.kind == codedKind {
		for _, code := range n.codes {
			any = append(any, strconv.Quote(code)+" in "+c.fact)
		}
		for _, list := range n.lists {
			any = append(any, c.fact+".any(list("+strconv.Quote(list)+"))")
		}
	} else {
		if one := oneOf(c.fact, n.codes); one != "" {
			any = append(any, one)
		}
		for _, list := range n.lists {
			any = append(any, c.fact+" in list("+strconv.Quote(list)+")")
		}
	}
	p.expression = either(any, not)
	return nil
}

// oneOf compares with one code or several.
func oneOf(fact string, codes []string) string {
	switch len(codes) {
	case 0:
		return ""
	case 1:
		return fact + " == " + strconv.Quote(codes[0])
	}
	quoted := make([]string, len(codes))
	for i, code := range codes {
		quoted[i] = strconv.Quote(code)
	}
	return fact + " in [" + strings.Join(quoted, ", ") + "]"
}

// either joins what of which one must hold, or none.
func either(any []string, not bool) string {
	joined := strings.Join(any, " || ")
	switch {
	case not:
		return "!(" + joined + ")"
	case len(any) > 1:
		return "(" + joined + ")"
	}
	return joined
}

// otherWords are what people write for codes of facts that have few.
var otherWords = map[string]map[string]string{
	"member.sex":     {"m": "male", "f": "female", "w": "female"},
	"facility.level": {"dispensary": "D", "health centre": "C", "health center": "C", "hospital": "H", "d": "D", "c": "C", "h": "H"},
	"facility.care":  {"inpatient": "in", "outpatient": "out"},
	"claim.use":      {"preauthorisation": "preauthorization", "pre-authorisation": "preauthorization", "pre-authorization": "preauthorization"},
}

// code is a code as the fact has it.
func (c *column) code(text string) (string, *trouble) {
	known := closed[c.fact]
	if known == nil {
		switch {
		case looksLikeRange.MatchString(text):
			return "", &trouble{"The cell looks like a range of diagnoses, but the column holds codes that stand for themselves", text, "the range in a column diagnosis, or the codes one by one"}
		case (c.fact == "plan.insurer" || c.fact == "facility.id") && !strings.Contains(text, "/"):
			return "Organization/" + text, nil
		}
		return text, nil
	}
	word := plainName(text)
	if code, ok := otherWords[c.fact][word]; ok {
		return code, nil
	}
	if slices.Contains(known, word) {
		return word, nil
	}
	t := &trouble{"The code is not known", text, strings.Join(known, ", ")}
	if near := spelling.Nearest(word, known); near != "" {
		t.expected = "perhaps " + near + "; " + t.expected
	}
	return "", t
}
