package testrun

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPaths(t *testing.T) {
	m := &message{body: []byte(patient)}
	for path, want := range map[string][]string{
		"fhir:Patient/fhir:name/fhir:family/@value": {"Mwangi", "Otieno"},
		"Patient/name[2]/family":                    {"Otieno"},
		"/Patient/name/given[2]/@value":             {"Njeri"},
		"f:Patient/f:id/@value":                     {"p1"},
		"//fhir:reference/@value":                   {"Patient/p2"},
		"Patient//family":                           {"Mwangi", "Otieno"},
		"Patient/multipleBirthInteger/@value":       {"2"},
		"Patient/meta/*":                            {"3"},
		"Patient/gender/@value":                     nil,
		"Patient/name[9]":                           nil,
		"$.name[0].given[1]":                        {"Njeri"},
		"$..reference":                              {"Patient/p2"},
		"$.name[*].family":                          {"Mwangi", "Otieno"},
		"$['name'][1]['family']":                    {"Otieno"},
		"$.meta":                                    {`{"versionId":"3"}`},
	} {
		found, err := m.path(path)
		require.NoError(t, err, path)
		require.Equal(t, want, found, path)
	}
	for _, path := range []string{"count(fhir:Patient/fhir:name)", "Patient/name[family='x']", "Patient/name[0]", "Patient/@id/..", "$.name[?(@.x)]", "$.name[-1]", "$x"} {
		_, err := m.path(path)
		require.Error(t, err, path)
	}
}

func TestLacks(t *testing.T) {
	for name, c := range map[string]struct{ wanted, found, at string }{
		"the same":         {patient, patient, ""},
		"less":             {`{"resourceType":"Patient","name":[{"given":["Njeri"]}]}`, patient, ""},
		"in another order": {`{"name":[{"family":"Otieno"},{"family":"Mwangi"}]}`, patient, ""},
		"a member":         {`{"resourceType":"Patient","gender":"male"}`, patient, "Patient.gender"},
		"another value":    {`{"resourceType":"Patient","id":"p2"}`, patient, "Patient.id"},
		"an element":       {`{"resourceType":"Patient","name":[{"family":"Mwangi"},{"family":"Kamau"}]}`, patient, "Patient.name[1]"},
		"other digits":     {`{"resourceType":"Patient","multipleBirthInteger":2.0}`, patient, "Patient.multipleBirthInteger"},
		"an object":        {`{"resourceType":"Patient","id":{"x":1}}`, patient, "Patient.id.x"},
	} {
		wanted, err := (&message{body: []byte(c.wanted)}).tree()
		require.NoError(t, err)
		found, err := (&message{body: []byte(c.found)}).tree()
		require.NoError(t, err)
		budget := maxCompared
		missing := lacks(wanted, found, resourceType([]byte(c.wanted)), &budget)
		if c.at == "" {
			require.Nil(t, missing, name)
			continue
		}
		require.NotNil(t, missing, name)
		require.Equal(t, c.at, missing.at, name)
	}
}

func FuzzPath(f *testing.F) {
	for _, seed := range []string{"fhir:Patient/fhir:name[1]/@value", "//x", "$..a[0]['b']", "$[*]", "a//b/*"} {
		f.Add(seed)
	}
	m := &message{body: []byte(patient)}
	f.Fuzz(func(t *testing.T, path string) {
		found, err := m.path(path)
		if err == nil {
			require.LessOrEqual(t, len(found), maxFound)
		}
	})
}
