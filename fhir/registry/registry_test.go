package registry_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/registry"
	"claimwright/fhir/search/expression"
)

func TestTypes(t *testing.T) {
	types := registry.Types()
	require.Len(t, types, 146)
	require.True(t, slices.IsSorted(types))
	require.True(t, registry.IsType("Claim"))
	require.True(t, registry.IsType("Parameters"))
	for _, name := range []string{"", "claim", "Resource", "DomainResource", "HumanName", "zzz"} {
		require.False(t, registry.IsType(name), name)
	}
}

// counts holds how many parameters a type has of its own, from the tables of the R4 specification.
var counts = map[string]int{
	"Claim": 17, "ClaimResponse": 11, "CoverageEligibilityRequest": 7, "CoverageEligibilityResponse": 9, "Task": 19,
	"Coverage": 11, "ExplanationOfBenefit": 17, "PaymentNotice": 7, "PaymentReconciliation": 8, "PractitionerRole": 13,
	"Location": 15, "Encounter": 23, "Patient": 23, "InsurancePlan": 14, "Binary": 0, "Parameters": 0,
}

func TestParamsOfType(t *testing.T) {
	for name, own := range counts {
		t.Run(name, func(t *testing.T) {
			params := registry.Params(name)
			names := make([]string, len(params))
			got := 0
			for i, p := range params {
				names[i] = p.Name
				if p.Name[0] != '_' {
					got++
				}
			}
			require.Equal(t, own, got, names)
			require.True(t, slices.IsSorted(names))
			shared := []string{"_content", "_filter", "_id", "_lastUpdated", "_profile", "_query", "_security", "_source", "_tag"}
			require.Subset(t, names, shared)
			isDomainResource := !slices.Contains([]string{"Binary", "Bundle", "Parameters"}, name)
			require.Equal(t, isDomainResource, slices.Contains(names, "_text"))
		})
	}
	require.Nil(t, registry.Params("Resource"))
	require.Nil(t, registry.Params(""))
}

func TestEveryParamIsSound(t *testing.T) {
	total := 0
	for _, name := range registry.Types() {
		for i, p := range registry.Params(name) {
			total++
			id := name + "." + p.Name
			require.NotEmpty(t, p.Type.String(), id)
			require.NotEmpty(t, p.URL, id)
			if i > 0 {
				require.Less(t, registry.Params(name)[i-1].Name, p.Name)
			}
			require.Equal(t, p.Type == registry.Composite, len(p.Components) > 0, id)
			if p.Expression == "" {
				require.Equal(t, registry.Special, p.Type, id)
				continue
			}
			paths, err := expression.Parse(p.Expression)
			require.NoError(t, err, id)
			if p.Type != registry.Composite {
				require.Len(t, p.Leaves, len(paths), id)
			}
			for _, c := range p.Components {
				parts, err := expression.Parse(c.Expression)
				require.NoError(t, err, id)
				require.Len(t, c.Leaves, len(parts), id)
			}
			for _, target := range p.Targets {
				require.True(t, registry.IsType(target), id)
			}
			if p.Type == registry.Reference && len(p.Targets) == 0 {
				require.Equal(t, []string{"canonical"}, p.Leaves[0].Types, id)
			}
		}
	}
	require.Equal(t, 1699+9*146+143, total, "own parameters, nine of every resource, _text of domain resources")
}

func TestLookup(t *testing.T) {
	tests := []struct {
		resource, name string
		want           registry.Param
	}{
		{"Claim", "created", registry.Param{Type: registry.Date, Expression: "Claim.created",
			Leaves: []registry.Leaf{{Types: []string{"dateTime"}}}}},
		{"Claim", "status", registry.Param{Type: registry.Token, Expression: "Claim.status",
			Leaves: []registry.Leaf{{Types: []string{"code"}, Binding: "http://hl7.org/fhir/ValueSet/fm-status"}}}},
		{"Claim", "subdetail-udi", registry.Param{Type: registry.Reference, Expression: "Claim.item.detail.subDetail.udi",
			Leaves: []registry.Leaf{{Types: []string{"Reference"}}}, Targets: []string{"Device"}}},
		{"ClaimResponse", "request", registry.Param{Type: registry.Reference, Expression: "ClaimResponse.request",
			Leaves: []registry.Leaf{{Types: []string{"Reference"}}}, Targets: []string{"Claim"}}},
		{"InsurancePlan", "name", registry.Param{Type: registry.String, Expression: "InsurancePlan.name | InsurancePlan.alias",
			Leaves: []registry.Leaf{{Types: []string{"string"}}, {Types: []string{"string"}}}}},
		{"Task", "patient", registry.Param{Type: registry.Reference, Expression: "Task.for.where(resolve() is Patient)",
			Leaves: []registry.Leaf{{Types: []string{"Reference"}}}, Targets: []string{"Patient"}}},
		{"Observation", "date", registry.Param{Type: registry.Date, Expression: "Observation.effective",
			Leaves: []registry.Leaf{{Types: []string{"dateTime", "Period", "Timing", "instant"}, Choice: true}}}},
		{"Patient", "deceased", registry.Param{Type: registry.Token,
			Expression: "Patient.deceased.exists() and Patient.deceased != false",
			Leaves:     []registry.Leaf{{Types: []string{"boolean", "dateTime"}, Choice: true}}}},
		{"DocumentReference", "relationship", registry.Param{Type: registry.Composite, Expression: "DocumentReference.relatesTo",
			Components: []registry.Component{
				{Name: "relatesto", Type: registry.Reference, Expression: "target",
					Leaves: []registry.Leaf{{Types: []string{"Reference"}}}, Targets: []string{"DocumentReference"}},
				{Name: "relation", Type: registry.Token, Expression: "code", Leaves: []registry.Leaf{{Types: []string{"code"},
					Binding: "http://hl7.org/fhir/ValueSet/document-relationship-type"}}},
			}}},
		{"Location", "near", registry.Param{Type: registry.Special, Expression: "Location.position",
			Leaves: []registry.Leaf{{Types: []string{"BackboneElement"}}}}},
		{"Claim", "_tag", registry.Param{Type: registry.Token, Expression: "Resource.meta.tag",
			Leaves: []registry.Leaf{{Types: []string{"Coding"}}}}},
		{"Claim", "_text", registry.Param{Type: registry.Special}},
	}
	for _, tt := range tests {
		t.Run(tt.resource+" "+tt.name, func(t *testing.T) {
			got, ok := registry.Lookup(tt.resource, tt.name)
			require.True(t, ok)
			tt.want.Name, tt.want.URL = tt.name, got.URL
			require.Equal(t, tt.want, *got)
		})
	}
	any, ok := registry.Lookup("PaymentNotice", "request")
	require.True(t, ok)
	require.Len(t, any.Targets, 145)

	// R4 defines these once for many types, with the targets of all of them.
	for _, of := range []string{"Observation", "AllergyIntolerance", "Encounter"} {
		patient, _ := registry.Lookup(of, "patient")
		require.Equal(t, []string{"Patient"}, patient.Targets, of)
	}
	encounter, _ := registry.Lookup("Observation", "encounter")
	require.Equal(t, []string{"Encounter"}, encounter.Targets)
}

func TestLookupFindsNothing(t *testing.T) {
	for _, name := range []string{"", "nope", "Status", "age", "birthOrderBoolean", "mothersMaidenName", "part-agree", "_list"} {
		_, ok := registry.Lookup("Patient", name)
		require.False(t, ok, name)
	}
	_, ok := registry.Lookup("Nope", "status")
	require.False(t, ok)
}

func TestLookupsAllocateNothing(t *testing.T) {
	require.Zero(t, testing.AllocsPerRun(10, func() {
		_, ok := registry.Lookup("ClaimResponse", "request")
		_, listed := registry.ValueSet("http://hl7.org/fhir/ValueSet/fm-status")
		if !ok || !listed || !registry.IsType("Task") {
			t.Error("a look-up found nothing")
		}
	}))
}

func TestOmitted(t *testing.T) {
	require.Len(t, registry.Omitted(), 22)
	for _, o := range registry.Omitted() {
		require.NotEmpty(t, o.Reason, o.URL)
	}
}

func TestCompartment(t *testing.T) {
	require.Equal(t, []string{"Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"}, registry.Compartments())
	tests := []struct {
		compartment, resource string
		want                  []string
	}{
		{"Patient", "Claim", []string{"patient", "payee"}},
		{"Patient", "Coverage", []string{"policy-holder", "subscriber", "beneficiary", "payor"}},
		{"Patient", "Task", nil},
		{"Patient", "InsurancePlan", nil},
		{"Encounter", "Claim", []string{"encounter"}},
		{"Practitioner", "Claim", []string{"enterer", "provider", "payee", "care-team"}},
		{"Practitioner", "ClaimResponse", []string{"requestor"}},
		{"RelatedPerson", "Coverage", []string{"policy-holder", "subscriber", "payor"}},
		{"Device", "Claim", []string{"procedure-udi", "item-udi", "detail-udi", "subdetail-udi"}},
		{"Device", "PaymentNotice", nil},
	}
	for _, tt := range tests {
		t.Run(tt.compartment+" "+tt.resource, func(t *testing.T) {
			c, ok := registry.Compartment(tt.compartment)
			require.True(t, ok)
			require.Equal(t, tt.want, c.Params(tt.resource))
			require.Equal(t, tt.want != nil, slices.Contains(c.Members(), tt.resource))
		})
	}
	_, ok := registry.Compartment("Group")
	require.False(t, ok)
	for _, name := range registry.Compartments() {
		c, _ := registry.Compartment(name)
		for _, m := range c.Members() {
			for _, p := range c.Params(m) {
				found, ok := registry.Lookup(m, p)
				require.True(t, ok, "%s: %s.%s", name, m, p)
				require.Equal(t, registry.Reference, found.Type)
			}
		}
	}
}

func TestValueSet(t *testing.T) {
	status, ok := registry.ValueSet("http://hl7.org/fhir/ValueSet/fm-status")
	require.True(t, ok)
	require.Equal(t, []registry.CodeGroup{{System: "http://hl7.org/fhir/fm-status",
		Codes: []string{"active", "cancelled", "draft", "entered-in-error"}}}, status.Groups)
	require.True(t, status.Has("http://hl7.org/fhir/fm-status", "active"))
	require.False(t, status.Has("http://hl7.org/fhir/fm-status", "Active"))
	require.False(t, status.Has("", "active"))
	require.True(t, status.HasSystem("http://hl7.org/fhir/fm-status"))
	require.False(t, status.HasSystem("http://hl7.org/fhir/task-status"))

	currencies, ok := registry.ValueSet("http://hl7.org/fhir/ValueSet/currencies")
	require.True(t, ok)
	require.True(t, currencies.Has("urn:iso:std:iso:4217", "TZS"))

	require.Len(t, registry.ValueSets(), 221)
	require.True(t, slices.IsSorted(registry.ValueSets()))
	_, ok = registry.ValueSet("http://hl7.org/fhir/ValueSet/mimetypes")
	require.False(t, ok)
}

func BenchmarkLookup(b *testing.B) {
	for b.Loop() {
		if _, ok := registry.Lookup("ClaimResponse", "request"); !ok {
			b.Fatal("not found")
		}
	}
}
