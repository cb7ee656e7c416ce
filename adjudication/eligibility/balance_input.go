package eligibility

import (
	"net/http"
	"slices"
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// balanceInput is the input of $balance.
type balanceInput struct {
	date    day.Date
	patient string
}

// readBalanceInput reads the named parameters; each may come as a string, as a query has them.
func readBalanceInput(input *codec.Document, names ...string) (*balanceInput, error) {
	in := &balanceInput{}
	if input == nil {
		return in, nil
	}
	if input.Type() != "Parameters" {
		return nil, outcome.New(http.StatusBadRequest, outcome.Structure, input.Type(), "The question is sent as Parameters, or without a body.")
	}
	for p := range input.Root().Get(nParameter).Each() {
		name := p.Get(nName).Text()
		if !slices.Contains(names, name) {
			return nil, badParameter(p, "The parameter is not known.", name, strings.Join(names, " or "))
		}
		switch name {
		case "date":
			text := p.Get(nValueDate).Text() + p.Get(nValueString).Text()
			m, err := day.ParseMoment(text)
			if in.date = m.First(nil); err != nil || in.date == 0 || len(text) != len("2026-01-01") {
				return nil, badParameter(p, "The date cannot be used.", text, "a day such as 2026-05-01")
			}
		case "patient":
			in.patient = p.Get(nValueReference).Get(nReference).Text() + p.Get(nValueString).Text()
		}
	}
	return in, nil
}

func badParameter(p codec.Value, text, found, expected string) error {
	refused := outcome.New(http.StatusBadRequest, outcome.Value, p.Path(), "%s", text)
	refused.Issues[0].Found, refused.Issues[0].Expected = found, expected
	return refused
}
