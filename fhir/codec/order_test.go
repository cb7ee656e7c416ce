package codec

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// definition is a StructureDefinition as far as the order of elements needs it.
type definition struct {
	Type, Derivation string
	Abstract         bool
	Snapshot         struct{ Element []struct{ Path string } }
}

// members are the elements directly below a path, in their order.
func (d *definition) members(path string) []string {
	var names []string
	for _, e := range d.Snapshot.Element {
		if rest, ok := strings.CutPrefix(e.Path, path+"."); ok && !strings.Contains(rest, ".") {
			names = append(names, rest)
		}
	}
	return names
}

// TestElementsAreInTheOrderOfTheirDefinition holds google/fhir's order of fields against the official definitions, which
// XML depends on: every resource, every backbone element, every complex type.
func TestElementsAreInTheOrderOfTheirDefinition(t *testing.T) {
	types := map[string]*elementType{}
	for name, r := range compiled().resources {
		types[name] = r
	}
	for pending := sortedKeys(types); len(pending) > 0; pending = pending[1:] {
		for _, e := range types[pending[0]].elements {
			if e.typ.primitive == notPrimitive && !e.typ.anyResource && types[e.typ.name] == nil {
				types[e.typ.name], pending = e.typ, append(pending, e.typ.name)
			}
		}
	}
	compared := 0
	for _, d := range definitions(t) {
		var check func(path string, typ *elementType)
		check = func(path string, typ *elementType) {
			want := d.members(path)
			require.Equal(t, want, Type{typ}.Names(), path)
			compared++
			for _, name := range want {
				if e := typ.find([]byte(name)); e != nil && len(d.members(path+"."+name)) > 0 {
					check(path+"."+name, e.typ)
				}
			}
		}
		if typ := types[d.Type]; typ != nil && typ.primitive == notPrimitive {
			check(d.Type, typ)
		}
	}
	require.Greater(t, compared, 600)
}

// definitions are the official StructureDefinitions of types.
func definitions(t *testing.T) []definition {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(officialExamples(t)[0]), "StructureDefinition-*.json"))
	require.NoError(t, err)
	var list []definition
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		var d definition
		require.NoError(t, json.Unmarshal(body, &d))
		if d.Derivation == "specialization" && !d.Abstract {
			list = append(list, d)
		}
	}
	require.NotEmpty(t, list)
	return list
}
