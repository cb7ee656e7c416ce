package table

import (
	"fmt"
	"slices"
	"strings"

	"claimwright/adjudication/engine/rules/fact"
	"claimwright/adjudication/engine/rules/value"
	"claimwright/adjudication/rules/table/sheet"
	"claimwright/fhir/spelling"
)

// role is what the cells of a column are.
type role uint8

const (
	factRole role = iota
	conditionRole
	actionRole
	titleRole
	reasonRole
)

// kind is the type of a fact, as far as cells differ by it.
type kind uint8

const (
	textKind kind = iota
	wholeKind
	amountKind
	dayKind
	truthKind
	codedKind
)

// kindOf is the kind of a type of the catalogue.
func kindOf(t interface{ TypeName() string }) kind {
	return map[string]kind{"int": wholeKind, "decimal": amountKind, "date": dayKind, "bool": truthKind, "coded": codedKind}[t.TypeName()]
}

// column is a column of the table.
type column struct {
	heading string
	at      int
	role    role
	// fact is what the column asks, such as member.age, and kind its type.
	fact string
	kind kind
	// bound is from or to for a column that holds one end of a range.
	bound string
	// act is the action, by the name in actionNames.
	act string
}

// aliases are what people call facts.
var aliases = map[string]string{
	"service": "line.code", "services": "line.code", "item": "line.code", "code": "line.code", "service code": "line.code",
	"category": "line.category", "diagnosis": "diagnoses", "icd": "diagnoses", "icd-10": "diagnoses",
	"line diagnosis": "line.diagnoses", "age": "member.age", "sex": "member.sex", "gender": "member.sex",
	"amount": "line.billed", "billed": "line.billed", "unit price": "line.unitPrice", "list price": "line.listPrice",
	"quantity": "line.quantity", "date": "line.date", "date of service": "line.date", "modifier": "line.modifiers",
	"claim total": "claim.total", "total": "claim.total", "documents": "claim.documents", "document": "claim.documents",
	"type": "claim.type", "claim type": "claim.type", "use": "claim.use", "received": "claim.received",
	"also claimed": "claim.services", "plan": "plan.code", "insurer": "plan.insurer", "facility": "facility.id",
	"level": "facility.level", "facility level": "facility.level", "care": "facility.care", "visit": "visit.type",
	"visit type": "visit.type", "setting": "visit.setting", "days": "visit.days", "days of stay": "visit.days",
	"days covered": "cover.daysHeld",
}

// closed are the facts that have few values.
var closed = map[string][]string{
	"member.sex":     {"male", "female", "other"},
	"claim.type":     {"professional", "institutional", "oral", "pharmacy", "vision"},
	"claim.use":      {"claim", "preauthorization", "predetermination"},
	"line.kind":      {"service", "item"},
	"line.category":  {"surgery", "delivery", "antenatal", "hospitalisation", "consultation", "other", "visit"},
	"facility.level": {"D", "C", "H"},
	"facility.care":  {"in", "out", "both"},
	"visit.type":     {"emergency", "referral", "other"},
	"visit.setting":  {"inpatient", "outpatient"},
}

// factOf finds the fact that a heading names: written out, by an alias, or one end of its range ("age from").
func factOf(heading string) (col column, ok bool) {
	name := plainName(heading)
	col = column{heading: oneLine(heading)}
	if col.name(name) {
		return col, true
	}
	for _, b := range [...]struct{ affix, bound string }{{"from", "from"}, {"to", "to"}, {"min", "from"}, {"max", "to"}} {
		bare, is := strings.CutSuffix(name, " "+b.affix)
		if !is {
			bare, is = strings.CutPrefix(name, b.affix+" ")
		}
		if is && col.name(bare) && ordered(col.kind) {
			col.bound = b.bound
			return col, true
		}
	}
	return column{}, false
}

// ordered tells the types that have ranges.
func ordered(kind kind) bool {
	return kind == wholeKind || kind == amountKind || kind == dayKind
}

// name finds a fact without regard to capitals.
func (c *column) name(name string) bool {
	if full, ok := aliases[name]; ok {
		name = strings.ToLower(full)
	}
	for i := range fact.Catalogue {
		k := &fact.Catalogue[i]
		if k.Type == value.CodedType && strings.EqualFold(k.Name, name) {
			c.fact, c.kind = k.Name, kindOf(k.Type)
			return true
		}
		bare, ok := strings.CutPrefix(name, strings.ToLower(k.Name)+".")
		if !ok {
			continue
		}
		for _, f := range k.Fields {
			if strings.EqualFold(f.Name, bare) {
				c.fact, c.kind = k.Name+"."+f.Name, kindOf(f.Type)
				return true
			}
		}
	}
	return false
}

// heading reads a heading of any role.
func heading(text string) (column, bool) {
	name := plainName(text)
	col := column{heading: oneLine(text)}
	switch name {
	case "condition", "when":
		col.role = conditionRole
		return col, true
	case "row", "rule", "row title":
		col.role = titleRole
		return col, true
	case "reason":
		col.role = reasonRole
		return col, true
	}
	if act, ok := actionNamed(name); ok {
		col.role, col.act = actionRole, act
		return col, true
	}
	return factOf(text)
}

// isHeadings tells the row of headings: an action is among them, and most are known.
func isHeadings(r sheet.Row) bool {
	known, filled, act := 0, 0, false
	for _, cell := range r.Cells {
		if cell.Text == "" {
			continue
		}
		filled++
		if col, ok := heading(cell.Text); ok {
			known++
			act = act || col.role == actionRole
		}
	}
	first := r.Cell(0).Text
	_, header := headerName(first)
	_, asks := factOf(first)
	return act && known*2 > filled && (!header || known == filled && (filled > 2 || asks) || filled > 3)
}

// headings reads the row of headings.
func (c *compiler) headings(r sheet.Row) {
	for i, cell := range r.Cells {
		if cell.Text == "" {
			continue
		}
		col, ok := heading(cell.Text)
		col.at = i
		if !ok {
			c.fail(r.Line, &column{heading: oneLine(cell.Text), at: i}, trouble{"The heading is not known", cell.Text, expectedHeading(cell.Text)})
			continue
		}
		if slices.ContainsFunc(c.columns, func(o column) bool {
			return o.role == col.role && o.act == col.act && o.fact == col.fact && o.bound == col.bound && col.role != conditionRole
		}) {
			c.fail(r.Line, &col, trouble{"There are two columns of the same", cell.Text, "one"})
			continue
		}
		c.columns = append(c.columns, col)
	}
	c.tooLate(r.Line)
}

func expectedHeading(text string) string {
	var all []string
	for name := range aliases {
		all = append(all, name)
	}
	for _, h := range Headings() {
		all = append(all, h.Name)
	}
	slices.Sort(all)
	if near := spelling.Nearest(plainName(text), all); near != "" {
		return "perhaps " + near
	}
	return "a fact, such as service, age or line.billed, or an action, such as " + exampleActions + "; --list-facts lists them"
}

// tooLate refuses facts that are known only after valuation in a table that acts before.
func (c *compiler) tooLate(line int) {
	i := slices.IndexFunc(c.columns, func(col column) bool { return col.role == actionRole && actionOf(col.act).Early() })
	if i < 0 {
		return
	}
	for j := range c.columns {
		col := &c.columns[j]
		kind, field, _ := strings.Cut(col.fact, ".")
		if col.fact != "" && fact.IsLate(kind, field) {
			c.fail(line, col, trouble{fmt.Sprintf("The fact is known only after the line was valued; %s comes before", c.columns[i].heading),
				col.heading, "line.billed, or only actions such as review, flag and note"})
		}
	}
}
