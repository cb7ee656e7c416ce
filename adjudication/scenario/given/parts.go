package given

import (
	"strings"
	"time"

	"claimwright/adjudication/scenario/tree"
)

// Systems of what scenarios make.
const (
	// Codes is the code system of a scenario's services and items.
	Codes = "https://claimwright.org/scenario/codes"

	identifiers   = "https://claimwright.org/scenario/"
	ours          = "https://claimwright.org/fhir/"
	terminology   = "http://terminology.hl7.org/CodeSystem/"
	timeZone      = "http://hl7.org/fhir/StructureDefinition/timezone"
	contractTypes = ours + "CodeSystem/contract-type"
)

func reference(to string) *tree.Object { return tree.New("reference", to) }

// coding reads "CODE" or "system|CODE".
func coding(text, system string) *tree.Object {
	if before, code, found := strings.Cut(text, "|"); found {
		system, text = before, code
	} else if system == "" {
		system = Codes
	}
	return tree.New("system", system, "code", text)
}

func concept(codings ...tree.Value) *tree.Object { return tree.New("coding", tree.List(codings)) }

// moneyOf reads "12.50" or "12.50 USD".
func moneyOf(text, currency string) *tree.Object {
	value, stated, found := strings.Cut(text, " ")
	if found {
		currency = stated
	}
	return tree.New("value", tree.Number(value), "currency", currency)
}

func period(from, to string) *tree.Object { return tree.New("start", from, "end", to) }

func identifier(kind, value string) tree.List {
	return tree.List{tree.New("system", identifiers+kind, "value", value)}
}

func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}
