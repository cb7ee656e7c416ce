package profile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// constraint is a StructureDefinition http://x/<name> with a differential of the given elements, written without braces.
func constraint(name, typ, base string, elements ...string) string {
	list := []string{fmt.Sprintf(`{"id":%q,"path":%q}`, typ, typ)}
	for _, e := range elements {
		list = append(list, "{"+e+"}")
	}
	return fmt.Sprintf(`{"resourceType":"StructureDefinition","url":"http://x/%s","version":"1","name":%q,"status":"active","kind":"resource",
	 "abstract":false,"type":%q,"baseDefinition":%q,"derivation":"constraint","differential":{"element":[%s]}}`, name, name, typ, base, strings.Join(list, ","))
}

// element is an element by its id, its path derived from it.
func element(id, rest string) string {
	var path []string
	for _, step := range strings.Split(id, ".") {
		name, slice, _ := strings.Cut(step, ":")
		path = append(path, name)
		if slice != "" && !strings.Contains(rest, "sliceName") && strings.HasSuffix(id, step) {
			rest = `"sliceName":"` + slice + `",` + rest
		}
	}
	return fmt.Sprintf(`"id":%q,"path":%q,%s`, id, strings.Join(path, "."), strings.TrimSuffix(rest, ","))
}

// observation is an Observation that R4 has nothing against, with more members.
func observation(more string) string {
	return `{"resourceType":"Observation","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},
	 "status":"final","code":{"coding":[{"system":"http://s","code":"a"}]}` + more + `}`
}

const byCode = `"slicing":{"discriminator":[{"type":"value","path":"code"}],"rules":"open"}`

func component(code, value string) string {
	return `{"code":{"coding":[{"system":"http://s","code":"` + code + `"}]},` + value + `}`
}

func TestProfiles(t *testing.T) {
	const core = "http://hl7.org/fhir/StructureDefinition/"
	sliced := func(rules string) []string {
		return []string{
			element("Observation.component", `"slicing":{"discriminator":[{"type":"pattern","path":"code"}],`+rules+`}`),
			element("Observation.component:one", `"min":1,"max":"1"`),
			element("Observation.component:one.code", `"patternCodeableConcept":{"coding":[{"system":"http://s","code":"one"}]}`),
			element("Observation.component:one.value[x]", `"min":1,"type":[{"code":"Quantity"}]`),
			element("Observation.component:two", `"max":"1"`),
			element("Observation.component:two.code", `"patternCodeableConcept":{"coding":[{"code":"two"}]}`),
		}
	}
	one, two, other := component("one", `"valueQuantity":{"value":1}`), component("two", `"valueString":"x"`), component("x", `"valueString":"x"`)
	cases := []struct {
		name     string
		elements []string
		resource string
		// want are the issues, each as "severity code expression"; none is right.
		want []string
	}{
		{"too few", []string{element("Observation.subject", `"min":1`)}, observation(""), []string{"error required Observation.subject"}},
		{"enough", []string{element("Observation.subject", `"min":1`)}, observation(`,"subject":{"reference":"Patient/1"}`), nil},
		{"forbidden", []string{element("Observation.subject", `"max":"0"`)}, observation(`,"subject":{"reference":"Patient/1"}`), []string{"error structure Observation.subject"}},
		{"too many", []string{element("Observation.note", `"max":"1"`)}, observation(`,"note":[{"text":"a"},{"text":"b"}]`), []string{"error structure Observation.note[1]"}},
		{"below what is not there nothing is required", []string{element("Observation.subject.display", `"min":1`)}, observation(""), nil},
		{"below what is there it is", []string{element("Observation.subject.display", `"min":1`)}, observation(`,"subject":{"reference":"Patient/1"}`),
			[]string{"error required Observation.subject.display"}},
		{"fixed value", []string{element("Observation.status", `"fixedCode":"amended"`)}, observation(""), []string{"error value Observation.status"}},
		{"fixed complex value", []string{element("Observation.code", `"fixedCodeableConcept":{"coding":[{"code":"a","system":"http://s"}]}`)}, observation(""), nil},
		{"fixed means nothing more", []string{element("Observation.code", `"fixedCodeableConcept":{"coding":[{"code":"a"}]}`)}, observation(""), []string{"error value Observation.code"}},
		{"pattern leaves room", []string{element("Observation.code", `"patternCodeableConcept":{"coding":[{"code":"a"}]}`)}, observation(""), nil},
		{"pattern", []string{element("Observation.code", `"patternCodeableConcept":{"coding":[{"code":"b"}]}`)}, observation(""), []string{"error value Observation.code"}},
		{"type of a choice", []string{element("Observation.value[x]", `"type":[{"code":"Quantity"},{"code":"string"}]`)}, observation(`,"valueBoolean":true`),
			[]string{"error structure Observation.value"}},
		{"type of a choice that is left", []string{element("Observation.value[x]", `"type":[{"code":"Quantity"},{"code":"string"}]`)}, observation(`,"valueString":"x"`), nil},
		{"a choice by its type's name", []string{element("Observation.valueQuantity", `"min":1`)}, observation(`,"valueString":"x"`), []string{"error required Observation.valueQuantity"}},
		{"a slice of a choice by type", []string{element("Observation.value[x]:valueQuantity", `"min":1,"type":[{"code":"Quantity"}]`),
			element("Observation.value[x]:valueQuantity.code", `"min":1`)}, observation(`,"valueQuantity":{"value":1}`), []string{"error required Observation.value.code"}},
		{"target of a reference", []string{element("Observation.subject", `"type":[{"code":"Reference","targetProfile":["`+core+`Patient"]}]`)},
			observation(`,"subject":{"reference":"http://other/fhir/Group/1"}`), []string{"error structure Observation.subject"}},
		{"target of a contained reference", []string{element("Observation.subject", `"type":[{"code":"Reference","targetProfile":["http://x/named"]}]`)},
			observation(`,"contained":[{"resourceType":"Patient","id":"p"}],"subject":{"reference":"#p"}`), []string{"error required Observation.contained[0].name"}},
		{"profile of a data type", []string{element("Observation.value[x]", `"type":[{"code":"Quantity","profile":["http://x/money"]}]`)}, observation(`,"valueQuantity":{"value":1}`),
			[]string{"error required Observation.value.unit"}},
		{"one of several profiles", []string{element("Observation.value[x]", `"type":[{"code":"Quantity","profile":["http://x/money","http://x/positive"]}]`)},
			observation(`,"valueQuantity":{"value":1}`), nil},
		{"none of several profiles", []string{element("Observation.value[x]", `"type":[{"code":"Quantity","profile":["http://x/money","http://x/positive"]}]`)},
			observation(`,"valueQuantity":{"value":-1}`), []string{"error structure Observation.value"}},
		{"a profile that is not loaded", []string{element("Observation.value[x]", `"type":[{"code":"Quantity","profile":["http://x/nobody"]}]`)}, observation(`,"valueQuantity":{"value":1}`),
			[]string{"warning not-found Observation.value"}},
		{"required binding", []string{element("Observation.code", `"binding":{"strength":"required","valueSet":"http://x/ValueSet/ab|1"}`)},
			observation(`,"bodySite":{"text":"x"}`), nil},
		{"required binding is broken", []string{element("Observation.method", `"binding":{"strength":"required","valueSet":"http://x/ValueSet/ab"}`)},
			observation(`,"method":{"coding":[{"system":"http://s","code":"c"}]}`), []string{"error code-invalid Observation.method"}},
		{"required binding without a coding", []string{element("Observation.method", `"binding":{"strength":"required","valueSet":"http://x/ValueSet/ab"}`)},
			observation(`,"method":{"text":"c"}`), []string{"error code-invalid Observation.method"}},
		{"extensible binding", []string{element("Observation.method", `"binding":{"strength":"extensible","valueSet":"http://x/ValueSet/ab"}`)},
			observation(`,"method":{"coding":[{"system":"http://s","code":"c"}]}`), []string{"warning code-invalid Observation.method"}},
		{"preferred binding", []string{element("Observation.method", `"binding":{"strength":"preferred","valueSet":"http://x/ValueSet/ab"}`)},
			observation(`,"method":{"coding":[{"system":"http://s","code":"c"}]}`), nil},
		{"binding to an unknown value set", []string{element("Observation.method", `"binding":{"strength":"required","valueSet":"http://x/nobody"}`)},
			observation(`,"method":{"coding":[{"system":"http://s","code":"c"}]}`), nil},
		{"lengths", []string{element("Observation.value[x]", `"maxLength":3`)}, observation(`,"valueString":"äöüß"`), []string{"error value Observation.value"}},
		{"limits", []string{element("Observation.effective[x]", `"minValueDateTime":"2026-01-01"`)}, observation(`,"effectiveDateTime":"2025-12-31"`), []string{"error value Observation.effective"}},
		{"limits of quantities", []string{element("Observation.value[x]", `"maxValueQuantity":{"value":1,"code":"g","system":"http://unitsofmeasure.org"}`)},
			observation(`,"valueQuantity":{"value":1001,"code":"mg","system":"http://unitsofmeasure.org"}`), []string{"error value Observation.value"}},
		{"invariant", []string{element("Observation.component", `"constraint":[{"key":"c-1","severity":"error","human":"h","expression":"value.exists()"}]`)},
			observation(`,"component":[` + one + `,{"code":{"text":"x"}}]`), []string{"error invariant Observation.component[1]"}},
		{"invariant that warns", []string{element("Observation", `"constraint":[{"key":"c-1","severity":"warning","human":"h","expression":"subject"}]`)},
			observation(""), []string{"warning invariant Observation"}},
		{"invariant that cannot be read", []string{element("Observation", `"constraint":[{"key":"c-1","severity":"error","human":"h","expression":"subject.."}]`)},
			observation(""), []string{"warning not-supported Observation"}},
		{"invariant that takes too long", []string{element("Observation", `"constraint":[{"key":"c-1","severity":"error","human":"h","expression":"1.repeat($this + 1).exists()"}]`)},
			observation(""), []string{"warning too-costly Observation"}},
		{"invariant over a value set", []string{element("Observation.code", `"constraint":[{"key":"c-1","severity":"error","human":"h","expression":"memberOf('http://x/ValueSet/ab').not()"}]`)},
			observation(""), []string{"error invariant Observation.code"}},
		{"slices", sliced(`"rules":"open"`), observation(`,"component":[` + other + `,` + two + `,` + one + `]`), nil},
		{"a slice is missing", sliced(`"rules":"open"`), observation(`,"component":[` + two + `]`), []string{"error required Observation.component"}},
		{"a slice too often", sliced(`"rules":"open"`), observation(`,"component":[` + one + `,` + one + `]`), []string{"error structure Observation.component[1]"}},
		{"within a slice", sliced(`"rules":"open"`), observation(`,"component":[` + component("one", `"valueString":"x"`) + `]`), []string{"error structure Observation.component[0].value"}},
		{"closed slicing", sliced(`"rules":"closed"`), observation(`,"component":[` + one + `,` + other + `]`), []string{"error structure Observation.component[1]"}},
		{"open at the end", sliced(`"rules":"openAtEnd"`), observation(`,"component":[` + one + `,` + other + `,` + two + `]`), []string{"error structure Observation.component[2]"}},
		{"ordered slicing", sliced(`"ordered":true,"rules":"open"`), observation(`,"component":[` + two + `,` + one + `]`), []string{"error structure Observation.component[1]"}},
		{"slices by a value below", []string{
			element("Observation.category", `"slicing":{"discriminator":[{"type":"value","path":"coding.code"},{"type":"value","path":"coding.system"}],"rules":"open"}`),
			element("Observation.category:vs", `"min":1`), element("Observation.category:vs.coding.system", `"fixedUri":"http://s"`), element("Observation.category:vs.coding.code", `"fixedCode":"vs"`)},
			observation(`,"category":[{"coding":[{"system":"http://t","code":"vs"}]}]`), []string{"error required Observation.category"}},
		{"slices by what exists", []string{
			element("Observation.component", `"slicing":{"discriminator":[{"type":"exists","path":"value"}],"rules":"open"}`),
			element("Observation.component:with", `"max":"1"`), element("Observation.component:with.value[x]", `"min":1`),
			element("Observation.component:without", `"max":"0"`), element("Observation.component:without.value[x]", `"max":"0"`)},
			observation(`,"component":[` + one + `,{"code":{"text":"x"},"dataAbsentReason":{"text":"y"}}]`), []string{"error structure Observation.component[1]"}},
		{"slices by a reference's type", []string{
			element("Observation.performer", `"slicing":{"discriminator":[{"type":"type","path":"resolve()"}],"rules":"open"}`),
			element("Observation.performer:org", `"min":1,"type":[{"code":"Reference","targetProfile":["`+core+`Organization"]}]`)},
			observation(`,"performer":[{"reference":"Practitioner/1"}]`), []string{"error required Observation.performer"}},
		{"slices by a profile", []string{
			element("Observation.performer", `"slicing":{"discriminator":[{"type":"profile","path":"resolve()"}],"rules":"open"}`),
			element("Observation.performer:named", `"min":1,"type":[{"code":"Reference","targetProfile":["http://x/named"]}]`)},
			observation(`,"contained":[{"resourceType":"Patient","id":"p","name":[{"text":"A"}]}],"performer":[{"reference":"#p"}]`), nil},
		{"slices of extensions", []string{element("Observation.extension:own", `"min":1,"type":[{"code":"Extension","profile":["http://x/colour"]}]`)},
			observation(`,"extension":[{"url":"http://x/other","valueCode":"red"}]`), []string{"error extension Observation.extension"}},
		{"an extension against its definition", nil, observation(`,"extension":[{"url":"http://x/colour","valueString":"red"}]`),
			[]string{"error structure Observation.extension[0].value"}},
		{"an extension where it may not be", nil, observation(`,"note":[{"extension":[{"url":"http://x/colour","valueCode":"red"}],"text":"a"}]`),
			[]string{"error extension Observation.note[0].extension[0]"}},
		{"a modifying extension that is not loaded", nil, observation(`,"modifierExtension":[{"url":"http://x/nobody","valueCode":"red"}]`),
			[]string{"warning extension Observation.modifierExtension[0]"}},
		{"a default slice", []string{element("Observation.component", `"slicing":{"discriminator":[{"type":"pattern","path":"code"}],"rules":"closed"}`),
			element("Observation.component:one.code", `"patternCodeableConcept":{"coding":[{"code":"one"}]}`), element("Observation.component:@default.value[x]", `"max":"0"`)},
			observation(`,"component":[` + one + `,` + other + `]`), []string{"error structure Observation.component[1].value"}},
		{"slices that cannot be told apart", []string{element("Observation.component", `"slicing":{"rules":"open"}`), element("Observation.component:one", `"min":1`)},
			observation(`,"component":[` + one + `]`), []string{"warning not-supported Observation"}},
		{"an id alone", nil, observation(`,"subject":{"id":"x"}`), []string{"error invariant Observation.subject"}},
	}
	helpers := []string{
		constraint("named", "Patient", core+"Patient", element("Patient.name", `"min":1`)),
		constraint("money", "Quantity", core+"Quantity", element("Quantity.unit", `"min":1`)),
		constraint("positive", "Quantity", core+"Quantity", element("Quantity.value", `"minValueDecimal":0`)),
		strings.Replace(constraint("colour", "Extension", core+"Extension", element("Extension.url", `"fixedUri":"http://x/colour"`),
			element("Extension.value[x]", `"min":1,"type":[{"code":"code"}]`)), `"derivation"`, `"context":[{"type":"element","expression":"Observation"}],"derivation"`, 1),
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			source := load(t, append(helpers, constraint("it", "Observation", core+"Observation", c.elements...))...)
			require.Equal(t, c.want, found(t, source, c.resource, "http://x/it"))
		})
	}
}

// found validates and lists the issues.
func found(t *testing.T, source Source, resource string, profiles ...string) []string {
	t.Helper()
	issues, err := Validator{Profiles: source, Terms: listed{}}.Validate(t.Context(), []byte(resource), codec.Limits{}, profiles...)
	require.NoError(t, err)
	var list []string
	for _, i := range issues {
		require.NotEmpty(t, i.Text)
		list = append(list, fmt.Sprintf("%s %s %s", i.Severity, i.Code, i.Expression))
	}
	return list
}

func TestProfileOnProfile(t *testing.T) {
	const core = "http://hl7.org/fhir/StructureDefinition/"
	base := constraint("base", "Observation", core+"Observation", element("Observation.component", byCode),
		element("Observation.component:one.code", `"patternCodeableConcept":{"coding":[{"code":"one"}]}`), element("Observation.subject", `"min":1`))
	derived := constraint("derived", "Observation", "http://x/base", element("Observation.component:one", `"min":1`))
	source := load(t, base, derived)
	require.Equal(t, []string{"error required Observation.component", "error required Observation.subject"}, found(t, source, observation(""), "http://x/derived"))
	require.Empty(t, found(t, source, observation(`,"subject":{"reference":"Patient/1"},"component":[`+component("one", `"valueString":"x"`)+`]`), "http://x/derived|1"))
	p, err := source.Profile(t.Context(), "http://x/derived")
	require.NoError(t, err)
	require.False(t, p.Alone())
}

func TestProfilesThatCannotBeUsed(t *testing.T) {
	const core = "http://hl7.org/fhir/StructureDefinition/"
	cases := []struct{ name, definition, want string }{
		{"a base that is not loaded", constraint("it", "Observation", "http://x/nobody", element("Observation.subject", `"min":1`)), "http://x/nobody is not loaded"},
		{"a base that is itself", constraint("it", "Observation", "http://x/it", element("Observation.subject", `"min":1`)), "builds on too many profiles"},
		{"a type of its own", strings.Replace(constraint("it", "Observation", core+"Observation"), `"constraint"`, `"specialization"`, 1), "only constraints"},
		{"nothing said", strings.Replace(constraint("it", "Observation", core+"Observation"), `{"element":[{"id":"Observation","path":"Observation"}]}`, `{}`, 1), "neither a snapshot"},
		{"a max that is no number", constraint("it", "Observation", core+"Observation", element("Observation.subject", `"max":"many"`)), "max must be"},
		{"too deep", constraint("it", "Observation", core+"Observation", element("Observation"+strings.Repeat(".extension", 40), `"min":1`)), "too deep"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			source := load(t, c.definition)
			_, err := Validator{Profiles: source}.Validate(t.Context(), []byte(observation("")), codec.Limits{}, "http://x/it")
			var unusable *Unusable
			require.ErrorAs(t, err, &unusable)
			require.ErrorContains(t, err, c.want)
		})
	}
	_, err := Validator{}.Validate(t.Context(), []byte(observation("")), codec.Limits{}, "http://x/nobody")
	var unknown *Unknown
	require.ErrorAs(t, err, &unknown)
}

// TestProfilesInACircle shows that profiles may refer to one another.
func TestProfilesInACircle(t *testing.T) {
	const core = "http://hl7.org/fhir/StructureDefinition/"
	source := load(t,
		constraint("it", "Observation", core+"Observation", element("Observation.hasMember", `"type":[{"code":"Reference","targetProfile":["http://x/it"]}]`),
			element("Observation", `"constraint":[{"key":"c-1","severity":"error","human":"h","expression":"conformsTo('http://x/it')"}]`)))
	member := `{"resourceType":"Observation","id":"m","status":"final","code":{"text":"x"},"hasMember":[{"reference":"#"}]}`
	require.Empty(t, found(t, source, observation(`,"contained":[`+member+`],"hasMember":[{"reference":"#m"}]`), "http://x/it"))
}

func TestBrokenResourcesAreCheckedAsFarAsTheyGo(t *testing.T) {
	const core = "http://hl7.org/fhir/StructureDefinition/"
	source := load(t, constraint("it", "Observation", core+"Observation", element("Observation.subject", `"min":1`), element("Observation.status", `"fixedCode":"final"`)))
	require.Equal(t, []string{"error code-invalid Observation.status", "error required Observation.subject"},
		found(t, source, strings.Replace(observation(""), `"final"`, `"fnal"`, 1), "http://x/it"))
	require.Equal(t, []string{"fatal structure Observation"}, found(t, source, `{"resourceType":"Observation",`, "http://x/it"))
}

func TestTooManyIssuesAreCutOff(t *testing.T) {
	issues, err := Validator{}.Validate(t.Context(), []byte(observation(`,"component":[`+strings.TrimSuffix(strings.Repeat(`{"code":{"text":"x"},"referenceRange":[{"age":{"low":{"value":1}}}]},`, 300), ",")+`]`)), codec.Limits{})
	require.NoError(t, err)
	require.Len(t, issues, maxIssues+1)
	require.Equal(t, outcome.Information, issues[maxIssues].Severity)
}

func FuzzCompile(f *testing.F) {
	const core = "http://hl7.org/fhir/StructureDefinition/"
	f.Add(constraint("it", "Observation", core+"Observation", element("Observation.component", byCode), element("Observation.component:one.code", `"patternCodeableConcept":{"text":"x"}`)))
	f.Add(constraint("it", "Observation", "http://x/it", element("Observation.value[x]:valueQuantity", `"max":"0"`)))
	f.Add(constraint("it", "Observation", core+"Observation", element("Observation.component", `"contentReference":"#Observation"`), element("Observation", `"constraint":[{"key":"k","severity":"error","human":"h","expression":"descendants().exists()"}]`)))
	f.Fuzz(func(t *testing.T, definition string) {
		source := &loaded{texts: map[string][]byte{"http://x/it": []byte(definition)}, compiled: map[string]*Profile{}}
		p, err := source.Profile(t.Context(), "http://x/it")
		if err != nil || p == nil {
			return
		}
		_, err = Validator{Profiles: source, Terms: listed{}}.Validate(t.Context(), []byte(observation(`,"component":[`+component("one", `"valueString":"x"`)+`]`)), codec.Limits{}, "http://x/it")
		require.NoError(t, err)
	})
}
