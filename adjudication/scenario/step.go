package scenario

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/scenario/given"
	"claimwright/adjudication/scenario/source"
	"claimwright/adjudication/scenario/tree"
)

// step is one thing that happens, with what is expected of it.
type step struct {
	at source.Position
	// kind is the key that says what happens.
	kind string
	// clock is what the clock is set to, zero to leave it to the request.
	clock time.Time
	// request is what is submitted, created or asked; nil for other kinds.
	request *given.Request
	// cover and parameters are whose balance is asked for, and how.
	cover      string
	parameters *tree.Object
	// of names the claim that a cancellation is about; name is what this step's claim is called later.
	of, name string
	checks   []check
	// claims are what is expected of claims of earlier steps, as they are after this one.
	claims []claimNow
	stored []stored
	// refused is what a refusal must contain; refusal says that one is expected.
	refusal bool
	refused []string
}

// kinds are the keys of which a step has exactly one.
var kinds = []string{"submit", "create", "cancel", "review", "task", "pay", "eligibility", "balance", "write", "at"}

type stepReader struct {
	world    *given.World
	problems *source.Problems
	// named are the claims of the steps so far.
	named  map[string]bool
	claims int
}

func (r *stepReader) step(o *source.Object) *step {
	s := &step{at: o.Node.At}
	if at := o.Get("at"); at != nil {
		s.kind, s.clock = "at", r.moment(at)
	}
	for _, kind := range kinds[:len(kinds)-1] {
		n := o.Get(kind)
		if n == nil {
			continue
		}
		if s.kind != "" && s.kind != "at" {
			r.problems.Add(n.At, "A step does one thing", kind, "either "+s.kind+" or "+kind)
			continue
		}
		s.kind, s.at = kind, n.At
		r.action(s, n)
	}
	if s.kind == "" {
		r.problems.Add(o.Node.At, "The step does nothing", "", "one of "+strings.Join(kinds, ", "))
	}
	if as := o.Text("as"); as != "" {
		s.name = as
	}
	if s.name != "" {
		r.named[s.name] = true
	}
	r.expect(s, o.Get("expect"))
	o.Done()
	return s
}

func (r *stepReader) action(s *step, n *source.Node) {
	switch s.kind {
	case "submit", "create":
		r.claims++
		s.request = r.world.Claim(n, "claim-"+itoa(r.claims), r.problems)
		s.name = s.request.Name
	case "eligibility":
		s.request = r.world.Eligibility(n, r.problems)
	case "write":
		resource, ok := tree.FromYAML(n, r.problems).(*tree.Object)
		if !ok || resource.Get("resourceType") == nil {
			r.problems.Add(n.At, "This is no resource", n.Describe(), "a map with resourceType")
			return
		}
		s.request = &given.Request{Resource: resource}
	case "cancel":
		s.of = r.known(n)
		s.name = s.of
	case "review":
		r.review(s, n)
	case "task":
		r.task(s, n)
	case "pay":
		r.pay(s, n)
	case "balance":
		r.balance(s, n)
	}
	if s.request != nil {
		r.checkNames(s.request.Resource, n.At)
	}
}

// review reads a reviewer's decision: claim, lines by number (quantity, price, reject with why), text, version.
func (r *stepReader) review(s *step, n *source.Node) {
	o := n.Object(r.problems)
	if s.of = o.Text("claim"); !r.named[s.of] {
		o.Fail(o.Get("claim"), "There is no such claim in an earlier step", s.of, r.names())
	}
	s.name = s.of
	parameters := tree.New("resourceType", "Parameters")
	if lines := o.Get("lines"); lines != nil {
		for _, e := range lines.Object(r.problems).Node.Entries {
			parameters.Append("parameter", tree.New("name", "line", "part", r.reviewed(e)))
		}
	}
	for _, name := range []string{"text", "version"} {
		if value := o.Text(name); value != "" {
			parameters.Append("parameter", tree.New("name", name, "valueString", value))
		}
	}
	o.Done()
	s.request = &given.Request{Resource: parameters}
}

// task reads a Task that asks for something: code, focus (a claim), fhir.
func (r *stepReader) task(s *step, n *source.Node) {
	o := n.Object(r.problems)
	focus := o.Text("focus")
	if !r.named[focus] {
		o.Fail(o.Get("focus"), "There is no such claim in an earlier step", focus, r.names())
	}
	code := tree.New("system", "http://terminology.hl7.org/CodeSystem/financialtaskcode", "code", o.Choice("code", "cancel", "release"))
	task := tree.New("resourceType", "Task", "status", "requested", "intent", "order", "code", tree.New("coding", tree.List{code}),
		"focus", tree.New("reference", "Claim/{"+focus+"}"))
	task.Lay(tree.FromYAML(o.Get("fhir"), r.problems))
	o.Done()
	s.request = &given.Request{Resource: task}
}

// pay reads a payment of claims: claims with their amounts, id, date.
func (r *stepReader) pay(s *step, n *source.Node) {
	o := n.Object(r.problems)
	if s.name = o.Text("id"); s.name == "" {
		s.name = "payment"
	}
	day := o.Date("date")
	resource := tree.New("resourceType", "PaymentReconciliation", "status", "active", "created", "{today}", "paymentDate", or(day, "{today}"))
	currency := or(o.Text("currency"), r.world.Currency())
	var total money.Decimal
	for _, e := range o.Get("claims").Object(r.problems).Node.Entries {
		if !r.named[e.Key] {
			r.problems.Add(e.KeyAt, "There is no such claim in an earlier step", e.Key, r.names())
		}
		text := source.NumberOf(e.Value, r.problems)
		amount, err := money.Parse(text)
		if err != nil && text != "" {
			r.problems.Add(e.Value.At, "The amount cannot be used", text, "a number of at most 18 digits")
		}
		total = total.Add(amount)
		resource.Append("detail", tree.New(
			"type", tree.New("coding", tree.List{tree.New("system", "http://terminology.hl7.org/CodeSystem/payment-type", "code", "payment")}),
			"response", tree.New("reference", "ClaimResponse/{"+e.Key+".response}"),
			"amount", tree.New("value", tree.Number(text), "currency", currency)))
	}
	if !total.Valid() {
		r.problems.Add(n.At, "The payment is too large", "", "at most 18 digits")
	}
	resource.Set("paymentAmount", tree.New("value", tree.Number(total.String()), "currency", currency))
	resource.Lay(tree.FromYAML(o.Get("fhir"), r.problems))
	o.Done()
	s.request = &given.Request{Resource: resource, Day: day}
}

// reviewed is what is said about one line.
func (r *stepReader) reviewed(e source.Entry) tree.List {
	var parts tree.List
	add := func(name, kind string, value any) {
		if part := tree.New("name", name, kind, value); part.Get(kind) != nil {
			parts = append(parts, part)
		}
	}
	if !lineNumber.MatchString(e.Key) {
		r.problems.Add(e.KeyAt, "This is no line", e.Key, "the line's number, such as 2, or 2.1 for its first detail")
	}
	for i, number := range strings.Split(e.Key, ".") {
		add([]string{"sequence", "detail", "subDetail"}[min(i, 2)], "valuePositiveInt", tree.Number(number))
	}
	o := e.Value.Object(r.problems)
	add("quantity", "valueDecimal", tree.Number(o.Number("quantity")))
	if price := o.Number("price"); price != "" {
		add("unitPrice", "valueMoney", tree.New("value", tree.Number(price), "currency", or(o.Text("currency"), r.world.Currency())))
	}
	if o.Flag("reject") {
		add("reject", "valueBoolean", true)
	}
	add("justification", "valueString", o.Text("why"))
	o.Done("currency")
	return parts
}

// known is the name of an earlier claim.
func (r *stepReader) known(n *source.Node) string {
	name := source.TextOf(n, r.problems)
	if !r.named[name] {
		r.problems.Add(n.At, "There is no such claim in an earlier step", name, r.names())
	}
	return name
}

func (r *stepReader) names() string {
	var names []string
	for name := range r.named {
		names = append(names, name)
	}
	slices.Sort(names)
	return "one of " + strings.Join(names, ", ")
}

// names in braces stand for what is known only when the scenario runs.
var braced = regexp.MustCompile(`\{([A-Za-z0-9][A-Za-z0-9\-. ]*)\}`)

// attributes follow a claim's name after a point.
var attributes = []string{".preAuthRef", ".response"}

func (r *stepReader) checkNames(resource *tree.Object, at source.Position) {
	tree.Marshal(resource, func(text string) string {
		for _, m := range braced.FindAllStringSubmatch(text, -1) {
			name := m[1]
			for _, a := range attributes {
				name = strings.TrimSuffix(name, a)
			}
			if name != "today" && !r.named[name] {
				r.problems.Add(at, "There is no such claim in an earlier step", name, r.names())
			}
		}
		return text
	})
}

// moment reads a day, meant at nine in the morning UTC, or an instant.
func (r *stepReader) moment(n *source.Node) time.Time {
	text := source.TextOf(n, r.problems)
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		r.problems.Add(n.At, "The value is no moment", text, "a day such as 2026-03-05, or an instant such as 2026-03-05T09:00:00Z")
	}
	return morning(t)
}

func morning(day time.Time) time.Time { return day.Add(9 * time.Hour) }
