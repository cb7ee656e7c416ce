package scenario

import (
	"regexp"
	"strconv"
	"strings"

	"claimwright/adjudication/scenario/source"
)

func itoa(n int) string { return strconv.Itoa(n) }

// check is one thing that is expected of an answer.
type check struct {
	at             source.Position
	what, expected string
	// found is what the answer says.
	found func(*answer) string
	// same compares; nil compares the texts.
	same func(expected, found string) bool
	// line is the number of the line that it is about, empty for none: its trace explains a difference.
	line string
}

func (c *check) holds(a *answer) (found string, ok bool) {
	found = c.found(a)
	if c.same == nil {
		return found, found == c.expected
	}
	return found, c.same(c.expected, found)
}

// expecting adds checks to a step.
type expecting struct {
	*source.Object
	step     *step
	problems *source.Problems
}

func (r *stepReader) expect(s *step, n *source.Node) {
	e := &expecting{Object: n.Object(r.problems), step: s, problems: r.problems}
	if refused := e.Get("refused"); refused != nil {
		s.refusal = true
		for _, t := range source.ListOf(refused) {
			s.refused = append(s.refused, source.TextOf(t, r.problems))
		}
	}
	switch s.kind {
	case "submit", "create", "cancel", "review":
		e.claim()
	case "eligibility":
		e.eligibility()
	case "balance":
		e.balance()
	case "task":
		e.text("status", "status of the task", func(a *answer) string { return a.Status })
	}
	e.earlier(r)
	e.fragments(r)
	e.Done("refused")
}

// claimNow is what is expected of a claim as it is now.
type claimNow struct {
	name   string
	checks []check
}

// earlier expects something of claims of earlier steps, by their names.
func (e *expecting) earlier(r *stepReader) {
	n := e.Get("claims")
	if n == nil {
		return
	}
	for _, entry := range n.Object(e.problems).Node.Entries {
		if !r.named[entry.Key] {
			e.problems.Add(entry.KeyAt, "There is no such claim in an earlier step", entry.Key, r.names())
		}
		now := &expecting{Object: entry.Value.Object(e.problems), step: &step{}, problems: e.problems}
		now.claim()
		now.Done()
		for i := range now.step.checks {
			now.step.checks[i].what = entry.Key + ": " + now.step.checks[i].what
		}
		e.step.claims = append(e.step.claims, claimNow{entry.Key, now.step.checks})
	}
}

// text expects a text, if the key is there.
func (e *expecting) text(key, what string, found func(*answer) string) {
	if n := e.Get(key); n != nil {
		e.add(n, what, source.TextOf(n, e.problems), found, nil)
	}
}

// amount expects a number, if the key is there; trailing zeros do not matter.
func (e *expecting) amount(key, what string, found func(*answer) string) {
	if n := e.Get(key); n != nil {
		e.add(n, what, source.NumberOf(n, e.problems), found, sameNumber)
	}
}

func (e *expecting) add(n *source.Node, what, expected string, found func(*answer) string, same func(string, string) bool) {
	e.step.checks = append(e.step.checks, check{at: n.At, what: what, expected: expected, found: found, same: same})
}

// contains expects each text of a list somewhere among others.
func (e *expecting) contains(key, what string, found func(*answer) []string) {
	for _, n := range e.List(key) {
		e.add(n, what, source.TextOf(n, e.problems), func(a *answer) string { return strings.Join(found(a), " ") },
			func(expected, found string) bool { return strings.Contains(found, expected) })
	}
}

// claim reads what is expected of a ClaimResponse.
func (e *expecting) claim() {
	e.text("outcome", "outcome", func(a *answer) string { return a.Outcome })
	e.text("status", "status", func(a *answer) string { return a.Status })
	e.text("state", "business state", func(a *answer) string { return a.state })
	e.amount("paid", "paid in total", func(a *answer) string { return a.total("benefit") })
	e.amount("submitted", "submitted in total", func(a *answer) string { return a.total("submitted") })
	e.amount("eligible", "eligible in total", func(a *answer) string { return a.total("eligible") })
	e.amount("member", "borne by the member in total", func(a *answer) string { return a.total("member-liability") })
	e.amount("others", "borne by other payers in total", func(a *answer) string { return a.total("other-payer-liability") })
	e.amount("tax", "tax in total", func(a *answer) string { return a.total("tax") })
	e.amount("score", "score", func(a *answer) string { return or(a.basis.number("score"), "0") })
	e.amount("payment", "payment so far", func(a *answer) string { return or(a.Payment.Amount.Value.String(), "0") })
	e.amount("provider", "borne by the provider in total", func(a *answer) string { return a.total("provider-liability") })
	e.text("authorized", "authorised", func(a *answer) string {
		if a.PreAuthRef == "" {
			return "no"
		}
		return a.PreAuthPeriod.Start + ".." + a.PreAuthPeriod.End
	})
	e.text("currency", "currency", func(a *answer) string { return a.currency() })
	e.contains("error", "error", func(a *answer) []string { return a.faults() })
	e.contains("notes", "notes", func(a *answer) []string { return a.notes() })
	e.text("disposition", "disposition", func(a *answer) string { return a.Disposition })
	for _, fact := range []string{"cover", "plan", "setting", "category", "ageGroup", "priceList", "targetDate"} {
		e.text(fact, fact, func(a *answer) string { return a.basis.fact(fact) })
	}
	if n := e.Get("same"); n != nil {
		name := source.TextOf(n, e.problems)
		e.add(n, "the same answer as to "+name, "yes", func(a *answer) string { return a.sameAs(name) }, nil)
	}
	e.limits(e.Get("limits"), "", func(a *answer) *explained { return a.basis })
	e.lines(e.Get("lines"))
}

// limits expects of each limit, by its id, what is allowed and what is used before and after.
func (e *expecting) limits(n *source.Node, line string, of func(*answer) *explained) {
	if n == nil {
		return
	}
	for _, entry := range n.Object(e.problems).Node.Entries {
		l := &expecting{Object: entry.Value.Object(e.problems), step: e.step, problems: e.problems}
		first := len(e.step.checks)
		for _, figure := range []string{"allowed", "before", "after", "left"} {
			l.amount(figure, entry.Key+", "+figure, func(a *answer) string { return of(a).limit(entry.Key, figure) })
		}
		l.Done()
		for i := first; i < len(e.step.checks); i++ {
			e.step.checks[i].line = line
		}
	}
}

// lines expects something of each line: a list has an entry for every line, a map only for those that it numbers.
func (e *expecting) lines(n *source.Node) {
	switch {
	case n == nil:
	case n.Kind == source.Map:
		for _, entry := range n.Entries {
			if !lineNumber.MatchString(entry.Key) {
				e.problems.Add(entry.KeyAt, "This is no line", entry.Key, "the line's number, such as 2, or 2.1 for its first detail")
			}
			e.line(entry.Key, entry.Value)
		}
	default:
		items := source.ListOf(n)
		e.add(n, "number of lines", itoa(len(items)), func(a *answer) string { return itoa(len(a.Item)) }, nil)
		for i, item := range items {
			e.line(itoa(i+1), item)
		}
	}
}

var lineNumber = regexp.MustCompile(`^[1-9][0-9]*(\.[1-9][0-9]*){0,2}$`)

// line expects something of one line, and of its details: a number is what is paid, a word the reason of its denial.
func (e *expecting) line(number string, n *source.Node) {
	first := len(e.step.checks)
	l := &expecting{step: e.step, problems: e.problems}
	switch {
	case n.Absent():
		return
	case n.Kind == source.Scalar && source.IsNumber(n.Text):
		n = &source.Node{At: n.At, Kind: source.Map, Entries: []source.Entry{{Key: "paid", KeyAt: n.At, Value: n}}}
	case n.Kind == source.Scalar:
		n = &source.Node{At: n.At, Kind: source.Map, Entries: []source.Entry{{Key: "denied", KeyAt: n.At, Value: n}}}
	}
	l.Object = n.Object(e.problems)
	details := l.List("details")
	l.figures(number)
	for i := first; i < len(e.step.checks); i++ {
		c := &e.step.checks[i]
		c.line, c.what = number, "line "+number+", "+c.what
	}
	for i, detail := range details {
		e.line(number+"."+itoa(i+1), detail)
	}
}

func (e *expecting) figures(number string) {
	of := func(f func(*line) string) func(*answer) string {
		return func(a *answer) string {
			l := a.line(number)
			if l == nil {
				return "no such line"
			}
			return f(l)
		}
	}
	e.amount("paid", "paid", of(func(l *line) string { return l.amount("benefit") }))
	e.amount("submitted", "submitted", of(func(l *line) string { return l.amount("submitted") }))
	e.amount("eligible", "eligible", of(func(l *line) string { return l.amount("eligible") }))
	if n := e.Get("denied"); n != nil {
		e.add(n, "denied", source.TextOf(n, e.problems), of((*line).denied), nil)
	} else if e.Node.Get("paid") != nil {
		e.add(e.Node, "denied", "no", of((*line).denied), nil)
	}
	e.cuts(of)
	e.amount("quantity", "quantity granted", of((*line).granted))
	e.amount("tax", "tax", of(func(l *line) string { return l.amount("tax") }))
	e.amount("unit", "unit price", of(func(l *line) string { return l.trace.number("unitPrice") }))
	e.amount("percent", "percentage covered", of(func(l *line) string { return l.value("eligpercent") }))
	e.text("review", "review", of(func(l *line) string { return or(l.trace.text("review"), "no") }))
	e.text("benefit", "benefit of the plan", of(func(l *line) string { return l.trace.text("benefit") }))
	for _, fact := range []string{"cover", "plan", "setting", "category", "ageGroup", "priceList", "targetDate"} {
		e.text(fact, fact, func(a *answer) string { return a.factOf(number, fact) })
	}
	e.rules("rules", of, "")
	e.rules("shadows", of, "shadow")
	e.contains("notes", "notes", func(a *answer) []string { return a.notesOf(number) })
	e.limits(e.Get("limits"), number, func(a *answer) *explained { return a.traceOf(number) })
	e.Done("denied", "cuts")
}

// rules expects exactly the rules that are named, in the order in which they were asked, with as much of what they did as is
// written: "no-men", "no-men reject", "lab-prices cap-price 800". With the part "shadow" it is about what rules would have done.
func (e *expecting) rules(key string, of func(func(*line) string) func(*answer) string, part string) {
	n := e.Get(key)
	if n == nil {
		return
	}
	wanted := source.ListOf(n)
	for i, w := range wanted {
		e.add(w, key+", "+itoa(i+1), source.TextOf(w, e.problems), of(func(l *line) string { return l.trace.firedAt(i, part) }),
			func(expected, found string) bool { return found == expected || strings.HasPrefix(found, expected+" ") })
	}
	e.add(n, "number of "+key, itoa(len(wanted)), of(func(l *line) string { return itoa(len(l.trace.fired(part))) }), nil)
}

// cuts expects exactly the cuts that are named; the others must be nothing.
func (e *expecting) cuts(of func(func(*line) string) func(*answer) string) {
	n := e.Get("cuts")
	if n == nil {
		return
	}
	named := map[string]bool{}
	for _, entry := range n.Object(e.problems).Node.Entries {
		named[entry.Key] = true
		if !cutKinds()[entry.Key] {
			e.problems.Add(entry.KeyAt, "There is no such cut", entry.Key, "one of "+strings.Join(sortedCuts(), ", "))
		}
		e.add(entry.Value, entry.Key, source.NumberOf(entry.Value, e.problems),
			of(func(l *line) string { return l.amount(entry.Key) }), sameNumber)
	}
	e.add(n, "other cuts", "none", of(func(l *line) string { return l.otherCuts(named) }), nil)
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
