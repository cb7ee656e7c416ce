package codec

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// everyType lists the types of the schema.
func everyType() []*elementType {
	seen := map[*elementType]bool{}
	var list []*elementType
	var visit func(*elementType)
	visit = func(t *elementType) {
		if seen[t] {
			return
		}
		seen[t] = true
		list = append(list, t)
		for i := range t.elements {
			visit(t.elements[i].typ)
		}
	}
	visit(compiled().primitiveElement)
	for _, t := range compiled().resources {
		visit(t)
	}
	return list
}

func TestSchemaCoversR4(t *testing.T) {
	require.Len(t, compiled().resources, 146, "R4 4.0.1 has 148 resource types, two of them abstract")
	var keys, required, codeSets, codes int
	for _, typ := range everyType() {
		keys += len(typ.elements)
		for i := range typ.slots {
			if typ.required.has(uint8(i)) {
				required++
			}
		}
		if typ.codes != nil {
			codeSets++
			codes += len(typ.codes.ordered)
			require.Len(t, typ.codes.members, len(typ.codes.ordered), typ.codes.url)
		}
	}
	require.Greater(t, keys, 11_000)
	require.Greater(t, required, 700)
	require.Greater(t, codeSets, 300)
	require.Greater(t, codes, 4_500)
}

func TestEveryKeyIsFoundAndNoOther(t *testing.T) {
	for _, typ := range everyType() {
		for i := range typ.elements {
			e := &typ.elements[i]
			require.Same(t, e, typ.find([]byte(e.name)), "%s.%s", typ.name, e.name)
			require.Equal(t, e.name, e.id.String())
			require.Nil(t, typ.find([]byte(e.name+"x")))
			require.Nil(t, typ.find([]byte(strings.ToUpper(e.name))))
		}
		require.Nil(t, typ.find(nil))
	}
}

func TestSchemaKnowsWhatDescriptorsSay(t *testing.T) {
	s := compiled()
	claim := s.resources["Claim"]
	item := claim.find([]byte("item"))
	require.True(t, item.repeated)
	require.Equal(t, backboneElement, item.typ.name)
	require.True(t, item.typ.required.has(item.typ.find([]byte("sequence")).slot))
	require.False(t, item.typ.required.has(item.typ.find([]byte("net")).slot))
	date, period := item.typ.find([]byte("servicedDate")), item.typ.find([]byte("servicedPeriod"))
	require.Equal(t, date.slot, period.slot)
	require.Equal(t, "serviced", s.choiceStems[date.id])
	require.Equal(t, "Patient", claim.find([]byte("patient")).targets.text)
	require.Equal(t, []string{"active", "cancelled", "draft", "entered-in-error"}, claim.find([]byte("status")).typ.codes.ordered)
	require.Equal(t, currencyCode, item.typ.find([]byte("net")).typ.find([]byte("currency")).typ.primitive)
	require.True(t, claim.find([]byte("_created")).companion)
	require.Nil(t, claim.find([]byte("_item")), "only primitives have companions")
	require.Nil(t, claim.find([]byte("text")).typ.find([]byte("_div")), "xhtml has no extensions in R4")
	require.True(t, s.resources["Parameters"].find([]byte("parameter")).typ.find([]byte("resource")).typ.anyResource)
	require.Nil(t, claim.find([]byte("patient")).typ.find([]byte("patientId")), "google/fhir's own fields are no FHIR")
	require.Nil(t, claim.find([]byte("patient")).typ.find([]byte("fragment")))
	require.Nil(t, s.resources["Basic"].find([]byte("subject")).targets, "a reference to anything")
}

func TestExampleScenarioHasAnElementCalledResourceType(t *testing.T) {
	const body = `{"resourceType":"ExampleScenario","status":"draft","instance":[{"resourceId":"a","resourceType":"Claim"}]}`
	d := mustParse(t, body)
	v := d.Root().Find(Intern("instance"), nameResourceType)
	require.Equal(t, "Claim", v.Text())
	require.Equal(t, "code", v.TypeName())
	require.Equal(t, "ExampleScenario", d.Type())

	_, issues := Parse([]byte(strings.Replace(body, `"Claim"`, `"Klaim"`, 1)), Limits{})
	require.Equal(t, []brief{{"code-invalid", "ExampleScenario.instance[0].resourceType", `"Klaim"`, `perhaps "Claim"`}}, briefs(issues))
	_, issues = Parse([]byte(strings.Replace(body, `,"resourceType":"Claim"`, ``, 1)), Limits{})
	require.Equal(t, []brief{{"required", "ExampleScenario.instance[0].resourceType", "nothing", `"resourceType"`}}, briefs(issues))

	// With the root's own type last, the parser looks ahead past the element of the same name.
	mustParse(t, `{"status":"draft","instance":[{"resourceId":"a","resourceType":"Claim"}],"resourceType":"ExampleScenario"}`)
}

func TestResourceTypeProblems(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want brief
	}{
		"missing":  {`{"id":"a"}`, brief{"structure", "resourceType", "no resourceType", "a resourceType of R4, such as Claim"}},
		"unknown":  {`{"resourceType":"Visit"}`, brief{"structure", "resourceType", `"Visit"`, "a resource type of R4, such as Claim"}},
		"mistyped": {`{"resourceType":"Calim"}`, brief{"structure", "resourceType", `"Calim"`, `perhaps "Claim"`}},
		"in small": {`{"resourceType":"claim"}`, brief{"structure", "resourceType", `"claim"`, `perhaps "Claim"`}},
		"abstract": {`{"resourceType":"DomainResource"}`, brief{"structure", "resourceType", `"DomainResource"`, "a resource type of R4, such as Claim"}},
		"null":     {`{"resourceType":null}`, brief{"structure", "resourceType", "no resourceType", "a resourceType of R4, such as Claim"}},
		"empty":    {`{}`, brief{"structure", "resourceType", "no resourceType", "a resourceType of R4, such as Claim"}},
		"in entry": {`{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"id":"a"}}]}`, brief{"structure", "Bundle.entry[0].resource.resourceType", "no resourceType", "a resourceType of R4, such as Claim"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, issues := Parse([]byte(test.body), Limits{})
			require.Equal(t, []brief{test.want}, briefs(issues))
		})
	}
}
