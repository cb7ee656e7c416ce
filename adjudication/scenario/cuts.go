package scenario

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"claimwright/conformance"
)

// cutKinds are the categories of what is taken off a line, by our definitions.
var cutKinds = sync.OnceValue(func() map[string]bool {
	kinds := map[string]bool{}
	body, err := conformance.Definition("ValueSet-cut-kind.json")
	if err != nil { // the definitions are part of the program
		panic(fmt.Sprintf("scenario: %v", err))
	}
	var set struct {
		Compose struct {
			Include []struct{ Concept []struct{ Code string } }
		}
	}
	if err := json.Unmarshal(body, &set); err != nil {
		panic(fmt.Sprintf("scenario: %v", err))
	}
	for _, in := range set.Compose.Include {
		for _, c := range in.Concept {
			kinds[c.Code] = true
		}
	}
	return kinds
})

func sortedCuts() []string {
	var cuts []string
	for kind := range cutKinds() {
		cuts = append(cuts, kind)
	}
	slices.Sort(cuts)
	return cuts
}
