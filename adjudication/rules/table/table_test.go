package table

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules"
	"claimwright/adjudication/engine/rules/fact"
	"claimwright/adjudication/engine/rules/value"
	"claimwright/adjudication/rules/table/sheet"
)

var update = flag.Bool("update", false, "write the golden files anew")

var options = Options{
	Lists: func(name string) *value.Codes {
		switch name {
		case "maternity":
			return value.CodesOf(name, "S-DEL", "S-ANC")
		case "imaging":
			return value.CodesOf(name, "S-XRAY", "S-MRI")
		}
		return nil
	},
	ListNames: []string{"maternity", "imaging"},
}

func compile(t testing.TB, text string) *Rule {
	t.Helper()
	rule, err := compiled(text)
	require.NoError(t, err)
	return rule
}

func compiled(text string) (*Rule, error) {
	s, err := sheet.Read("rules.csv", []byte(text), "")
	if err != nil {
		return nil, err
	}
	return Compile(s, options)
}

// subject is the line that is asked about, and what surrounds it.
type subject struct {
	facts fact.Facts
	line  fact.Line
}

// about is a line with a code, of a woman of 30 in a hospital; each more sets a fact: "age=4", "diagnoses=O80 E11".
func about(t testing.TB, code string, more ...string) subject {
	s := subject{
		facts: fact.Facts{Claim: fact.Claim{Type: "professional", Use: "claim"}, Member: fact.Member{Sex: "female"}, Facility: fact.Facility{Level: "H"}},
		line: fact.Line{Item: fact.Item{Code: code, ListPrice: money.Whole(1000), Billed: money.Whole(1000), Quantity: money.Whole(1), Date: day.Of(2026, 5, 11)},
			Age: 30, Plan: fact.Plan{Code: "GOLD"}},
	}
	for _, m := range more {
		s.set(t, m)
	}
	return s
}

func (s *subject) set(t testing.TB, what string) {
	name, given, _ := strings.Cut(what, "=")
	number := func() money.Decimal {
		d, err := money.Parse(given)
		require.NoError(t, err)
		return d
	}
	switch name {
	case "age":
		coef, _ := number().Parts()
		s.line.Age = int(coef)
	case "sex":
		s.facts.Member.Sex = given
	case "level":
		s.facts.Facility.Level = given
	case "billed":
		s.line.Billed = number()
	case "list":
		s.line.ListPrice = number()
	case "diagnoses":
		s.facts.Diagnoses = strings.Fields(given)
		s.line.Diagnoses = s.facts.Diagnoses
	case "documents":
		s.facts.Claim.Documents = strings.Fields(given)
	case "date":
		d, err := value.ParseDate(given)
		require.NoError(t, err)
		s.line.Date = day.Date(d)
	default:
		require.Fail(t, "no such fact", name)
	}
}

// fires is what a rule does to the line, as "prefix action number text".
func (s subject) fires(rule *rules.Rule) []string {
	view := fact.NewView(&s.facts)
	view.About(&s.line)
	at := rules.Place{Plan: s.line.Plan.Code, Type: s.facts.Claim.Type, Use: "claim", Target: s.line.Date, Received: s.line.Date}
	asking := rules.NewSet([]*rules.Rule{rule}).About(view)
	fired := asking.Early(nil, &s.line, at)
	fired = asking.Late(fired, &s.line, at)
	told := []string{}
	for _, f := range fired {
		if f.Fault != "" {
			told = append(told, "fault "+f.Fault)
			continue
		}
		text := f.Action.Kind.Code()
		if f.Action.Number != nil {
			text += " " + f.Number.String()
		}
		if f.Action.Text != "" {
			text += ": " + f.Action.Text
		}
		if f.Action.WholeClaim {
			text += ", claim"
		}
		told = append(told, text)
	}
	return told
}

func TestCells(t *testing.T) {
	for _, c := range []struct {
		heading, cell, expression string
		holds, not                subject
	}{
		{"service", "A", `line.code == "A"`, about(t, "A"), about(t, "B")},
		{"service", "A, B", `line.code in ["A", "B"]`, about(t, "B"), about(t, "C")},
		{"Service Code", "not A; B", `!(line.code in ["A", "B"])`, about(t, "C"), about(t, "B")},
		{"line.code", "list:maternity", `line.code in list("maternity")`, about(t, "S-DEL"), about(t, "S-CON")},
		{"service", "A, list: maternity", `(line.code == "A" || line.code in list("maternity"))`, about(t, "S-ANC"), about(t, "B")},
		{"age", "5", "member.age == 5", about(t, "A", "age=5"), about(t, "A", "age=6")},
		{"age", "5, 7", "member.age in [5, 7]", about(t, "A", "age=7"), about(t, "A", "age=6")},
		{"age", "18-64", "member.age >= 18 && member.age <= 64", about(t, "A", "age=64"), about(t, "A", "age=65")},
		{"age", "18 – 64", "member.age >= 18 && member.age <= 64", about(t, "A", "age=18"), about(t, "A", "age=17")},
		{"age", "18 to 64", "member.age >= 18 && member.age <= 64", about(t, "A", "age=18"), about(t, "A", "age=17")},
		{"age", "<5", "member.age >= 0 && member.age < 5", about(t, "A", "age=4"), about(t, "A", "age=-1")},
		{"age", "under 5", "member.age >= 0 && member.age < 5", about(t, "A", "age=0"), about(t, "A", "age=5")},
		{"age", "65+", "member.age >= 65", about(t, "A", "age=65"), about(t, "A", "age=64")},
		{"age", "not 18-64", "member.age >= 0 && !(member.age >= 18 && member.age <= 64)", about(t, "A", "age=65"), about(t, "A", "age=-1")},
		{"age", "<5, 65+", "(member.age >= 0 && member.age < 5 || member.age >= 65)", about(t, "A", "age=70"), about(t, "A", "age=6")},
		{"age from", "5", "member.age >= 5", about(t, "A", "age=5"), about(t, "A", "age=4")},
		{"max age", "5", "member.age >= 0 && member.age <= 5", about(t, "A", "age=5"), about(t, "A", "age=6")},
		{"sex", "F", `member.sex == "female"`, about(t, "A"), about(t, "A", "sex=male")},
		{"member.sex", "not male", `!(member.sex == "male")`, about(t, "A", "sex="), about(t, "A", "sex=male")},
		{"facility level", "Hospital, D", `facility.level in ["H", "D"]`, about(t, "A"), about(t, "A", "level=C")},
		{"amount", ">= 10000", "line.billed >= 10000", about(t, "A", "billed=10000"), about(t, "A", "billed=9999.99")},
		{"line.billed", "100..499.99", "line.billed >= 100 && line.billed <= 499.99", about(t, "A", "billed=499.99"), about(t, "A", "billed=500")},
		{"line.billed", "12.50", `line.billed == decimal("12.50")`, about(t, "A", "billed=12.5"), about(t, "A", "billed=12.51")},
		{"line.billed", "not 100-200", `!(line.billed >= 100 && line.billed <= 200)`, about(t, "A", "billed=99"), about(t, "A", "billed=100")},
		{"diagnosis", "O00-O9A, e11", `diagnoses.any(within("O00-O9A, e11"))`, about(t, "A", "diagnoses=J18 E11.9"), about(t, "A", "diagnoses=J18")},
		{"diagnoses", "not O00 – O9A", `diagnoses.none(within("O00-O9A"))`, about(t, "A", "diagnoses=J18"), about(t, "A", "diagnoses=J18 O80")},
		{"diagnoses", "only O00-O9A", `diagnoses.only(within("O00-O9A"))`, about(t, "A", "diagnoses=O80"), about(t, "A", "diagnoses=J18 O80")},
		{"line diagnosis", "list:maternity, O80", `(line.diagnoses.any(within("O80")) || line.diagnoses.any(list("maternity")))`, about(t, "A", "diagnoses=O80.1"), about(t, "A", "diagnoses=J18")},
		{"documents", "not claim-form, lab", `!("claim-form" in claim.documents || "lab" in claim.documents)`, about(t, "A"), about(t, "A", "documents=x lab")},
		{"date", "2026-01-01..2026-05-11", `line.date.between(date("2026-01-01"), date("2026-05-11"))`, about(t, "A"), about(t, "A", "date=2026-05-12")},
		{"date", "from 2026-05-11", `line.date.known() && line.date >= date("2026-05-11")`, about(t, "A"), about(t, "A", "date=2026-05-10")},
		{"date", "weekend", `line.date.known() && line.date.weekend()`, about(t, "A", "date=2026-05-09"), about(t, "A")},
		{"claim.byMember", "no", `!claim.byMember`, about(t, "A"), subject{facts: fact.Facts{Claim: fact.Claim{ByMember: true}}}},
		{"condition", "line.billed > line.listPrice * 2", `line.billed > line.listPrice * 2`, about(t, "A", "billed=2001"), about(t, "A")},
		{"age", `=member.age % 2 == 0`, `member.age % 2 == 0`, about(t, "A", "age=4"), about(t, "A", "age=5")},
	} {
		t.Run(c.heading+" "+c.cell, func(t *testing.T) {
			rule := compile(t, fmt.Sprintf("title;T\n%s;flag\n\"%s\";x\n", c.heading, strings.ReplaceAll(c.cell, `"`, `""`)))
			require.Equal(t, c.expression, rule.Compiled.Rows[0].Condition.Text)
			require.Equal(t, []string{"flag"}, c.holds.fires(rule.Compiled))
			require.Empty(t, c.not.fires(rule.Compiled))
		})
	}
}

func TestWhatFires(t *testing.T) {
	for name, c := range map[string]struct {
		table string
		about subject
		want  []string
	}{
		"blank cells stand for anything": {"service,age,reject\nA,-,Why\n", about(t, "A"), []string{"reject: Why"}},
		"conditions of a row are joined": {"service,age,reject\nA,<5,Too young\n", about(t, "A", "age=5"), []string{}},
		"all rows act":                   {"service,flag,note\nA,x,\nA,,Mind\n", about(t, "A"), []string{"flag", "note: Mind"}},
		"the first row acts":             {"hit policy,first\nservice,flag,note\nA,x,\nA,,Mind\n", about(t, "A"), []string{"flag"}},
		"a row holds others back":        {"hit policy,first\nservice,sex,allow,reject\nA,F,x,\nA,,,Why\n", about(t, "A"), []string{"flag: Allowed"}},
		"what it does not hold back":     {"hit policy,first\nservice,sex,allow,reject\nA,F,x,\nA,,,Why\n", about(t, "A", "sex=male"), []string{"reject: Why"}},
		"the reason of the row":          {"reason,General\nservice,reject,reason\nA,x,Special\n", about(t, "A"), []string{"reject: Special"}},
		"the reason of the rule":         {"reason,General\nservice,reject,reason\nA,x,\n", about(t, "A"), []string{"reject: General"}},
		"a cap":                          {"service,cap price\nA,12.50\n", about(t, "A"), []string{"cap-price 12.5"}},
		"a cap in percent":               {"service,max price\nA,82.5%\n", about(t, "A"), []string{"cap-price 825.000"}},
		"a cap that is computed":         {"service,cap price\nA,\"=lesser(line.billed, line.listPrice) * 0.5\"\n", about(t, "A"), []string{"cap-price 500.0"}},
		"several actions":                {"service,note,cap price,cap quantity,review,review score\nA,Told,10,2,Look,30\n", about(t, "A"), []string{"cap-price 10", "cap-quantity 2", "review 30: Look", "note: Told"}},
		"a score alone":                  {"service,score\nA,30\n", about(t, "A"), []string{"flag 30"}},
		"a score for the claim":          {"service,flag claim,flag score\nA,Late,5\n", about(t, "A"), []string{"flag 5: Late, claim"}},
		"a document for the claim":       {"service,require document for claim\nA,form\n", about(t, "A"), []string{"require-document, claim"}},
		"documents":                      {"service,require document,reason\nA,\"claim-form, report\",Bring one\n", about(t, "A"), []string{"require-document: Bring one"}},
		"an authorization":               {"service,require authorisation\nA,x\n", about(t, "A"), []string{"require-authorization"}},
		"in force":                       {"from,2026-05-12\nservice,flag\nA,x\n", about(t, "A"), []string{}},
		"its plan":                       {"plan,SILVER,GOLD\nservice,flag\nA,x\n", about(t, "A"), []string{"flag"}},
		"not its plan":                   {"plan,\"SILVER, BASIC\"\nservice,flag\nA,x\n", about(t, "A"), []string{}},
		"a matrix":                       {"reason,Unfit\ndiagnosis × service,A,B\nO00-O9A,x,\nE11,,cap price 5\n", about(t, "A", "diagnoses=O80"), []string{"reject: Unfit"}},
		"another cell of it":             {"reason,Unfit\ndiagnosis × service,A,B\nO00-O9A,x,\nE11,,cap price 5: Dear\n", about(t, "B", "diagnoses=O80 E11.1"), []string{"cap-price 5: Dear"}},
		"a matrix of prices":             {"cells,cap price\nage / service,A,\"B, C\"\n<18,10,20\n18+,15,20\n", about(t, "C", "age=20"), []string{"cap-price 20"}},
		"a score in a matrix":            {"diagnosis by service,A\nE11,review 20: Look\n", about(t, "A", "diagnoses=E11"), []string{"review 20: Look"}},
		"a semicolon":                    {"service;age;flag\nA;<5, >60;x\n", about(t, "A", "age=61"), []string{"flag"}},
		"a tab":                          {"service\tage\tflag\nA\t<5, >60\tx\n", about(t, "A", "age=61"), []string{"flag"}},
		"a byte order mark, CRLF":        {"sep=;\r\nservice;flag\r\n\"A,\r\nB\";x\r\n", about(t, "B"), []string{"flag"}},
		"comments":                       {"# what for, really\nservice,flag\n# A,x\nB,x\n", about(t, "A"), []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			text := c.table
			if said, rest, ok := strings.Cut(text, "\r\n"); ok && strings.HasPrefix(said, "sep=") {
				text = "\ufeff" + said + "\r\ntitle;T\r\n" + rest
			} else {
				comma := ","
				for _, other := range []string{";", "\t"} {
					if strings.HasPrefix(text, "service"+other) {
						comma = other
					}
				}
				text = "title" + comma + "T\n" + text
			}
			require.Equal(t, c.want, c.about.fires(compile(t, text).Compiled))
		})
	}
}

func TestMistakesHaveAPlace(t *testing.T) {
	const top = "title,T\n\nservice,age,amount,diagnosis,date,reject,cap price\n"
	for name, c := range map[string]struct{ table, want string }{
		"a comma in a number":        {top + "A,,,,,,\"1,200\"\n", `rules.csv:4, column cap price: A comma between digits can be a list, a decimal or a thousand: found "1,200", expected 1200 for a number`},
		"a point of thousands":       {top + "A,,>1.200,,,Why,\n", `rules.csv:4, column amount: The point can be that of thousands or of decimals: found "1.200", expected 1200, or 1.2000 for the decimals`},
		"a currency":                 {top + "A,,KES 500,,,Why,\n", `rules.csv:4, column amount: The cell is no number: found "KES 500"`},
		"a range backwards":          {top + "A,17-5,,,,Why,\n", `rules.csv:4, column age: The range ends before it starts: found "17-5"`},
		"a day for an age":           {top + "A,17-May,,,,Why,\n", `rules.csv:4, column age: The cell is a day in a column of numbers; spreadsheets make days of ranges such as 5-17: found "17-May", expected 5..17`},
		"half a year":                {top + "A,1.5,,,,Why,\n", `column age: The number is not whole`},
		"a zero for an O":            {top + "A,,,O00-09A,,Why,\n", `rules.csv:4, column diagnosis: The range ends before it starts: found "O00-09A", expected the letter O at both ends`},
		"blanks between diagnoses":   {top + "A,,,O80 O81,,Why,\n", `column diagnosis: A blank stands in a code`},
		"an ambiguous day":           {top + "A,,,,01/02/2026,Why,\n", `rules.csv:4, column date: The day can be read in two ways`},
		"no such day":                {top + "A,,,,2026-02-30,Why,\n", `column date: There is no such day`},
		"a sign for part of a code":  {top + "S-*,,,,,Why,\n", `rules.csv:4, column service: Codes are written out`},
		"a range of services":        {top + "O00-O9A,,,,,Why,\n", `column service: The cell looks like a range of diagnoses`},
		"nothing between commas":     {top + "\"A,,B\",,,,,Why,\n", `column service: There is nothing between two commas`},
		"an unknown list":            {top + "list:matternity,,,,,Why,\n", `rules.csv:4, column service: The cell cannot be used: there is no list "matternity": found "list:matternity", expected perhaps maternity`},
		"an unknown fact":            {top + "A,=member.agee < 3,,,,Why,\n", `rules.csv:4, column age: The cell cannot be used: there is no fact "agee": found "=member.agee < 3", expected perhaps age`},
		"a cap that cannot be":       {top + "A,,,,,,=member.sex\n", `rules.csv:4, column cap price: The expression cannot be used`},
		"no reason":                  {top + "A,,,,,x,\n", `rules.csv:4, column reject: The text is missing`},
		"no action":                  {top + "A,,,,,,\n", `rules.csv:4: The row does nothing`},
		"a cell too many":            {top + "A,,,,,Why,,5\n", `rules.csv:4, column H: The cell stands under no heading`},
		"a quoted line break before": {top + "\"A,\nB\",,,,,Why,\nA,x,,,,Why,\n", `rules.csv:6, column age: The cell is no number`},
		"an unknown heading":         {"title,T\nservice,agee,reject\nA,5,Why\n", `rules.csv:2, column agee: The heading is not known: found "agee", expected perhaps age`},
		"two of a heading":           {"title,T\nservice,code,reject\nA,5,Why\n", `rules.csv:2, column code: There are two columns of the same`},
		"a fact that comes late":     {"title,T\nservice,line.paid,reject\nA,5,Why\n", `rules.csv:2, column line.paid: The fact is known only after the line was valued; reject comes before`},
		"an unknown line":            {"titel,T\nservice,reject\nA,Why\n", `rules.csv:1: The line above the table is not known: found "titel", expected perhaps title`},
		"no title":                   {"service,reject\nA,Why\n", `rules.csv: The rule has no title`},
		"a title with commas":        {"title,Caps, and more\nservice,reject\nA,Why\n", `rules.csv:1: The title has several cells`},
		"a wrong policy":             {"title,T\nhit policy,best\nservice,reject\nA,Why\n", `rules.csv:2: The hit policy is not known: found "best", expected all, first`},
		"a wrong period":             {"title,T\nfrom,2026-05-01\nto,2026-04-01\nservice,reject\nA,Why\n", `rules.csv:3: The rule ends before it starts`},
		"a wrong type":               {"title,T\nclaim type,dental\nservice,reject\nA,Why\n", `rules.csv:2: The claim type is not known: found "dental", expected professional`},
		"a wrong sex":                {"title,T\nsex,reject\nfemal,Why\n", `rules.csv:3, column sex: The code is not known: found "femal", expected perhaps female`},
		"allow without first":        {"title,T\nservice,allow\nA,x\n", `rules.csv:3, column allow: The row can only hold others back`},
		"no table":                   {"title,T\n", `rules.csv: There is no table`},
		"no rows":                    {"title,T\nservice,reject\n", `rules.csv:2: The table has no rows`},
		"open quotes":                {"title,T\nservice,reject\n\"A,Why\n", `rules.csv:3: The quotes are not closed`},
		"quotes inside":              {"title,T\nservice,reject\nA\"B,Why\n", `rules.csv:3: A quote stands in a cell`},
		"not UTF-8":                  {"title,T\nservice,reject\nA,\xe9t\xe9\n", `rules.csv:3: The line is not UTF-8`},
		"a heading of a matrix":      {"title,T\nage × service,A,A\n5,x,x\n", `rules.csv:2, column A: The code stands above two columns`},
		"a cell of a matrix":         {"title,T\nage × service,A\n5,cap price: 1,200\n", `rules.csv:3, column C: The cell stands under no heading`},
		"a reason in a matrix":       {"title,T\nage × service,A\n5,x\n", `rules.csv:3, column A: The text is missing`},
		"a long list": {"title,T\nservice,reject\n\"A" + strings.Repeat(",CODE-0001", 380) + "\",Why\n",
			`rules.csv:3, column service: The cell cannot be used: the expression is longer than 4096 bytes`},
	} {
		t.Run(name, func(t *testing.T) {
			rule, err := compiled(c.table)
			require.Nil(t, rule)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestWarnings(t *testing.T) {
	for name, c := range map[string]struct {
		table string
		want  []string
	}{
		"bands that meet":       {"service,age,flag\nA,<5,x\nA,5-17,x\nA,18+,x\n", nil},
		"a gap":                 {"service,age,flag\nA,<5,x\nA,18+,x\n", []string{"rules.csv:4, column age: No row holds for 5 to 17 where service A"}},
		"a gap in amounts":      {"amount,flag\n<=5,x\n>6,x\n", []string{"rules.csv:4, column amount: No row holds for more than 5 and up to 6"}},
		"amounts that meet":     {"amount,flag\n<5,x\n>=5,x\n", nil},
		"a single amount":       {"amount,flag\n<5,x\n>5,x\n", []string{"rules.csv:4, column amount: No row holds for 5"}},
		"another service":       {"service,age,flag\nA,<5,x\nB,18+,x\n", nil},
		"a row that asks more":  {"service,age,sex,flag\nA,<5,,x\nA,5-17,M,x\nA,18+,,x\n", nil},
		"a row that asks less":  {"service,age,flag\nA,<5,x\nA,18+,x\nA,,x\n", nil},
		"an overlap":            {"age,flag\n0-20,x\n18-64,x\n", []string{"rules.csv:4, column age: The band overlaps that of row 3: for 18 to 20 both act"}},
		"an overlap, first":     {"hit policy,first\nage,flag\n0-20,x\n18-64,x\n", []string{"rules.csv:5, column age: The band overlaps that of row 4: for 18 to 20 row 4 acts"}},
		"never, first":          {"hit policy,first\nage,flag\n0-20,x\n21-64,x\n18-30,x\n", []string{"rules.csv:6, column age: The row never acts: rows above it hold for all of 18 to 30"}},
		"never under a blank":   {"hit policy,first\nservice,age,flag\nA,,x\nA,<5,x\n", []string{"rules.csv:5, column age: The row never acts: rows above it hold for all of up to 4"}},
		"twins":                 {"service,flag\nA,x\nA,x\n", []string{"rules.csv:4: The row asks the same as row 3; both act"}},
		"twins, first":          {"hit policy,first\nservice,flag\nA,x\nA,x\n", []string{"rules.csv:5: The row never acts: row 4 asks the same and comes first"}},
		"two ends":              {"age from,age to,flag\n0,4,x\n6,17,x\n", []string{"rules.csv:4, column age from: No row holds for 5"}},
		"ends that do not meet": {"age from,age to,flag\n9,4,x\n", []string{"rules.csv:3, column age from: The row never acts: its ends leave no number between them"}},
		"nothing is asked":      {"service,flag\n,x\n", []string{"rules.csv:3: The row asks nothing: it acts on every line"}},
		"nothing at the end":    {"hit policy,first\nservice,flag\nA,x\n,x\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var told []string
			for _, w := range compile(t, "title,T\n"+c.table).Warnings {
				told = append(told, w.String())
			}
			require.Equal(t, c.want, told)
		})
	}
}

func TestListsThatAreNotLookedUpAreTold(t *testing.T) {
	s, err := sheet.Read("rules.csv", []byte("title,T\nservice,flag\nlist:anything,x\n"), "")
	require.NoError(t, err)
	rule, err := Compile(s, Options{})
	require.NoError(t, err)
	require.Len(t, rule.Warnings, 1)
	require.Contains(t, rule.Warnings[0].String(), `The list "anything" was not looked up`)
}

func TestGolden(t *testing.T) {
	tables, err := filepath.Glob("testdata/*.csv")
	require.NoError(t, err)
	require.NotEmpty(t, tables)
	for _, name := range tables {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		rule := compile(t, string(data))
		golden := strings.TrimSuffix(name, ".csv") + ".json"
		if *update {
			require.NoError(t, os.WriteFile(golden, rule.Definition, 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), string(rule.Definition), name)
		require.Equal(t, rule.Definition, compile(t, string(data)).Definition)
	}
}

// TestFewValues holds the codes that cells may have against the explanation of the fact.
func TestFewValues(t *testing.T) {
	for name, codes := range closed {
		kind, bare, _ := strings.Cut(name, ".")
		doc := ""
		for _, k := range fact.Catalogue {
			for _, f := range k.Fields {
				if k.Name == kind && f.Name == bare {
					doc = f.Doc
				}
			}
		}
		for _, code := range codes {
			require.Contains(t, doc, code, name)
		}
	}
	for alias, full := range aliases {
		col, ok := factOf(alias)
		require.True(t, ok, alias)
		require.Equal(t, full, col.fact)
	}
}
