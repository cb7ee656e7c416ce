package claims_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
)

// claimOf is a claim with these items.
func (w *world) claimOf(identifier, items string) *codec.Document {
	body := claimSpec{identifier: identifier}.json()
	return w.parse(body[:strings.Index(body, `"item":`)] + `"item":` + items + "}")
}

// coded is an item, a detail or a sub-detail for a service of the sandbox; rest are further elements, each with a leading comma.
func coded(sequence int, code, rest string) string {
	return fmt.Sprintf(`{"sequence":%d,"productOrService":{"coding":[{"system":"https://claimwright.org/sandbox/services","code":%q}]}%s}`, sequence, code, rest)
}

func kes(amount string) string { return `,"net":{"value":` + amount + `,"currency":"KES"}` }

// put writes resources in one transaction.
func (w *world) put(bodies ...string) {
	var entries []string
	for _, body := range bodies {
		doc := w.parse(body)
		entries = append(entries, fmt.Sprintf(`{"resource":%s,"request":{"method":"PUT","url":"%s/%s"}}`, body, doc.Type(), doc.ID()))
	}
	w.transact(`{"resourceType":"Bundle","type":"transaction","entry":[` + strings.Join(entries, ",") + `]}`)
}

const ownExtension = "https://claimwright.org/fhir/StructureDefinition/"

// service is a register entry with further parts of its extension, each with a leading comma.
func service(code, rules string) string {
	return `{"resourceType":"ChargeItemDefinition","id":"` + strings.ToLower(code) + `","url":"urn:test:` + code + `","status":"active","effectivePeriod":{"start":"2026-01-01"},
		"code":{"coding":[{"system":"https://claimwright.org/sandbox/services","code":"` + code + `"}]},
		"extension":[{"url":"` + ownExtension + `register-item","extension":[{"url":"kind","valueCode":"service"}` + rules + `]}]}`
}

// listed is a price list of the facility of claimOf with one price.
func listed(code, more string) string {
	return `{"resourceType":"Contract","id":"prices-` + strings.ToLower(code) + `","status":"executed","type":{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/contract-type","code":"price-list"}]},
		"applies":{"start":"2026-01-01"},"authority":[{"reference":"Organization/umoja"}],"subject":[{"reference":"Organization/ziwani"}],
		"term":[{"offer":{"text":"x"},"asset":[{"valuedItem":[{"entityCodeableConcept":{"coding":[{"system":"https://claimwright.org/sandbox/services","code":"` + code + `"}]}` + more + `}]}]}]}`
}

func unitKES(amount string) string { return `,"unitPrice":{"value":` + amount + `,"currency":"KES"}` }

// TestDetailsAreAnsweredWhereTheyStand: each leaf has its own adjudication and trace, each level above the sums.
func TestDetailsAreAnsweredWhereTheyStand(t *testing.T) {
	w := newMemoryWorld(t)
	item := `[{"sequence":4,"servicedDate":"2026-06-01","productOrService":{"text":"Check-up"}` + kes("2300.00") + `,"detail":[` +
		coded(2, "S-CONS", kes("700.00")) + `,{"sequence":1,"productOrService":{"text":"Laboratory"},"subDetail":[` +
		coded(1, "S-CBC", kes("600.00")) + "," + coded(2, "S-NONE", kes("1000.00")) + `]}]}]`
	got := w.submit(w.claimOf("D-1", item))

	root := got.doc.Root()
	require.Len(t, got.Item, 1)
	answered := root.Field("item").Index(0)
	require.Equal(t, "4", answered.Field("itemSequence").Text())
	require.False(t, answered.Field("extension").Exists(), "what has parts has no trace of its own")
	whole, reason := amounts(got.Item[0].Adjudication)
	require.Empty(t, reason)
	require.Equal(t, "2300.00", whole["submitted"])
	require.Equal(t, "1000.00", whole["disallowed"])
	require.NotContains(t, whole, "member-liability")

	lab, consultation := answered.Field("detail").Index(0), answered.Field("detail").Index(1)
	require.Equal(t, "1", lab.Field("detailSequence").Text())
	require.Equal(t, "2", consultation.Field("detailSequence").Text())
	require.True(t, consultation.Field("extension").Exists())
	require.False(t, lab.Field("extension").Exists())
	require.Equal(t, 2, lab.Field("subDetail").Len())
	denied := lab.Field("subDetail").Index(1)
	require.Equal(t, "2", denied.Field("subDetailSequence").Text())
	require.Equal(t, "not-in-register", denied.Field("adjudication").Index(1).Field("reason").Field("coding").Index(0).Field("code").Text())
	require.True(t, denied.Field("noteNumber").Exists())

	var benefit int64
	for _, v := range []codec.Value{lab.Field("subDetail").Index(0), denied, consultation} {
		benefit += cents(t, adjudicated(v, "benefit"))
	}
	require.Equal(t, benefit, cents(t, whole["benefit"]))
	totals, _ := amounts(got.Total)
	require.Equal(t, whole["benefit"], totals["benefit"])
}

func adjudicated(v codec.Value, category string) string {
	for row := range v.Field("adjudication").Each() {
		if row.Field("category").Field("coding").Index(0).Field("code").Text() == category {
			return row.Field("amount").Field("value").Text()
		}
	}
	return ""
}

func TestAFaultNamesTheDetail(t *testing.T) {
	w := newMemoryWorld(t)
	got := w.submit(w.claimOf("D-2", `[{"sequence":1,"servicedDate":"2026-06-01","productOrService":{"text":"x"},"detail":[
		{"sequence":3,"productOrService":{"text":"x"},"subDetail":[{"sequence":5,"productOrService":{"text":"x"},"net":{"value":1,"currency":"USD"}}]}]}]`))
	require.Equal(t, "error", got.Outcome)
	fault := got.doc.Root().Field("error").Index(0)
	require.Equal(t, []string{"1", "3", "5"}, []string{fault.Field("itemSequence").Text(), fault.Field("detailSequence").Text(), fault.Field("subDetailSequence").Text()})
}

func TestAPackageIsAnsweredAsOneLine(t *testing.T) {
	w := newMemoryWorld(t)
	part := func(code, quantity string) string {
		return `,{"url":"part","extension":[{"url":"item","valueCoding":{"system":"https://claimwright.org/sandbox/services","code":"` + code + `"}},{"url":"quantity","valueDecimal":` + quantity + `}]}`
	}
	w.put(service("S-KIT", `,{"url":"package","valueCode":"fixed"}`+part("S-CONS", "1")+part("S-CBC", "2")), listed("S-KIT", unitKES("1000")))
	kit := func(cbc string) string {
		return `[` + coded(1, "S-KIT", `,"servicedDate":"2026-06-01","detail":[`+coded(1, "S-CONS", kes("700.00"))+","+coded(2, "S-CBC", `,"quantity":{"value":`+cbc+`}`+kes("800.00"))+`]`) + `]`
	}
	got := w.submit(w.claimOf("P-1", kit("2")))
	rows, _ := amounts(got.Item[0].Adjudication)
	require.Equal(t, "1500.00", rows["submitted"])
	require.Equal(t, "500.00", rows["price-reduction"])
	require.False(t, got.doc.Root().Field("item").Index(0).Field("detail").Exists())

	got = w.submit(w.claimOf("P-2", kit("3")))
	rows, reason := amounts(got.Item[0].Adjudication)
	require.Equal(t, "package-mismatch", reason)
	require.Equal(t, "1500.00", rows["disallowed"])
	require.Equal(t, "The parts are not those of the package: line 1, S-KIT: S-CBC × 3 instead of 2.", got.ProcessNote[0].Text)
}

// TestACodeThatTheRegisterLacksMayBePaid: such a service has no resource that the trace could refer to.
func TestACodeThatTheRegisterLacksMayBePaid(t *testing.T) {
	w := newMemoryWorld(t)
	off := func(check string) string {
		return `{"url":"` + ownExtension + `check-setting","extension":[{"url":"check","valueCode":"` + check + `"},{"url":"enabled","valueBoolean":false}]}`
	}
	w.put(strings.Replace(string(w.get("Organization", "umoja").Bytes()), `"extension":[`, `"extension":[`+off("not-in-register")+","+off("not-in-price-list")+",", 1))
	got := w.submit(w.claimOf("U-1", `[`+coded(1, "S-UNHEARD", `,"servicedDate":"2026-06-01"`+kes("700.00"))+`]`))
	rows, reason := amounts(got.Item[0].Adjudication)
	require.Empty(t, reason)
	require.Equal(t, "700.00", rows["submitted"])
	require.NotContains(t, string(got.Item[0].Extension[0]), `"url":"service"`)
}

func TestAnIncludedServiceIsNamed(t *testing.T) {
	w := newMemoryWorld(t)
	w.put(service("S-ALL", `,{"url":"includes","valueCoding":{"system":"https://claimwright.org/sandbox/services","code":"S-CBC"}}`), listed("S-ALL", unitKES("1000")))
	got := w.submit(w.claimOf("P-3", `[`+coded(1, "S-CBC", `,"servicedDate":"2026-06-01"`+kes("700.00"))+","+coded(2, "S-ALL", `,"servicedDate":"2026-06-01"`+kes("700.00"))+`]`))
	_, reason := amounts(got.Item[0].Adjudication)
	require.Equal(t, "included-in-bundle", reason)
	_, reason = amounts(got.Item[1].Adjudication)
	require.Empty(t, reason)
	require.Equal(t, []int{1, 2}, []int{got.Item[0].ItemSequence, got.Item[1].ItemSequence})
	var texts []string
	for _, n := range got.Item[0].NoteNumber {
		texts = append(texts, got.ProcessNote[n-1].Text)
	}
	require.Equal(t, []string{"The service or item is included in another one of the claim: S-CBC in S-ALL (line 2)."}, texts)
}

func TestModifiersAndTaxAreInTheAnswer(t *testing.T) {
	w := newMemoryWorld(t)
	body := service("S-TAXED", "")
	body = body[:len(body)-1] + `,"propertyGroup":[{"priceComponent":[{"type":"surcharge","code":{"coding":[{"system":"urn:mod","code":"50"}]},"factor":0.5},{"type":"tax","factor":0.16}]}]}`
	w.put(body, listed("S-TAXED", unitKES("1000")))
	got := w.submit(w.claimOf("M-1", `[`+coded(1, "S-TAXED", `,"servicedDate":"2026-06-01","modifier":[{"coding":[{"system":"urn:mod","code":"50"}]},{"coding":[{"system":"urn:mod","code":"77"}]}]`+kes("2000.00"))+`]`))
	rows, _ := amounts(got.Item[0].Adjudication)
	require.Equal(t, "1740.00", rows["eligible"])
	require.Equal(t, "240.00", rows["tax"])
	totals, _ := amounts(got.Total)
	require.Equal(t, "240.00", totals["tax"])
	require.Contains(t, string(got.Item[0].Extension[0]), `{"url":"modifier","extension":[{"url":"code","valueCoding":{"system":"urn:mod","code":"50"}},{"url":"type","valueCode":"surcharge"},{"url":"factor","valueDecimal":0.5}]},{"url":"taxFactor","valueDecimal":0.16}`)
	var notes []string
	for _, n := range got.ProcessNote {
		notes = append(notes, n.Text)
	}
	require.Contains(t, notes, "Line 1: the modifier 77 does not change the price of this service.")
}

func TestAnExchangedLineSaysByWhichRate(t *testing.T) {
	w := newMemoryWorld(t)
	insurer := string(w.get("Organization", "umoja").Bytes())
	rate := `{"url":"` + ownExtension + `exchange-rate","extension":[{"url":"currency","valueCode":"USD"},{"url":"rate","valueDecimal":129.50},{"url":"start","valueDate":"2026-05-01"}]}`
	w.put(strings.Replace(insurer, `"extension":[`, `"extension":[`+rate+`,`, 1))
	line := func(date string) *codec.Document {
		return w.claimOf("X-"+date, `[`+coded(1, "S-CONS", `,"servicedDate":"`+date+`","net":{"value":5.00,"currency":"USD"}`)+`]`)
	}
	got := w.submit(line("2026-06-01"))
	rows, _ := amounts(got.Item[0].Adjudication)
	require.Equal(t, "647.50", rows["submitted"])
	for _, row := range append(got.Item[0].Adjudication, got.Total...) {
		if row.Amount.Value != "" {
			require.Equal(t, "KES", row.Amount.Currency)
		}
	}
	require.Contains(t, string(got.Item[0].Extension[0]), `{"url":"exchange","extension":[{"url":"billed","valueMoney":{"value":5.00,"currency":"USD"}},{"url":"rate","valueDecimal":129.50},`+
		`{"url":"date","valueDate":"2026-06-01"},{"url":"rateStart","valueDate":"2026-05-01"},{"url":"source","valueReference":{"reference":"Organization/umoja/_history/2"}}]}`)

	got = w.submit(line("2026-04-30"))
	require.Equal(t, "error", got.Outcome)
	require.Equal(t, "currency-mismatch", got.Error[0].Code.Coding[0].Code)
}

func TestAnOverrideIsAnsweredWithItsReason(t *testing.T) {
	w := newMemoryWorld(t)
	w.put(service("S-RARE", ""), listed("S-RARE", unitKES("1000")+`,"extension":[{"url":"`+ownExtension+`price-override","extension":[{"url":"allowed","valueBoolean":true},{"url":"percent","valueDecimal":50}]}]`))
	got := w.submit(w.claimOf("O-1", `[`+coded(1, "S-RARE", `,"servicedDate":"2026-06-01","extension":[{"url":"`+ownExtension+`price-override","extension":[{"url":"reason","valueString":"rare implant"}]}]`+kes("2000.00"))+`]`))
	rows, _ := amounts(got.Item[0].Adjudication)
	require.Equal(t, "1500.00", rows["eligible"])
	require.Contains(t, string(got.Item[0].Extension[0]), `{"url":"override","valueString":"rare implant"}`)
	require.Equal(t, "Line 1: a price above the agreed one counts: rare implant", got.ProcessNote[got.Item[0].NoteNumber[0]-1].Text)
}

func TestAMemberIsReimbursedByTheTariff(t *testing.T) {
	w := newMemoryWorld(t)
	tariff := strings.NewReplacer(`"price-list"`, `"reimbursement-tariff"`, `"subject":[{"reference":"Organization/ziwani"}],`, "").Replace(listed("S-ABROAD", unitKES("900")))
	w.put(service("S-ABROAD", ""), tariff)
	item := `[` + coded(1, "S-ABROAD", `,"servicedDate":"2026-06-01"`+kes("2000.00")) + `]`
	bill := w.submit(w.claimOf("R-1", item))
	_, reason := amounts(bill.Item[0].Adjudication)
	require.Equal(t, "not-in-price-list", reason, "a bill of the facility is not paid by the tariff")

	body := string(w.claimOf("R-2", item).Bytes())
	got := w.submit(w.parse(strings.Replace(body, `"use":"claim"`, `"payee":{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/payeetype","code":"subscriber"}]}},"use":"claim"`, 1)))
	rows, _ := amounts(got.Item[0].Adjudication)
	require.Equal(t, "900.00", rows["eligible"])
	totals, _ := amounts(got.Total)
	require.NotContains(t, totals, "provider-liability")
	require.Equal(t, "2000.00", totals["submitted"])
	require.Equal(t, int64(200000), cents(t, totals["benefit"])+cents(t, totals["member-liability"]))
	basis := string(got.doc.Root().Field("extension").Index(0).Raw())
	require.Contains(t, basis, `{"url":"priceList","valueReference":{"reference":"Contract/prices-s-abroad/_history/1"}}`)
	require.Equal(t, "subscriber", got.doc.Root().Field("payeeType").Field("coding").Index(0).Field("code").Text())
}
