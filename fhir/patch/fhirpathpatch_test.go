package patch

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

const patient = `{"resourceType":"Patient","id":"p","active":true,
  "identifier":[{"system":"http://a","value":"1"},{"system":"http://b","value":"2"},{"system":"http://c","value":"3"},{"system":"http://d","value":"4"}],
  "name":[{"use":"official","family":"Ade","given":["Bola","Chi"],"_given":[null,{"id":"g1","extension":[{"url":"http://x","valueDecimal":1.50}]}]},{"use":"nickname","text":"B"}],
  "birthDate":"1990-05-01","_birthDate":{"extension":[{"url":"http://t","valueTime":"10:00:00"}]},
  "deceasedBoolean":false, "multipleBirthInteger":2,
  "contact":[{"gender":"male","name":{"text":"a name"},"telecom":[{"value":"1","rank":1},{"value":"2","rank":2}]}],
  "extension":[{"url":"http://e","valueString":"x"},{"url":"http://f","valueQuantity":{"value":10.0}}],
  "contained":[{"resourceType":"Organization","id":"o","name":"Org"}],"managingOrganization":{"reference":"#o"}}`

// op writes an operation of a FHIRPath Patch: its type and path, then name and value of each further part.
func op(kind, path string, parts ...string) string {
	text := fmt.Sprintf(`{"name":"operation","part":[{"name":"type","valueCode":%q},{"name":"path","valueString":%q}`, kind, path)
	for _, part := range parts {
		text += "," + part
	}
	return text + "]}"
}

func name(name string) string { return fmt.Sprintf(`{"name":"name","valueString":%q}`, name) }

func val(content string) string { return `{"name":"value",` + content + `}` }

func num(name string, n int) string { return fmt.Sprintf(`{"name":%q,"valueInteger":%d}`, name, n) }

func parameters(operations ...string) string {
	return `{"resourceType":"Parameters","parameter":[` + strings.Join(operations, ",") + `]}`
}

func changed(t testing.TB, resource, patch string) (string, error) {
	t.Helper()
	p, err := ParseParameters(document(t, patch))
	require.NoError(t, err)
	doc, err := p.Apply(document(t, resource))
	return string(doc.Bytes()), err
}

func TestFHIRPathPatch(t *testing.T) {
	cases := []struct {
		name, operation, has, hasNot string
	}{
		{"PA3 add a primitive", op("add", "Patient", name("gender"), val(`"valueCode":"female"`)), `"gender":"female"`, ""},
		{"PA3 add a complex value", op("add", "Patient", name("maritalStatus"), val(`"valueCodeableConcept":{"text":"m"}`)), `"maritalStatus":{"text":"m"}`, ""},
		{"PA3 add to a list", op("add", "Patient", name("identifier"), val(`"valueIdentifier":{"value":"5"}`)), `"value":"4"},{"value":"5"}]`, ""},
		{"PA3 add the first of a list", op("add", "Patient", name("address"), val(`"valueAddress":{"city":"c"}`)), `"address":[{"city":"c"}]`, ""},
		{"PA3 add an element without a type of its own", op("add", "Patient", name("contact"), val(`"part":[{"name":"name","valueHumanName":{"text":"n"}},{"name":"telecom","valueContactPoint":{"value":"8"}},{"name":"telecom","valueContactPoint":{"value":"9"}}]`)), `{"name":{"text":"n"},"telecom":[{"value":"8"},{"value":"9"}]}]`, ""},
		{"PA3 add parts within parts", op("add", "Patient", name("link"), val(`"part":[{"name":"other","part":[{"name":"display","valueString":"d"}]},{"name":"type","valueCode":"seealso"}]`)), `"link":[{"other":{"display":"d"},"type":"seealso"}]`, ""},
		{"PA3 add deep below", op("add", "Patient.contact[0]", name("organization"), val(`"valueReference":{"display":"o"}`)), `"organization":{"display":"o"}`, ""},
		{"PA3 add an extension to a primitive", op("add", "Patient.active", name("extension"), val(`"part":[{"name":"url","valueUri":"http://n"},{"name":"value","valueCode":"c"}]`)), `"_active":{"extension":[{"url":"http://n","valueCode":"c"}]}`, ""},
		{"PA3 add an extension to one of several primitives", op("add", "Patient.name[0].given[0]", name("extension"), val(`"part":[{"name":"url","valueUri":"http://n"},{"name":"value","valueCode":"c"}]`)), `"_given":[{"extension":[{"url":"http://n","valueCode":"c"}]},{"id":"g1"`, ""},
		{"PA3 add an extension by its parts", op("add", "Patient", name("extension"), val(`"part":[{"name":"url","valueUri":"http://n"},{"name":"value","valueDecimal":0.10}]`)), `{"url":"http://n","valueDecimal":0.10}]`, ""},
		{"PA3 add a primitive with an extension", op("add", "Patient", name("gender"), val(`"_valueCode":{"extension":[{"url":"http://n","valueCode":"c"}]}`)), `"_gender":{"extension":`, `,"gender":"`},
		{"PA3 add a contained resource", op("add", "Patient", name("contained"), `{"name":"value","resource":{"resourceType":"Organization","id":"o2","name":"X"}}`), `"name":"Org"},{"resourceType":"Organization","id":"o2","name":"X"}]`, ""},
		{"PA3 insert", op("insert", "Patient.identifier", val(`"valueIdentifier":{"value":"new"}`), num("index", 1)), `"value":"1"},{"value":"new"},{"system":"http://b"`, ""},
		{"PA3 insert behind the last", op("insert", "Patient.identifier", val(`"valueIdentifier":{"value":"new"}`), num("index", 4)), `"value":"4"},{"value":"new"}]`, ""},
		{"PA3 insert into nothing", op("insert", "Patient.address", val(`"valueAddress":{"city":"c"}`), num("index", 0)), `"address":[{"city":"c"}]`, ""},
		{"PA3 insert among primitives", op("insert", "Patient.name[0].given", val(`"valueString":"New"`), num("index", 0)), `"given":["New","Bola","Chi"],"_given":[null,null,{"id":"g1"`, ""},
		{"PA3 delete", op("delete", "Patient.birthDate"), "", "irthDate"},
		{"PA3 delete one of a list", op("delete", "Patient.identifier[1]"), `"value":"1"},{"system":"http://c"`, "http://b"},
		{"PA3 delete the only one of a list", op("delete", "Patient.contact"), "", "contact"},
		{"PA3 delete what is not there", op("delete", "Patient.address.where(city = 'x').line[3]"), `"active":true`, ""},
		{"PA3 delete a choice by its name", op("delete", "Patient.deceased"), "", "deceased"},
		{"PA3 delete a choice of another type", op("delete", "Patient.deceased.ofType(dateTime)"), `"deceasedBoolean":false`, ""},
		{"PA3 delete an extension by its url", op("delete", "Patient.extension('http://e')"), `"extension":[{"url":"http://f"`, "http://e"},
		{"PA3 delete an extension of a primitive", op("delete", "Patient.birthDate.extension('http://t')"), `"birthDate":"1990-05-01"`, "_birthDate"},
		{"PA3 delete all that a primitive has beside it", op("delete", "Patient.name[0].given[1].extension") + "," + op("delete", "Patient.name[0].given[1].id"), `"given":["Bola","Chi"]`, "_given"},
		{"PA3 delete a primitive with what is beside it", op("delete", "Patient.name[0].given[1]"), `"given":["Bola"]`, "g1"},
		{"PA3 replace a primitive", op("replace", "Patient.birthDate", val(`"valueDate":"2000-01-01"`)), `"birthDate":"2000-01-01"`, "_birthDate"},
		{"PA3 replace a primitive by a text", op("replace", "Patient.contact.gender", val(`"valueString":"female"`)), `"contact":[{"gender":"female"`, ""},
		{"PA3 replace one of a list", op("replace", "Patient.identifier.where(system = 'http://b')", val(`"valueIdentifier":{"value":"new"}`)), `"value":"1"},{"value":"new"},{"system":"http://c"`, ""},
		{"PA3 replace a choice by another type", op("replace", "Patient.deceased", val(`"valueDateTime":"2020"`)), `"deceasedDateTime":"2020"`, "deceasedBoolean"},
		{"PA3 replace a choice named with its type", op("replace", "Patient.multipleBirthInteger", val(`"valueInteger":3`)), `"multipleBirthInteger":3`, ""},
		{"PA3 replace in a contained resource", op("replace", "Patient.contained[0].name", val(`"valueString":"Other"`)), `"name":"Other"`, "Org\""},
		{"PA3 replace by a decimal with its digits", op("replace", "Patient.extension('http://f').value.value", val(`"valueDecimal":7.500`)), `"value":7.500`, ""},
		{"PA3 replace a value of an extension", op("replace", "Patient.extension('http://f').value", val(`"valueString":"s"`)), `"url":"http://f","valueString":"s"`, "valueQuantity"},
		{"PA3 move forward", op("move", "Patient.identifier", num("source", 0), num("destination", 3)), `"value":"4"},{"system":"http://a","value":"1"}]`, ""},
		{"PA3 move back", op("move", "Patient.identifier", num("source", 3), num("destination", 1)), `"value":"1"},{"system":"http://d","value":"4"},{"system":"http://b"`, ""},
		{"PA3 move a primitive with what is beside it", op("move", "Patient.name[0].given", num("source", 1), num("destination", 0)), `"given":["Chi","Bola"],"_given":[{"id":"g1"`, ""},
		{"PA3 relative to the resource", op("delete", "active"), "", `"active"`},
		{"PA3 of any resource", op("delete", "Resource.active"), "", `"active"`},
		{"PA3 where with and", op("delete", "Patient.contact.telecom.where(value = '2' and rank = 2)"), `"telecom":[{"value":"1","rank":1}]`, ""},
		{"PA3 where with or and not", op("delete", "Patient.identifier.where(value = '9' or system != 'http://a' and value = '3')"), `"value":"2"},{"system":"http://d"`, "http://c"},
		{"PA3 where something exists", op("delete", "Patient.name.where(text.exists())"), `"use":"official"`, "nickname"},
		{"PA3 where nothing is", op("delete", "Patient.name.where(family.empty())"), `"use":"official"`, "nickname"},
		{"PA3 where a part of a part", op("delete", "Patient.contact.where(name.text = 'a name' and telecom[1].rank = 2.0)"), "", "contact"},
		{"PA3 where $this", op("delete", "Patient.name.given.where($this = 'Bola')"), `"given":["Chi"]`, "Bola"},
		{"PA3 where a boolean", op("delete", "Patient.active.where($this = true)"), "", `"active"`},
		{"PA3 where a date", op("delete", "Patient.birthDate.where($this = @1990-05-01)"), "", `birthDate`},
		{"PA3 first and last", op("delete", "Patient.identifier.first()") + "," + op("delete", "Patient.identifier.last()"), `"identifier":[{"system":"http://b","value":"2"},{"system":"http://c","value":"3"}]`, ""},
		{"PA3 single", op("delete", "Patient.contact.single().name"), `"gender":"male"`, "a name"},
		{"PA3 blanks and backticks", op("delete", " Patient . `name` [ 1 ] . text "), `"use":"nickname"`, `"text":"B"`},
		{"PA3 escapes", op("delete", `Patient.name.where(text = '\u0042')`), `"official"`, "nickname"},
		{"PA3 one after the other", op("delete", "Patient.identifier[0]") + "," + op("delete", "Patient.identifier[0]"), `"identifier":[{"system":"http://c"`, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := changed(t, patient, parameters(c.operation))
			require.NoError(t, err)
			require.Contains(t, got, c.has)
			if c.hasNot != "" {
				require.NotContains(t, got, c.hasNot)
			}
			if c.hasNot != "g1" && !strings.Contains(c.operation, "given[1].ext") {
				require.Contains(t, got, `"valueDecimal":1.50}`, "decimals keep their digits")
			}
		})
	}
}

func TestFHIRPathPatchThatIsNone(t *testing.T) {
	cases := []struct{ name, body, expression, says string }{
		{"another resource", patient, "resourceType", "no FHIRPath Patch"},
		{"another parameter", parameters(`{"name":"op"}`), "Parameters.parameter[0].name", "no parameter of this name"},
		{"no type", parameters(`{"name":"operation","part":[{"name":"path","valueString":"Patient"}]}`), "Parameters.parameter[0]", "no type"},
		{"an unknown type", parameters(op("remove", "Patient.active")), "Parameters.parameter[0]", "no type"},
		{"no path", parameters(`{"name":"operation","part":[{"name":"type","valueCode":"delete"}]}`), "Parameters.parameter[0]", "not complete"},
		{"a part twice", parameters(op("delete", "Patient.active", name("a"), name("b"))), "Parameters.parameter[0].part[3]", "twice"},
		{"add without name", parameters(op("add", "Patient", val(`"valueCode":"x"`))), "Parameters.parameter[0]", "not complete"},
		{"add without value", parameters(op("add", "Patient", name("gender"))), "Parameters.parameter[0]", "not complete"},
		{"insert without index", parameters(op("insert", "Patient.name", val(`"valueString":"x"`))), "Parameters.parameter[0]", "not complete"},
		{"move without destination", parameters(op("move", "Patient.name", num("source", 1))), "Parameters.parameter[0]", "not complete"},
		{"a negative index", parameters(op("move", "Patient.name", num("source", -1), num("destination", 1))), "Parameters.parameter[0].part[2]", "no index"},
		{"a part that there is not", parameters(op("delete", "Patient.active", `{"name":"frob","valueString":"x"}`)), "Parameters.parameter[0].part[2]", "no part of this name"},
		{"an index that an add has not", parameters(op("add", "Patient", name("active"), val(`"valueBoolean":true`), num("index", 0))), "Parameters.parameter[0].part[4]", "no part of this name"},
		{"a path that computes", parameters(op("delete", "Patient.name.select(given)")), "Parameters.parameter[0].part[1]", "select() names no place"},
		{"a path that adds", parameters(op("delete", "Patient.a + 1")), "Parameters.parameter[0].part[1]", "is expected"},
		{"a path that does not end", parameters(op("delete", "Patient.")), "Parameters.parameter[0].part[1]", "ends where"},
		{"where without a comparison", parameters(op("delete", "Patient.name.where(use)")), "Parameters.parameter[0].part[1]", "is expected"},
		{"where in where", parameters(op("delete", "Patient.name.where(a.where(b = 1) = 2)")), "Parameters.parameter[0].part[1]", "inside of where"},
		{"a text without end", parameters(op("delete", "Patient.name.where(use = 'x)")), "Parameters.parameter[0].part[1]", "closing quote"},
		{"a long path", parameters(op("delete", "Patient"+strings.Repeat(".a", 1000))), "Parameters.parameter[0].part[1]", "longer"},
		{"many steps", parameters(op("delete", "Patient"+strings.Repeat(".a", 100))), "Parameters.parameter[0].part[1]", "more than 64 steps"},
		{"the second is wrong", parameters(op("delete", "Patient.active"), op("x", "y")), "Parameters.parameter[1]", "no type"},
	}
	for _, c := range cases {
		t.Run("PA5 "+c.name, func(t *testing.T) {
			_, err := ParseParameters(document(t, c.body))
			said := refusal(t, err, 400, outcome.Structure)
			require.Contains(t, said.Error(), c.says)
			require.Equal(t, c.expression, said.Issues[0].Expression)
		})
	}
	_, err := ParseParameters(document(t, parameters(strings.Repeat(op("delete", "Patient.active")+",", MaxOperations)+op("delete", "Patient.active"))))
	refusal(t, err, 413, outcome.TooCostly)
}

func TestFHIRPathPatchThatCannotBeApplied(t *testing.T) {
	cases := []struct{ name, operation, code, says string }{
		{"several elements", op("delete", "Patient.identifier"), outcome.MultipleMatches, "Parameters.parameter[0]: the path finds several"},
		{"several, single()", op("delete", "Patient.identifier.single()"), outcome.MultipleMatches, "several"},
		{"replace nothing", op("replace", "Patient.gender", val(`"valueCode":"male"`)), outcome.NotFound, "finds nothing"},
		{"add to nothing", op("add", "Patient.maritalStatus", name("text"), val(`"valueString":"x"`)), outcome.NotFound, "finds nothing"},
		{"add what is there", op("add", "Patient", name("birthDate"), val(`"valueDate":"2000"`)), outcome.Conflict, "there already"},
		{"add a choice that is there with another type", op("add", "Patient", name("deceased"), val(`"valueDateTime":"2000"`)), outcome.Conflict, "there already"},
		{"add what the type does not have", op("add", "Patient", name("colour"), val(`"valueString":"red"`)), outcome.Structure, "no such element"},
		{"add a part that the type does not have", op("add", "Patient", name("contact"), val(`"part":[{"name":"colour","valueString":"red"}]`)), outcome.Structure, "no such element"},
		{"add to a primitive what it does not have", op("add", "Patient.active", name("value"), val(`"valueBoolean":true`)), outcome.Structure, "no such element"},
		{"add a value of another type", op("add", "Patient", name("maritalStatus"), val(`"valueString":"m"`)), outcome.Structure, "maritalStatus"},
		{"parts for a primitive", op("add", "Patient", name("gender"), val(`"part":[{"name":"x","valueString":"m"}]`)), outcome.Structure, "no parts"},
		{"replace a choice by what it cannot be", op("replace", "Patient.deceased", val(`"valueQuantity":{"value":1}`)), outcome.Structure, "of this type"},
		{"a code that is none", op("replace", "Patient.contact.gender", val(`"valueCode":"x"`)), outcome.CodeInvalid, "gender"},
		{"insert beyond", op("insert", "Patient.identifier", val(`"valueIdentifier":{"value":"x"}`), num("index", 5)), outcome.NotFound, "no such index"},
		{"insert where there is no list", op("insert", "Patient.birthDate", val(`"valueDate":"2000"`), num("index", 0)), outcome.Structure, "no list"},
		{"insert where the path is no name", op("insert", "Patient.identifier[0]", val(`"valueIdentifier":{"value":"x"}`), num("index", 0)), outcome.Value, "no list"},
		{"insert into two lists", op("insert", "Patient.name.given", val(`"valueString":"x"`), num("index", 0)), outcome.NotFound, "one list"},
		{"move beyond", op("move", "Patient.identifier", num("source", 0), num("destination", 4)), outcome.NotFound, "no such index"},
		{"move in nothing", op("move", "Patient.address", num("source", 0), num("destination", 0)), outcome.NotFound, "no such index"},
		{"the whole resource", op("delete", "Patient"), outcome.Value, "whole resource"},
		{"another whole resource", op("replace", "Patient", val(`"valueString":"x"`)), outcome.Value, "whole resource"},
		{"another type of resource", op("replace", "Claim.status", val(`"valueCode":"active"`)), outcome.NotFound, "finds nothing"},
		{"another id", op("replace", "Patient.id", val(`"valueId":"other"`)), outcome.BusinessRule, "another resource"},
		{"no id", op("delete", "Patient.id"), outcome.BusinessRule, "another resource"},
		{"a contained resource that something refers to", op("delete", "Patient.contained"), outcome.Value, "managingOrganization"},
	}
	for _, c := range cases {
		t.Run("PA5 "+c.name, func(t *testing.T) {
			_, err := changed(t, patient, parameters(c.operation))
			require.Contains(t, refusal(t, err, 422, c.code).Error(), c.says)
		})
	}
}

func FuzzFHIRPathPatch(f *testing.F) {
	f.Add(patient, "Patient.name[0].given.where($this = 'Bola' or id != 'x')", "given", `"valueString":"x"`, 0)
	f.Add(patient, "Patient.extension('http://f').value.ofType(Quantity)", "value", `"valueDecimal":1.0`, 1)
	f.Add(patient, "Patient.contact", "telecom", `"part":[{"name":"rank","valuePositiveInt":1}]`, 2)
	f.Fuzz(func(t *testing.T, resource, path, element, content string, index int) {
		doc, issues := codec.Parse([]byte(resource), codec.Limits{})
		if len(issues) > 0 {
			return
		}
		for _, text := range []string{
			op("add", path, name(element), val(content)), op("insert", path, val(content), num("index", index)),
			op("delete", path), op("replace", path, val(content)), op("move", path, num("source", index), num("destination", 0)),
		} {
			parsed, issues := codec.Parse([]byte(parameters(text)), codec.Limits{})
			if len(issues) > 0 {
				continue
			}
			p, err := ParseParameters(parsed)
			if err != nil {
				continue
			}
			before := string(doc.Bytes())
			first, err := p.Apply(doc)
			require.Equal(t, before, string(doc.Bytes()), "the resource given stays as it is")
			var said *outcome.Error
			if err != nil {
				require.ErrorAs(t, err, &said)
				continue
			}
			again, err := p.Apply(doc)
			require.NoError(t, err)
			require.Equal(t, string(first.Bytes()), string(again.Bytes()), "a patch can be applied many times")
		}
	})
}
