package value

import (
	"slices"
	"strings"
)

// Function is what the documentation says of a function or an operator.
type Function struct{ Name, Result, Doc, Example string }

// Functions are the functions that conditions can use on days, codes and amounts, in the order in which the documentation has
// them. Each example is true or false.
var Functions = []Function{
	{`list("name")`, "codes", "The codes of a ValueSet or CodeSystem of this server, by its name or url. The text must be written out.", `line.code in list("maternity")`},
	{`within("ranges")`, "codes", "Ranges of a hierarchical system such as ICD-10: a code with all beneath it, or two codes and all between them and beneath the second. Points do not count.", `diagnoses.any(within("O00-O9A, Z34"))`},
	{"code in codes", "yes or no", "The code is one of them; also with codes that are written out.", `line.code in ["S-CT", "S-MRI"]`},
	{"codes.any(set)", "yes or no", "At least one of the codes is in the set.", `claim.services.any(list("surgery"))`},
	{"codes.none(set)", "yes or no", "None of the codes is in the set; so it is when there are no codes.", `diagnoses.none(within("O00-O9A"))`},
	{"codes.only(set)", "yes or no", "All codes are in the set, and there is at least one.", `diagnoses.only(within("Z00-Z99"))`},
	{"codes.count(set)", "a whole number", "How many of the codes are in the set.", `claim.services.count(list("consultations")) > 1`},
	{"codes.size()", "a whole number", "How many codes there are.", `diagnoses.size() == 0`},
	{`date("2026-02-28")`, "a day", "The day.", `line.date >= date("2026-07-01")`},
	{"day + 30, day - 30", "a day", "So many days later or earlier.", `line.date > cover.start + 30`},
	{"day - day", "a whole number", "The days from the second to the first.", `claim.received - line.date > 90`},
	{"day.between(from, to)", "yes or no", "The day is one of those from the first to the second, both included.", `line.date.between(date("2026-12-24"), date("2026-12-26"))`},
	{"day.weekend()", "yes or no", "It is a Saturday or Sunday.", `line.date.weekend()`},
	{"day.weekday()", "a whole number", "1 is Monday, 7 Sunday.", `line.date.weekday() == 5`},
	{"day.year(), day.month(), day.day()", "a whole number", "The parts of the day.", `line.date.year() == 2026 && line.date.month() >= 7 && line.date.day() > 15`},
	{"day.known()", "yes or no", "There is such a day at all. Anything else that is asked of a day that is not known makes the condition fail: the rule does nothing and the trace says why.", `member.born.known() && line.date - member.born < 28`},
	{`decimal("12.50")`, "an amount", "The exact amount; also of a whole number. Needed with == and != only: amounts are equal to amounts.", `line.unitPrice == decimal("12.50")`},
	{"amount + - * / number", "an amount", "Exact; quotients are rounded to six digits behind the point, half up. The amount stands on the left.", `line.billed / line.quantity > line.listPrice * 1.5`},
	{"lesser(amount, amount)", "an amount", "The smaller of two.", `lesser(line.unitPrice, line.listPrice) > 1000`},
	{"greater(amount, amount)", "an amount", "The larger of two.", `greater(line.unitPrice, line.listPrice) > 1000`},
}

// FunctionNames are the names of all functions, sorted, for those who misspell one.
func FunctionNames() []string {
	names := []string{"decimal"}
	for _, f := range Functions {
		for part := range strings.SplitSeq(f.Name, ", ") {
			if before, _, call := strings.Cut(part, "("); call {
				names = append(names, before[strings.LastIndexByte(before, '.')+1:])
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
