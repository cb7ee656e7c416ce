package seed

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"claimwright/fhir/codec"
)

// Columns are the header of a price list in CSV, in any order. valid_to may be empty: valid until further notice.
var Columns = []string{"system", "code", "unit_price", "currency", "valid_from", "valid_to"}

// PriceList says whose prices a CSV file holds.
type PriceList struct {
	// ID is the Contract's id, Facility and Insurer are references such as "Organization/ziwani".
	ID, Title, Facility, Insurer string
	// Identifier is the list's business identifier, "system|value"; empty for none.
	Identifier string
	// From and To are the dates that the Contract applies; To may be empty.
	From, To string
	// Tag is a tag of the Contract, "system|code|display"; empty for none.
	Tag string
}

type price struct {
	system, code, amount, currency, from, to string
}

var (
	isPrice    = regexp.MustCompile(`^\d{1,12}(\.\d{1,6})?$`)
	isCurrency = regexp.MustCompile(`^[A-Z]{3}$`)
	isDate     = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
)

// Contract reads a price list and writes it as the FHIR Contract that the scheme is compiled from. The error lists every
// wrong cell with its line and column; nothing is written then.
func (l PriceList) Contract(r io.Reader) ([]byte, error) {
	prices, err := readPrices(r)
	if err != nil {
		return nil, err
	}
	return l.write(prices), nil
}

func readPrices(r io.Reader) ([]price, error) {
	in := csv.NewReader(r)
	in.TrimLeadingSpace = true
	header, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	at, err := columns(header)
	if err != nil {
		return nil, err
	}
	var prices []price
	var problems []error
	seen := map[string]int{}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errors.Join(append(problems, err)...)
		}
		line, _ := in.FieldPos(0)
		cell := func(column string) string { return strings.TrimSpace(row[at[column]]) }
		p := price{cell("system"), cell("code"), cell("unit_price"), cell("currency"), cell("valid_from"), cell("valid_to")}
		problems = append(problems, p.problems(line)...)
		key := p.system + "|" + p.code + "|" + p.from
		if before, twice := seen[key]; twice {
			problems = append(problems, fmt.Errorf("line %d: %s from %s stands in line %d already", line, p.code, p.from, before))
		}
		seen[key] = line
		prices = append(prices, p)
	}
	if len(prices) == 0 {
		problems = append(problems, errors.New("the list has no prices"))
	}
	return prices, errors.Join(problems...)
}

func columns(header []string) (map[string]int, error) {
	at := map[string]int{}
	for i, name := range header {
		at[strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))] = i
	}
	var missing []string
	for _, name := range Columns {
		if _, ok := at[name]; !ok {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("line 1: missing column %s; a price list has the columns %s", strings.Join(missing, ", "), strings.Join(Columns, ","))
	}
	return at, nil
}

func (p price) problems(line int) []error {
	var found []error
	check := func(ok bool, column, value, want string) {
		if !ok {
			found = append(found, fmt.Errorf("line %d, %s: found %q, expected %s", line, column, value, want))
		}
	}
	check(p.system != "", "system", p.system, "the code system's URL")
	check(p.code != "", "code", p.code, "a code")
	check(isPrice.MatchString(p.amount), "unit_price", p.amount, "an amount such as 1250.00, not negative, without separators")
	check(isCurrency.MatchString(p.currency), "currency", p.currency, "an ISO 4217 code such as KES")
	check(isDate.MatchString(p.from), "valid_from", p.from, "a date such as 2026-01-31")
	check(p.to == "" || isDate.MatchString(p.to) && p.to >= p.from, "valid_to", p.to, "nothing, or a date not before valid_from")
	return found
}

// write makes one term per period of validity, in the order that the periods first appear.
func (l PriceList) write(prices []price) []byte {
	w := codec.NewWriter(nil)
	w.Object("")
	w.String("resourceType", "Contract")
	w.String("id", l.ID)
	l.writeHead(w)
	w.Array("term")
	type period struct{ from, to string }
	var periods []period
	for _, p := range prices {
		if at := (period{p.from, p.to}); !slices.Contains(periods, at) {
			periods = append(periods, at)
		}
	}
	for _, at := range periods {
		w.Object("")
		writePeriod(w, "applies", at.from, at.to)
		w.Object("offer")
		w.String("text", "Negotiated prices")
		w.End()
		w.Array("asset")
		w.Object("")
		w.Array("valuedItem")
		for _, p := range prices {
			if p.from == at.from && p.to == at.to {
				p.write(w)
			}
		}
		w.End()
		w.End()
		w.End()
		w.End()
	}
	w.End()
	w.End()
	return w.Bytes()
}

func (l PriceList) writeHead(w *codec.Writer) {
	if parts := strings.SplitN(l.Tag, "|", 3); len(parts) == 3 {
		w.Object("meta")
		w.Array("tag")
		writeCoding(w, parts[0], parts[1], parts[2])
		w.End()
		w.End()
	}
	if system, value, ok := strings.Cut(l.Identifier, "|"); ok {
		w.Array("identifier")
		w.Object("")
		w.String("system", system)
		w.String("value", value)
		w.End()
		w.End()
	}
	w.String("status", "executed")
	writePeriod(w, "applies", l.From, l.To)
	writeReferences(w, "subject", l.Facility)
	writeReferences(w, "authority", l.Insurer)
	if l.Title != "" {
		w.String("title", l.Title)
	}
	w.Object("type")
	w.Array("coding")
	writeCoding(w, "https://claimwright.org/fhir/CodeSystem/contract-type", "price-list", "")
	w.End()
	w.End()
}

func (p price) write(w *codec.Writer) {
	w.Object("")
	w.Object("entityCodeableConcept")
	w.Array("coding")
	writeCoding(w, p.system, p.code, "")
	w.End()
	w.End()
	w.Object("unitPrice")
	w.Decimal("value", p.amount)
	w.String("currency", p.currency)
	w.End()
	w.End()
}

func writeCoding(w *codec.Writer, system, code, display string) {
	w.Object("")
	w.String("system", system)
	w.String("code", code)
	if display != "" {
		w.String("display", display)
	}
	w.End()
}

func writePeriod(w *codec.Writer, key, from, to string) {
	w.Object(key)
	w.String("start", from)
	if to != "" {
		w.String("end", to)
	}
	w.End()
}

func writeReferences(w *codec.Writer, key, reference string) {
	w.Array(key)
	w.Object("")
	w.String("reference", reference)
	w.End()
	w.End()
}

// DefaultID is the id of a facility's price list when none is given: "prices-ziwani" for "Organization/ziwani".
func DefaultID(facility string) string {
	_, id, _ := strings.Cut(facility, "/")
	return "prices-" + id
}
