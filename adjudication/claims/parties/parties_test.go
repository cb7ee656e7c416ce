package parties_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims/intake"
	"claimwright/adjudication/claims/parties"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

func parse(t testing.TB, body string) *codec.Document {
	doc, issues := codec.Parse([]byte(body), codec.Limits{})
	require.Empty(t, issues, body)
	return doc
}

// claim is a claim whose patient, insurer, provider and cover are the references given.
func claim(t testing.TB, patient, insurer, provider, coverage string) *intake.Item {
	return intake.Alone(parse(t, `{"resourceType":"Claim","status":"active","type":{"text":"t"},"use":"claim","patient":`+patient+`,"created":"2026-01-01","insurer":`+insurer+`,
"provider":`+provider+`,"priority":{"text":"p"},"insurance":[{"sequence":1,"focal":true,"coverage":`+coverage+`}]}`), nil)
}

func organization(id, kind, identifier string) string {
	return `{"resourceType":"Organization","id":"` + id + `","extension":[{"url":"https://claimwright.org/fhir/StructureDefinition/currency","valueCode":"KES"}],
"identifier":[{"system":"s","value":"` + identifier + `"}],"type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/organization-type","code":"` + kind + `"}]}]}`
}

func TestOrganizations(t *testing.T) {
	sch, _ := scheme.Compile([]*codec.Document{
		parse(t, organization("i", "ins", "I")), parse(t, organization("p", "prov", "P")),
		parse(t, organization("a", "prov", "TWICE")), parse(t, organization("b", "prov", "TWICE")),
	})
	cases := []struct {
		name, reference, insurer, provider string
		noted                              bool
	}{
		{"by reference", `{"reference":"Organization/i"}`, "Organization/i", "", false},
		{"by identifier", `{"identifier":{"system":"s","value":"P"}}`, "", "Organization/p", true},
		{"of nobody", `{"reference":"Organization/x"}`, "", "", false},
		{"of two", `{"identifier":{"system":"s","value":"TWICE"}}`, "", "", false},
		{"in another system", `{"identifier":{"system":"x","value":"P"}}`, "", "", false},
		{"of a practitioner", `{"reference":"Practitioner/p"}`, "", "", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			it := claim(t, `{"display":"x"}`, `{"display":"x"}`, c.reference, `{"display":"x"}`)
			who, ref := parties.New(it), it.Doc.Root().Field("provider")
			require.Equal(t, c.insurer, who.Insurer(ref, sch))
			require.Equal(t, c.provider, who.Provider(ref, sch))
			_, noted := who.Known[ref]
			require.Equal(t, c.noted, noted)
		})
	}
}

func TestPatients(t *testing.T) {
	everyone := resources.Principal{ID: "t", Access: store.Everything("t")}
	service := resources.New(storetest.NewMemory(), resources.Options{})
	put := func(id, identifiers string) {
		_, err := service.Update(context.Background(), everyone, store.Key{Type: "Patient", ID: id},
			parse(t, `{"resourceType":"Patient","id":"`+id+`","identifier":[`+identifiers+`]}`), resources.UpdateOptions{})
		require.NoError(t, err)
	}
	put("one", `{"system":"s","value":"1"},{"system":"t","value":"1"}`)
	put("two", `{"system":"s","value":"2"},{"system":"s","value":"shared"}`)
	put("three", `{"system":"s","value":"shared"}`)
	for i := range 130 {
		put(fmt.Sprint("many-", i), `{"system":"s","value":"everybody"}`)
	}
	cases := map[string]struct{ reference, want string }{
		"by reference":             {`{"reference":"Patient/anybody"}`, "anybody"},
		"by identifier":            {`{"identifier":{"system":"s","value":"1"}}`, "one"},
		"of another system":        {`{"identifier":{"system":"u","value":"1"}}`, ""},
		"of two":                   {`{"identifier":{"system":"s","value":"shared"}}`, ""},
		"of more than are counted": {`{"identifier":{"system":"s","value":"everybody"}}`, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			it := claim(t, c.reference, `{"display":"x"}`, `{"display":"x"}`, `{"display":"x"}`)
			err := service.Do(context.Background(), everyone, nil, func(ctx context.Context, u *resources.Unit) error {
				got, err := parties.New(it).Patient(ctx, u, it.Doc.Root().Field("patient"))
				require.Equal(t, c.want, got)
				return err
			})
			require.NoError(t, err)
		})
	}
}

func TestCovers(t *testing.T) {
	member := &ledger.Member{ID: "m", Covers: []ledger.Cover{{ID: "a", Identifiers: []string{"s|A"}}, {ID: "b", Identifiers: []string{"s|B", "|bare"}}}}
	cases := map[string]struct {
		reference, want string
	}{
		"by reference":              {`{"reference":"Coverage/a"}`, "a"},
		"by identifier":             {`{"identifier":{"system":"s","value":"B"}}`, "b"},
		"by one without a system":   {`{"identifier":{"value":"bare"}}`, "b"},
		"another member's":          {`{"reference":"Coverage/x"}`, ""},
		"a plan instead of a cover": {`{"display":"gold"}`, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			it := claim(t, `{"display":"x"}`, `{"display":"x"}`, `{"display":"x"}`, c.reference)
			found := parties.New(it).Covers(it.Doc.Root(), member)
			if c.want == "" {
				require.Nil(t, found)
				return
			}
			require.Equal(t, c.want, found.ID)
		})
	}
}
