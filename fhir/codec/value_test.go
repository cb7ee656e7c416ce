package codec

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const patientBody = `{
  "resourceType": "Patient", "id": "p1",
  "meta": {"versionId": "3", "lastUpdated": "2026-01-02T03:04:05.678Z", "profile": ["http://a.example/p"]},
  "contained": [{"resourceType": "Organization", "id": "o", "name": "Ward \u00e9\ud83d\ude00 \"3\""}],
  "name": [{"given": ["Amina", null], "_given": [null, {"id": "g"}]}, {"family": "Otieno"}],
  "_birthDate": {"extension": [{"url": "http://a.example/x", "valueDateTime": "2000-01-01"}]},
  "deceasedBoolean": true, "multipleBirthInteger": 2,
  "managingOrganization": {"reference": "#o"},
  "contact": [{"relationship": [{"coding": [{"code": "a"}, {"code": "b"}]}, {"coding": [{"code": "c"}]}]}]
}`

func TestValueReads(t *testing.T) {
	d := mustParse(t, patientBody)
	root := d.Root()
	name, given, family := Intern("name"), Intern("given"), Intern("family")
	require.Equal(t, "Patient", d.Type())
	require.Equal(t, "p1", d.ID())
	require.Equal(t, "3", d.VersionID())
	require.Equal(t, "2026-01-02T03:04:05.678Z", d.LastUpdated())
	require.Equal(t, Object, root.Kind())
	require.Equal(t, `"p1"`, string(root.Get(nameID).Raw()))
	companion := `{"id": "g"}`
	require.Equal(t, companion, string(root.Get(name).Index(0).Field("_given").Index(1).Raw()))
	require.Equal(t, "g", root.Get(name).Index(0).Field("_given").Index(1).Get(nameID).Text())
	require.Equal(t, "Ward é😀 \"3\"", root.Find(Intern("contained"), name).Text())
	require.Equal(t, Null, root.Get(name).Index(0).Get(given).Index(1).Kind())
	require.Equal(t, "Otieno", root.Find(name, family).Text(), "Find looks into later elements")
	require.Equal(t, "Amina", root.Find(name, given).Text())
	require.True(t, root.Get(Intern("deceasedBoolean")).Bool())
	require.Equal(t, "true", root.Get(Intern("deceasedBoolean")).Text())
	n, ok := root.Get(Intern("multipleBirthInteger")).Int()
	require.True(t, ok)
	require.EqualValues(t, 2, n)
	require.Equal(t, 2, root.Get(name).Len())
	require.Equal(t, 1, root.Get(nameID).Len())

	var codes []string
	for _, v := range root.All(nil, Intern("contact"), Intern("relationship"), Intern("coding"), Intern("code")) {
		codes = append(codes, v.Text())
	}
	require.Equal(t, []string{"a", "b", "c"}, codes)

	var keys []string
	for key := range root.Get(nameMeta).Members() {
		keys = append(keys, key.String())
	}
	require.Equal(t, []string{"versionId", "lastUpdated", "profile"}, keys)
}

func TestPathAndTypeOfEveryKindOfValue(t *testing.T) {
	root := mustParse(t, patientBody).Root()
	relationship := root.Find(Intern("contact"), Intern("relationship"))
	for _, test := range []struct {
		value     Value
		path, typ string
	}{
		{root, "Patient", "Patient"},
		{root.Get(nameResourceType), "Patient.resourceType", "string"},
		{root.Field("name"), "Patient.name", "HumanName"},
		{root.Field("name").Index(1).Field("family"), "Patient.name[1].family", "string"},
		{root.Field("name").Index(0).Field("_given").Index(1), "Patient.name[0].given[1]", "Element"},
		{root.Find(Intern("_birthDate"), Intern("extension")).Field("valueDateTime"), "Patient.birthDate.extension[0].value", "dateTime"},
		{root.Field("deceasedBoolean"), "Patient.deceased", "boolean"},
		{root.Field("contained").Index(0), "Patient.contained[0]", "Organization"},
		{root.Field("contained").Index(0).Field("name"), "Patient.contained[0].name", "string"},
		{root.Field("contact").Index(0), "Patient.contact[0]", "BackboneElement"},
		{relationship.Field("coding").Index(1).Field("code"), "Patient.contact[0].relationship[0].coding[1].code", "code"},
		{root.Field("meta").Field("profile").Index(0), "Patient.meta.profile[0]", "canonical"},
	} {
		t.Run(test.path, func(t *testing.T) {
			require.True(t, test.value.Exists())
			require.Equal(t, test.path, test.value.Path())
			require.Equal(t, test.typ, test.value.TypeName())
		})
	}
}

func TestAbsentValueAnswersEverything(t *testing.T) {
	var v Value
	var d *Document
	require.Equal(t, v, d.Root())
	require.Empty(t, d.Type()+d.ID()+d.VersionID()+d.LastUpdated())
	require.Nil(t, d.Bytes())
	require.Nil(t, d.WithMeta("a", 1, time.Time{}))
	require.Nil(t, d.Extract(v))
	_, issues := d.Replace(nil)
	require.Len(t, issues, 1)
	require.False(t, v.Exists() || v.Bool() || v.IsReference() || v.IsResource())
	require.Equal(t, None, v.Kind())
	require.Zero(t, v.Get(nameID).Field("x").Index(3).Find(nameID, nameMeta).Key())
	require.Zero(t, v.Len())
	require.Empty(t, v.All(nil, nameID))
	require.Empty(t, v.Text()+v.Path()+v.TypeName())
	require.Nil(t, v.Raw())
	for range v.Each() {
		t.Fatal("nothing to yield")
	}
	for range v.Members() {
		t.Fatal("nothing to yield")
	}
	for range d.References() {
		t.Fatal("nothing to yield")
	}
	_, ok := v.Int()
	require.False(t, ok)
	_, ok = mustParse(t, `{"resourceType":"Basic","code":{"text":"1"}}`).Root().Find(Intern("code"), Intern("text")).Int()
	require.False(t, ok, "a string is no number")
}

func TestReadsDoNotAllocate(t *testing.T) {
	d, issues := Parse(claimBody(t), Limits{})
	require.Empty(t, issues)
	item, net, value := Intern("item"), Intern("net"), Intern("value")
	values := make([]Value, 0, 32)
	require.Zero(t, testing.AllocsPerRun(10, func() {
		values = d.Root().All(values[:0], item, net, value)
		for v := range d.Root().Get(item).Each() {
			values = append(values, v.Find(net, value))
		}
	}))
	require.Len(t, values, 20)
}

func TestNamesAreStable(t *testing.T) {
	n := Intern("codecTestName")
	require.Equal(t, n, Intern("codecTestName"))
	require.Equal(t, "codecTestName", n.String())
	require.Empty(t, Name(0).String())
	require.Empty(t, Name(65535).String())
}
