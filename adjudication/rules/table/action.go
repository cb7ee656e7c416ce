package table

import (
	"slices"
	"strings"

	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules"
	"claimwright/adjudication/rules/table/sheet"
)

// act is what a column of actions does.
type act struct {
	name string
	kind rules.ActionKind
	// takes is what a cell holds: text, number or documents; score for a column that only adds a score to another.
	takes   string
	claim   bool
	aliases []string
	doc     string
	example string
}

// actNames are the actions of a table, in the order in which a row has them.
var actNames = []act{
	{"reject", rules.Reject, "text", false, []string{"reject line", "deny"}, "Denies the line. The cell is the reason; x takes it from the column or the line reason.", "Not covered at this age"},
	{"reject claim", rules.Reject, "text", true, []string{"deny claim"}, "Denies all lines of the claim.", "Not for outpatients"},
	{"cap price", rules.CapPrice, "number", false, []string{"price cap", "max price", "maximum price", "price"}, "Allows at most this price of one unit: a number, a percentage of the list price, or an expression.", "500, 80%, =line.billed * 0.9"},
	{"cap quantity", rules.CapQuantity, "number", false, []string{"quantity cap", "max quantity", "maximum quantity"}, "Allows at most this quantity.", "2"},
	{"require authorization", rules.RequireAuthorization, "text", false, []string{"require authorisation", "require pre-authorisation", "require pre-authorization", "require preauthorization", "require preauthorisation"}, "Denies the line when the claim has no pre-authorisation for it.", "x"},
	{"require authorization for claim", rules.RequireAuthorization, "text", true, []string{"require authorisation for claim"}, "Denies all lines of the claim when it has no pre-authorisation for this one.", "x"},
	{"require document", rules.RequireDocument, "documents", false, []string{"require documents", "document required"}, "Denies the line when none of these kinds of documents is attached.", "claim-form, medical-report"},
	{"require document for claim", rules.RequireDocument, "documents", true, []string{"require documents for claim"}, "Denies all lines of the claim when none of these kinds of documents is attached.", "claim-form"},
	{"review", rules.Review, "text", false, []string{"send to review"}, "Sends the claim to a reviewer, with a message.", "Unusual for this age"},
	{"review claim", rules.Review, "text", true, nil, "Sends the claim to a reviewer; a score counts once for all its lines.", "Look at all of it"},
	{"review score", rules.Review, "score", false, nil, "Adds a score, alone or beside the column before.", "40"},
	{"flag", rules.Flag, "text", false, nil, "Only records that the rule fired.", "Weekend"},
	{"flag claim", rules.Flag, "text", true, nil, "Records that the rule fired; a score counts once for all lines of the claim.", "Late claim"},
	{"flag score", rules.Flag, "score", false, []string{"score"}, "Adds a score, alone or beside the column before.", "10"},
	{"note", rules.Note, "text", false, nil, "Tells the provider something in a note.", "From 2027 on only with a referral"},
	{"allow", rules.Flag, "text", false, []string{"nothing"}, "Does nothing, so that later rows do nothing either. Only with the hit policy first.", "x"},
}

const exampleActions = "reject, cap price, require document, review, flag or note"

// actionNamed finds a column of actions by its heading.
func actionNamed(name string) (string, bool) {
	for i := range actNames {
		if a := &actNames[i]; a.name == name || slices.Contains(a.aliases, name) {
			return a.name, true
		}
	}
	return "", false
}

func actNamed(name string) *act {
	i := slices.IndexFunc(actNames, func(a act) bool { return a.name == name })
	return &actNames[i]
}

func actionOf(name string) rules.ActionKind { return actNamed(name).kind }

// action is an action of a row.
type action struct {
	kind      rules.ActionKind
	claim     bool
	text      string
	path      string
	number    string
	documents []string
	// column is where it comes from.
	column *column
}

// acts collects the cells of a row that are about actions.
type acts struct {
	reason string
	given  []given
}

type given struct {
	at   *column
	act  *act
	cell sheet.Cell
}

// placed is trouble with its column.
type placed struct {
	at *column
	trouble
}

func (a *acts) add(at *column, cell sheet.Cell) {
	switch plainName(cell.Text) {
	case "", "no", "-", "–", "false":
		return
	}
	a.given = append(a.given, given{at, actNamed(at.act), cell})
}

// actions are the row's actions in the order of actNames, whatever the order of the columns.
func (a *acts) actions(first bool) (made []action, wrong []placed) {
	for i := range actNames {
		for _, g := range a.given {
			if g.act != &actNames[i] {
				continue
			}
			one, t := a.action(g, first)
			if t != nil {
				wrong = append(wrong, placed{g.at, *t})
				continue
			}
			made = joined(made, one, g.act)
		}
	}
	return made, wrong
}

// joined adds an action; a score joins the action that it belongs to.
func joined(made []action, one action, of *act) []action {
	if last := len(made) - 1; of.takes == "score" && last >= 0 && made[last].kind == of.kind && made[last].number == "" {
		made[last].number, made[last].path = one.number, one.path
		return made
	}
	return append(made, one)
}

func (a *acts) action(g given, first bool) (action, *trouble) {
	made := action{kind: g.act.kind, claim: g.act.claim, text: a.reason, column: g.at}
	switch g.act.takes {
	case "text":
		if !isMark(g.cell.Text) {
			made.text = oneLine(g.cell.Text)
		}
		return made, a.complete(&made, g, first)
	case "documents":
		made.documents = split(g.cell.Text)
		for _, code := range made.documents {
			if code == "" || strings.ContainsAny(code, " \t") || isMark(code) {
				return made, &trouble{"The kind of document cannot be used", g.cell.Text, "codes of kinds of documents, such as claim-form, medical-report"}
			}
		}
		return made, nil
	case "score":
		made.path = "score"
	default:
		made.path = map[rules.ActionKind]string{rules.CapPrice: "unitPrice", rules.CapQuantity: "quantity"}[g.act.kind]
	}
	var wrong *trouble
	made.number, wrong = number(g)
	return made, wrong
}

// isMark tells the cells that only say yes.
func isMark(text string) bool {
	switch plainName(text) {
	case "x", "yes", "true", "1", "✓", "✔":
		return true
	}
	return false
}

// complete refuses an action that lacks its text.
func (a *acts) complete(made *action, g given, first bool) *trouble {
	switch {
	case g.act.name == "allow" && !first:
		return &trouble{"The row can only hold others back where the first row acts alone", g.cell.Text, "a line above the table: hit policy, first"}
	case g.act.name == "allow" && isMark(g.cell.Text):
		made.text = "Allowed"
	case made.text == "" && (made.kind == rules.Reject || made.kind == rules.Note):
		return &trouble{"The text is missing", g.cell.Text, "the text in the cell, in a column reason, or in a line reason above the table"}
	}
	return nil
}

// number reads a cap or a score.
func number(g given) (string, *trouble) {
	text := g.cell.Text
	if expression, ok := strings.CutPrefix(text, "="); ok {
		return strings.TrimSpace(expression), nil
	}
	percent := strings.HasSuffix(text, "%")
	if percent {
		text = strings.TrimSpace(strings.TrimSuffix(text, "%"))
	}
	d, wrong := figureOf(text, g.cell.Number)
	switch {
	case wrong != nil:
		if !strings.ContainsAny(text, "0123456789") {
			wrong.expected = "a number such as 500, or an expression such as =line.listPrice * 0.8"
		}
		return "", wrong
	case d.Sign() < 0:
		return "", &trouble{"The number is negative", g.cell.Text, "0 or more"}
	case percent && g.act.kind != rules.CapPrice:
		return "", &trouble{"A percentage is of the list price, which only cap price can use", g.cell.Text, "a number"}
	case percent:
		coef, scale := d.Parts()
		for scale += 2; scale > 0 && coef%10 == 0; scale-- {
			coef /= 10
		}
		return "line.listPrice * " + literalOf(money.New(coef, scale)), nil
	}
	return literalOf(d), nil
}

// literalOf is a number in an expression that is a number.
func literalOf(d money.Decimal) string {
	coef, scale := d.Parts()
	if scale > 0 && coef > 1e15 {
		return `decimal("` + d.String() + `")`
	}
	return d.String()
}
