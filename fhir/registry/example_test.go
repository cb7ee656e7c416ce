package registry_test

import (
	"fmt"

	"claimwright/fhir/registry"
)

func ExampleLookup() {
	p, ok := registry.Lookup("Claim", "care-team")
	fmt.Println(ok, p.Type, p.Expression, p.Targets)
	// Output: true reference Claim.careTeam.provider [Organization Practitioner PractitionerRole]
}
