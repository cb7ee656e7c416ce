package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// Submissions makes distinct claims of the population's members and checks their decisions.
type Submissions struct {
	// Run makes the claims' identifiers distinct from those of other runs.
	Run     string
	Members int
	// MinLines and MaxLines bound the lines of a claim; the number varies from claim to claim between them.
	MinLines, MaxLines int
	// Decided remembers what was decided, to be polled for.
	Decided *Decided

	sent atomic.Int64
}

// good is a service or item of the sandbox that any member may have any number of times.
type good struct {
	system, code string
	price        string
	cents        int64
}

const (
	services = "https://claimwright.org/sandbox/services"
	goods    = "https://claimwright.org/sandbox/items"
)

var catalogue = []good{
	{services, "S-CONS", "800.00", 80000}, {services, "S-CBC", "700.00", 70000}, {services, "S-MALRDT", "300.00", 30000},
	{goods, "D-ACT", "180.00", 18000}, {goods, "D-PARA", "5.00", 500}, {services, "S-GLUC", "250.00", 25000},
	{services, "S-URINE", "300.00", 30000}, {goods, "D-AMOX", "12.00", 1200}, {goods, "D-ORS", "25.00", 2500},
	{services, "S-UEC", "1600.00", 160000}, {goods, "D-CEFT", "220.00", 22000}, {services, "S-INJ", "150.00", 15000},
}

// Next makes the n-th claim of the phase. Numbers go on over phases, so that no claim is sent twice.
func (s *Submissions) Next(int64) *Request {
	n := int(s.sent.Add(1))
	lines := s.MinLines + n%(s.MaxLines-s.MinLines+1)
	return &Request{Method: http.MethodPost, Path: "/fhir/Claim/$submit", Body: s.claim(n, lines), Check: func(a Answer) error {
		return s.check(a, n, lines)
	}}
}

// claim writes an outpatient claim of a day of the year 2026.
func (s *Submissions) claim(n, lines int) []byte {
	member := memberID((n * 7919) % s.Members)
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n%300).Format(time.DateOnly)
	b := make([]byte, 0, 600+lines*330)
	b = fmt.Appendf(b, `{"resourceType":"Claim","identifier":[{"system":"https://claimwright.org/bench/claims","value":"%s-%d"}],"status":"active",`+
		`"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"professional"}]},"use":"claim","patient":{"reference":"Patient/%s"},`+
		`"billablePeriod":{"start":"%s","end":"%s"},"created":"%sT16:30:00+03:00","insurer":{"reference":"Organization/umoja"},"provider":{"reference":"Organization/ziwani"},`+
		`"priority":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/processpriority","code":"normal"}]},`+
		`"diagnosis":[{"sequence":1,"diagnosisCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"J06.9"}]}}],`+
		`"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/%s"}}],"item":[`, s.Run, n, member, day, day, day, member)
	var total int64
	for i := range lines {
		g := catalogue[(n+i)%len(catalogue)]
		quantity := int64(1 + (n+i)%3)
		total += quantity * g.cents
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `{"sequence":%d,"diagnosisSequence":[1],"productOrService":{"coding":[{"system":"%s","code":"%s"}]},"servicedDate":"%s",`+
			`"quantity":{"value":%d},"unitPrice":{"value":%s,"currency":"KES"},"net":{"value":%s,"currency":"KES"}}`,
			i+1, g.system, g.code, day, quantity, g.price, amount(quantity*g.cents))
	}
	return fmt.Appendf(b, `],"total":{"value":%s,"currency":"KES"}}`, amount(total))
}

func amount(cents int64) string {
	return strconv.FormatInt(cents/100, 10) + fmt.Sprintf(".%02d", cents%100)
}

// deepEvery is how often an answer is decoded and its sums are checked; the others are checked by their text.
const deepEvery = 16

// check holds an answer against what was sent: every line answered, and sums that agree.
func (s *Submissions) check(a Answer, n, lines int) error {
	if a.Status != http.StatusOK {
		return fmt.Errorf("status %d: %.200s", a.Status, a.Body)
	}
	if !bytes.Contains(a.Body, []byte(`"resourceType":"ClaimResponse"`)) || !bytes.Contains(a.Body, []byte(`"outcome":"complete"`)) {
		return fmt.Errorf("not a complete decision: %.200s", a.Body)
	}
	if got := bytes.Count(a.Body, []byte(`"itemSequence":`)); got != lines {
		return fmt.Errorf("%d lines decided of %d", got, lines)
	}
	if n%deepEvery != 0 {
		return nil
	}
	var r decision
	if err := json.Unmarshal(a.Body, &r); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	s.Decided.add(r.ID, r.Request.Reference)
	return r.sumsAgree()
}

// decision is the part of a ClaimResponse that is checked.
type decision struct {
	ID      string `json:"id"`
	Request struct {
		Reference string `json:"reference"`
	} `json:"request"`
	Item []struct {
		Adjudication []adjudication `json:"adjudication"`
	} `json:"item"`
	Total []adjudication `json:"total"`
}

type adjudication struct {
	Category struct {
		Coding []struct {
			Code string `json:"code"`
		} `json:"coding"`
	} `json:"category"`
	Amount struct {
		Value json.Number `json:"value"`
	} `json:"amount"`
}

func (a adjudication) is(category string) bool {
	return len(a.Category.Coding) > 0 && a.Category.Coding[0].Code == category
}

// cents reads an amount with at most two decimals exactly.
func (a adjudication) cents() int64 {
	whole, fraction, _ := bytes.Cut([]byte(a.Amount.Value), []byte("."))
	fraction = append(fraction, "00"...)[:2]
	n, err := strconv.ParseInt(string(whole)+string(fraction), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (d decision) sumsAgree() error {
	for _, category := range []string{"submitted", "benefit"} {
		var lines, total int64
		for _, item := range d.Item {
			for _, a := range item.Adjudication {
				if a.is(category) {
					lines += a.cents()
				}
			}
		}
		for _, a := range d.Total {
			if a.is(category) {
				total += a.cents()
			}
		}
		if lines != total {
			return fmt.Errorf("%s: lines sum to %d cents, the total says %d", category, lines, total)
		}
	}
	return nil
}
