package testscript_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"claimwright/conformance/testscript"
)

// good is a script that reads; tests change it.
const good = `{"resourceType":"TestScript","url":"http://example.org/TestScript/good","name":"good","status":"active",
"contained":[{"resourceType":"Patient","id":"inside"}],
"fixture":[{"id":"one","autocreate":true,"autodelete":false,"resource":{"reference":"#inside"}},
 {"id":"two","autocreate":false,"autodelete":true,"resource":{"reference":"_reference/two.json"}}],
"profile":[{"id":"patient","reference":"http://hl7.org/fhir/StructureDefinition/Patient"}],
"variable":[{"name":"id","sourceId":"one","expression":"Patient.id","defaultValue":"x"},{"name":"version","headerField":"ETag","sourceId":"answer"}],
"setup":{"action":[{"operation":{"type":{"code":"create"},"resource":"Patient","encodeRequestUrl":true,"sourceId":"one","responseId":"answer",
  "requestHeader":[{"field":"Prefer","value":"return=minimal"}]}}]},
"test":[{"id":"t1","name":"first","action":[{"assert":{"response":"created","warningOnly":false}},
 {"assert":{"extension":[{"url":"http://touchstone.aegis.net/touchstone/fhir/testing/StructureDefinition/testscript-assert-stopTestOnFail","valueBoolean":false}],
  "expression":"Patient.id","operator":"equals","value":"x","sourceId":"answer","warningOnly":true}}]}],
"teardown":{"action":[{"operation":{"type":{"code":"delete"},"encodeRequestUrl":true,"targetId":"one"}}]}}`

func read(text string) (*testscript.Script, error) {
	return testscript.Read("good.json", []byte(text), func(name string) ([]byte, error) {
		if name == "_reference/two.json" {
			return []byte(`{"resourceType":"Patient"}`), nil
		}
		return nil, fs.ErrNotExist
	})
}

func TestRead(t *testing.T) {
	s, err := read(good)
	require.NoError(t, err)
	require.Equal(t, "good", s.Name)
	one, ok := s.Fixture("one")
	require.True(t, ok)
	require.True(t, one.AutoCreate)
	require.Contains(t, string(one.Text), `"inside"`)
	two, _ := s.Fixture("two")
	require.JSONEq(t, `{"resourceType":"Patient"}`, string(two.Text))
	require.Equal(t, "_reference/two.json", two.Source)
	v, ok := s.Variable("id")
	require.True(t, ok)
	require.Equal(t, testscript.Variable{Name: "id", SourceID: "one", Expression: "Patient.id", Default: "x"}, *v)
	require.Equal(t, map[string]string{"patient": "http://hl7.org/fhir/StructureDefinition/Patient"}, s.Profiles)
	require.Equal(t, []testscript.Header{{Field: "Prefer", Value: "return=minimal"}}, s.Setup[0].Operation.Headers)
	second := s.Tests[0].Actions[1]
	require.Equal(t, "TestScript.test[0].action[1]", second.At)
	require.True(t, second.Assert.GoOn)
	require.Equal(t, "x", second.Assert.Value)
	require.True(t, second.Assert.WarningOnly)
	require.False(t, s.Tests[0].Actions[0].Assert.GoOn)
	require.Equal(t, "response created", s.Tests[0].Actions[0].Text())
	require.Equal(t, "one", s.Teardown[0].Operation.TargetID)
}

func TestMistakesSayWhere(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"broken JSON":               {`"status"`, `status`, "good.json: "},
		"another resource":          {`{"resourceType":"TestScript","url":"http://example.org/TestScript/good","name":"good","status":"active",`, `{"resourceType":"Patient","gender":"male"}`, "this is no TestScript"},
		"unknown element":           {`"name":"first"`, `"nom":"first"`, `TestScript.test[0]`},
		"missing element":           {`"encodeRequestUrl":true,"targetId"`, `"targetId"`, "TestScript.teardown.action[0].operation"},
		"unknown code":              {`"response":"created"`, `"response":"fine"`, "TestScript.test[0].action[0].assert.response"},
		"no such fixture":           {`"targetId":"one"`, `"targetId":"onee"`, `TestScript.teardown.action[0].operation.targetId: the script declares no such fixture, request or response: found "onee", expected "one", perhaps`},
		"no such source":            {`"sourceId":"answer","warningOnly"`, `"sourceId":"nothing","warningOnly"`, `TestScript.test[0].action[1].assert.sourceId`},
		"no such source of a value": {`"sourceId":"one","expression"`, `"sourceId":"nothing","expression"`, "TestScript.variable[0].sourceId"},
		"no such file":              {`_reference/two.json`, `_reference/three.json`, `TestScript.fixture[1].resource: there is no such file: found "_reference/three.json"`},
		"nothing contained":         {`#inside`, `#outside`, "TestScript.fixture[0].resource"},
		"a fixture elsewhere":       {`_reference/two.json`, `https://example.org/two.json`, "nothing is fetched"},
		"two fixtures of one id":    {`"id":"two"`, `"id":"one"`, "TestScript.fixture[1].id: two fixtures have this id"},
		"two statements (tst-5)":    {`"response":"created"`, `"response":"created","resource":"Patient"`, "(tst-5)"},
		"no statement":              {`"response":"created",`, ``, "states nothing"},
		"neither (tst-1)":           {`{"assert":{"response":"created","warningOnly":false}}`, `{"id":"empty"}`, "(tst-1)"},
		"half a comparison":         {`"response":"created"`, `"compareToSourceId":"one","expression":"Patient.id"`, "(tst-10)"},
		"two ways to a value":       {`"expression":"Patient.id","defaultValue"`, `"expression":"Patient.id","path":"id","defaultValue"`, "(tst-3)"},
		"a status of a request":     {`"response":"created"`, `"response":"created","direction":"request"`, "(tst-12)"},
		"no type and no url":        {`"type":{"code":"delete"},`, ``, "an operation needs a type"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, good, c.from)
			text := strings.Replace(good, c.from, c.to, 1)
			if name == "another resource" {
				text = c.to
			}
			_, err := read(text)
			require.ErrorAs(t, err, new(testscript.Mistakes))
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestLoadAFolder(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644))
	}
	write("b/good.json", good)
	write("b/_reference/two.json", `{"resourceType":"Patient"}`)
	write("b/_reference/script.json", good) // a fixture, whatever it is
	write("a/other.json", strings.Replace(good, "_reference/two.json", "../b/_reference/two.json", 1))
	write("patient.json", `{"resourceType":"Patient"}`)
	write("README.md", "TestScript")
	scripts, err := testscript.Load(folder)
	require.NoError(t, err)
	require.Len(t, scripts, 2)
	require.Equal(t, filepath.Join(folder, "a", "other.json"), scripts[0].Path)

	one, err := testscript.Load(filepath.Join(folder, "b", "good.json"))
	require.NoError(t, err)
	require.Len(t, one, 1)

	_, err = testscript.Load(filepath.Join(folder, "a", "other.json"))
	require.ErrorContains(t, err, "outside the folder")
	_, err = testscript.Load(filepath.Join(folder, "nowhere"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestAllMistakesOfAFolderAreTold(t *testing.T) {
	files := fstest.MapFS{
		"one.json": {Data: []byte(`{"resourceType":"TestScript"`)},
		"two.json": {Data: []byte(`{"resourceType":"TestScript"}`)},
	}
	_, err := testscript.LoadFS(files, "")
	var wrong testscript.Mistakes
	require.ErrorAs(t, err, &wrong)
	require.Contains(t, err.Error(), "one.json")
	require.Contains(t, err.Error(), "two.json")
}

// TestOfficialExamples: every example of R4 is readable, its fixtures beside it.
func TestOfficialExamples(t *testing.T) {
	folder := os.Getenv("CLAIMWRIGHT_R4_EXAMPLES")
	if folder == "" {
		t.Skip("CLAIMWRIGHT_R4_EXAMPLES names no folder with the official examples")
	}
	names, err := filepath.Glob(filepath.Join(folder, "TestScript-*.json"))
	require.NoError(t, err)
	require.Len(t, names, 6)
	for _, name := range names {
		_, err := testscript.Load(name)
		require.NoError(t, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(good)
	f.Add(`{"resourceType":"TestScript"}`)
	f.Add(`<TestScript xmlns="http://hl7.org/fhir"/>`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := read(text)
		if err == nil {
			require.NotEmpty(t, s.URL)
		}
	})
}

func TestReadXML(t *testing.T) {
	s, err := read(`<?xml version="1.0"?><TestScript xmlns="http://hl7.org/fhir"><url value="http://example.org/x"/><name value="x"/><status value="active"/>
		<fixture id="two"><autocreate value="false"/><autodelete value="false"/><resource><reference value="_reference/two.json"/></resource></fixture>
		<test id="t"><name value="first"/><action><assert><resource value="Patient"/><sourceId value="two"/><warningOnly value="false"/></assert></action></test></TestScript>`)
	require.NoError(t, err)
	require.Equal(t, "first", s.Tests[0].Name)
	require.Equal(t, "two", s.Fixtures[0].ID)
	_, err = read(`<TestScript xmlns="http://hl7.org/fhir"><nom value="x"/></TestScript>`)
	require.ErrorAs(t, err, new(testscript.Mistakes))
}
