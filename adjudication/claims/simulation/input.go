package simulation

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// Element names.
var (
	nName           = codec.Intern("name")
	nParameter      = codec.Intern("parameter")
	nReference      = codec.Intern("reference")
	nResource       = codec.Intern("resource")
	nValueCode      = codec.Intern("valueCode")
	nValueDate      = codec.Intern("valueDate")
	nValueInteger   = codec.Intern("valueInteger")
	nValueReference = codec.Intern("valueReference")
	nValueString    = codec.Intern("valueString")
)

// mostRules bounds the rules that are tried at once, and those that are left out.
const mostRules = 100

// input is what an operation is asked.
type input struct {
	Request
	rules []*codec.Document
}

// readInput reads Parameters; nil asks for everything. Each value may come as a string, as a query has them.
func readInput(doc *codec.Document, takesRules bool) (*input, error) {
	in := &input{}
	if doc == nil {
		return in, nil
	}
	if takesRules && doc.Type() == "PlanDefinition" {
		in.rules = []*codec.Document{doc}
		return in, nil
	}
	if doc.Type() != "Parameters" {
		return nil, outcome.New(http.StatusBadRequest, outcome.Structure, doc.Type(), "The question is sent as Parameters.")
	}
	for p := range doc.Root().Get(nParameter).Each() {
		if err := in.parameter(p, takesRules); err != nil {
			return nil, err
		}
	}
	if len(in.rules) > mostRules || len(in.Without) > mostRules {
		return nil, outcome.New(http.StatusBadRequest, outcome.TooCostly, "Parameters.parameter", "At most %d rules can be tried at once.", mostRules)
	}
	return in, nil
}

func (in *input) parameter(p codec.Value, takesRules bool) (err error) {
	name := p.Get(nName).Text()
	text := textOf(p)
	switch {
	case name == "rule" && takesRules:
		rule := p.Document().Extract(p.Get(nResource))
		if rule == nil {
			return badParameter(p, "The rule is missing.", "no resource", "a PlanDefinition")
		}
		in.rules = append(in.rules, rule)
	case name == "without" && takesRules:
		if !strings.HasPrefix(text, "PlanDefinition/") {
			return badParameter(p, "The rule to leave out is not named.", text, "PlanDefinition/id")
		}
		in.Without = append(in.Without, text)
	case name == "since":
		in.Since, err = dateOf(p, text)
	case name == "until":
		in.Until, err = dateOf(p, text)
	case name == "by" && (text == "decision" || text == "service"):
		in.ByService = text == "service"
	case name == "insurer":
		in.Insurer = text
	case name == "facility":
		in.Facility = text
	case name == "plan":
		in.Plan = text
	case name == "use" && isUse(engine.Use(text)):
		in.Use = engine.Use(text)
	case name == "most":
		if in.Most, err = strconv.ParseInt(text, 10, 64); err != nil || in.Most < 1 {
			return badParameter(p, "The number cannot be used.", text, "1 or more")
		}
	case name == "by":
		return badParameter(p, "The value is not known.", text, "decision or service")
	case name == "use":
		return badParameter(p, "The value is not known.", text, "claim, preauthorization or predetermination")
	default:
		return badParameter(p, "The parameter is not known.", name, "one of the operation's definition")
	}
	return err
}

func isUse(use engine.Use) bool {
	return use == engine.UseClaim || use == engine.UsePreauthorization || use == engine.UsePredetermination
}

// textOf is a value as a text.
func textOf(p codec.Value) string {
	return strings.Clone(cmp.Or(p.Get(nValueString).Text(), p.Get(nValueDate).Text(), p.Get(nValueCode).Text(),
		p.Get(nValueInteger).Text(), p.Get(nValueReference).Get(nReference).Text()))
}

func dateOf(p codec.Value, text string) (day.Date, error) {
	m, err := day.ParseMoment(text)
	if err != nil || len(text) != len("2026-01-01") {
		return 0, badParameter(p, "The date cannot be used.", text, "a day such as 2026-05-01")
	}
	return m.First(nil), nil
}

func badParameter(p codec.Value, text, found, expected string) error {
	refused := outcome.New(http.StatusBadRequest, outcome.Value, p.Path(), "%s", text)
	refused.Issues[0].Found, refused.Issues[0].Expected = found, expected
	return refused
}
