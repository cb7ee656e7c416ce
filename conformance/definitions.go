package conformance

import (
	"embed"
	"fmt"
	"iter"
)

//go:embed definitions/*.json
var files embed.FS

// Definitions yields every definition as file name and JSON, sorted by name: CodeSystems, StructureDefinitions, ValueSets.
func Definitions() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		entries, err := files.ReadDir("definitions")
		if err != nil { // the folder is part of the program
			panic(fmt.Sprintf("conformance: %v", err))
		}
		for _, e := range entries {
			if body, err := Definition(e.Name()); err == nil && !yield(e.Name(), body) {
				return
			}
		}
	}
}

// Definition is one definition by its file name, such as "CodeSystem-denial-reason.json". The error is fs.ErrNotExist for
// a name that does not exist.
func Definition(name string) ([]byte, error) {
	body, err := files.ReadFile("definitions/" + name)
	if err != nil {
		return nil, fmt.Errorf("definition %s: %w", name, err)
	}
	return body, nil
}
