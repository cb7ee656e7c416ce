package eligibility_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/resources"
)

// asked is an item of a request with quantity and price.
func asked(code, quantity, price string) string {
	item := `{"productOrService":{"coding":[{"system":"https://claimwright.org/sandbox/services","code":"` + code + `"}]},"quantity":{"value":` + quantity + `}`
	if price != "" {
		item += `,"unitPrice":{"value":` + price + `,"currency":"KES"}`
	}
	return item + "}"
}

// money are an item's figures by the code of their type.
func (i *item) money() map[string]string {
	by := map[string]string{}
	for _, b := range i.Benefit {
		if b.AllowedMoney != nil && b.UsedMoney == nil {
			by[b.Type.Coding[0].Code] = b.AllowedMoney.Value.String()
		}
	}
	return by
}

func TestWhatTheMemberWouldPay(t *testing.T) {
	w := sandboxWorld(t)
	got := w.ask(request(`["benefits"]`, ownCover+`,"item":[`+asked("S-CONS", "1", "1000.00")+","+asked("S-CONS", "1", "")+","+asked("S-NONE", "1", "50")+`]`))
	items := got.Insurance[0].Item[len(got.Insurance[0].Item)-3:]
	first := items[0].money()
	require.Equal(t, "1000.00", first["submitted"])
	require.Equal(t, "640.00", first["benefit"])
	require.Equal(t, "160.00", first["member-liability"])
	require.Equal(t, "200.00", first["provider-liability"])
	require.Contains(t, items[0].Description, "The agreed price counts")
	require.Equal(t, "800.00", items[1].money()["submitted"], "without a price, the listed one")
	require.True(t, items[2].Excluded)
	require.Equal(t, "0.00", items[2].money()["benefit"])
	require.Empty(t, w.count("Claim"), "nothing is claimed")

	nobody := w.ask(strings.Replace(request(`["benefits"]`, ownCover+`,"item":[`+asked("S-CONS", "1", "1000.00")+`]`), "Organization/ziwani", "Organization/nobody", 1))
	require.Empty(t, nobody.item("S-CONS").money()["member-liability"], "without a facility there is no price")
}

func TestWhatCannotBeTried(t *testing.T) {
	w := sandboxWorld(t)
	for name, c := range map[string]struct{ item, at string }{
		"a negative price": {asked("S-CONS", "1", "-5"), "CoverageEligibilityRequest.item[1]"},
		"nothing of it":    {asked("S-CONS", "0", "5"), "CoverageEligibilityRequest.item[1]"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.eligibility.Submit(context.Background(), everyone, parse(t, request(`["benefits"]`, ownCover+`,"item":[`+asked("S-CONS", "1", "5")+","+c.item+`]`)))
			requireStatus(t, err, http.StatusBadRequest)
			require.Contains(t, fmt.Sprintf("%+v", err), c.at)
		})
	}
}

func TestAStayIsAskedAbout(t *testing.T) {
	w := sandboxWorld(t)
	const days = `,"servicedPeriod":{"start":"2026-07-01","end":"2026-07-04"}`
	surgery := func(category string) string {
		return `,"item":[` + strings.Replace(product("S-APPX"), "{", `{"category":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"`+category+`"}]},`, 1) + `]`
	}
	for name, c := range map[string]struct {
		members string
		benefit string
	}{
		"of an institutional claim the period is the stay": {days + surgery("institutional"), "20000.00"},
		"of another it is when something is planned":       {days + surgery("professional"), "0.00"},
		"a day is no stay": {`,"servicedDate":"2026-07-01"` + surgery("institutional"), "0.00"},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.ask(request(`["benefits"]`, c.members+ownCover)).item("S-APPX")
			require.Equal(t, c.benefit, got.money()["benefit"], got.Description)
			require.Equal(t, c.benefit == "0.00", got.Excluded)
		})
	}
}

func TestWhatNeedsAnAuthorization(t *testing.T) {
	w := sandboxWorld(t)
	plan := string(w.get("InsurancePlan", "umoja-basic").Bytes())
	const own = `{"url":"https://claimwright.org/fhir/StructureDefinition/plan-authorization","extension":[{"url":"above","valueMoney":{"value":2000,"currency":"KES"}}]},`
	require.Contains(t, plan, `"extension": [`)
	w.put(strings.Replace(plan, `"extension": [`, `"extension": [`+own, 1))
	needs := func(price string) (*item, bool) {
		got := w.ask(request(`["benefits","auth-requirements"]`, ownCover+`,"item":[`+asked("S-XRAY", "3", price)+`]`)).item("S-XRAY")
		return got, *got.AuthorizationRequired
	}
	_, required := needs("100.00")
	require.False(t, required)
	got, required := needs("1000.00")
	require.True(t, required, "the claim would be above the amount")
	require.Contains(t, got.Description, "It needs an authorization.")
	require.NotEqual(t, "0.00", got.money()["benefit"], "the figures are those with one")
}

func (w *world) get(typ, id string) *codec.Document {
	w.t.Helper()
	records, err := w.store.Get(context.Background(), store.System(), store.Key{Type: typ, ID: id})
	require.NoError(w.t, err)
	require.NotNil(w.t, records[0], "%s/%s", typ, id)
	return parse(w.t, string(records[0].Body))
}

func (w *world) put(body string) {
	w.t.Helper()
	doc := parse(w.t, body)
	_, err := w.service.Update(context.Background(), everyone, store.Key{Type: doc.Type(), ID: doc.ID()}, doc, resources.UpdateOptions{})
	require.NoError(w.t, err)
}

// A claim of the day gets what the eligibility of the same items has said, whatever was claimed before.
func TestEligibilityAndClaimAgree(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := sandboxWorld(t)
		for round := range rapid.IntRange(1, 4).Draw(rt, "rounds") {
			var items, lines []string
			for i := range rapid.IntRange(1, 4).Draw(rt, "items") {
				code := rapid.SampledFrom([]string{"S-CONS", "S-XRAY", "S-DENTFILL", "S-MRI", "S-DEL", "S-NONE"}).Draw(rt, "code")
				quantity := fmt.Sprint(rapid.IntRange(1, 5).Draw(rt, "quantity"))
				price := ""
				if rapid.Bool().Draw(rt, "priced") {
					price = fmt.Sprintf("%d.%02d", rapid.IntRange(0, 9000).Draw(rt, "price"), rapid.IntRange(0, 99).Draw(rt, "cents"))
				}
				items = append(items, asked(code, quantity, price))
				lines = append(lines, strings.Replace(asked(code, quantity, price), "{", fmt.Sprintf(`{"sequence":%d,"servicedDate":"2026-05-05",`, i+1), 1))
			}
			told := w.ask(request(`["benefits"]`, ownCover+`,"item":[`+strings.Join(items, ",")+`]`)).Insurance[0].Item
			told = told[len(told)-len(items):]

			claim := claimFor(fmt.Sprint("E-", round), "S-CONS", "1", "1.00")
			at := strings.Index(claim, `"item":[`)
			answer := w.submitClaim(claim[:at] + `"item":[` + strings.Join(lines, ",") + `]}`)
			var decided struct {
				Item []struct {
					Adjudication []struct {
						Category struct{ Coding []struct{ Code string } }
						Reason   *struct{}
						Amount   *struct{ Value json.Number }
					}
				}
			}
			require.NoError(rt, json.Unmarshal(answer.Bytes(), &decided))
			require.Len(rt, decided.Item, len(told))
			for i := range told {
				figures := told[i].money()
				denied := false
				for _, row := range decided.Item[i].Adjudication {
					code := row.Category.Coding[0].Code
					if code == "disallowed" && figures["eligible"] == "0.00" && row.Reason != nil {
						denied = true
					}
					if code == "submitted" || code == "eligible" || code == "benefit" {
						require.Equal(rt, row.Amount.Value.String(), figures[code], "item %d %s: %s", i, code, items[i])
					}
				}
				if told[i].Excluded {
					require.True(rt, denied || figures["submitted"] == "0.00", told[i].Description)
				}
			}
		}
	})
}
