package mongo_test

import (
	"testing"

	"claimwright/store/storetest"
)

// TestContract holds the store against the contract, on the stand-in in every run and on a real server where one is
// named. What only the latter proves is listed in docs/mongodb.md.
func TestContract(t *testing.T) {
	for _, b := range backends(t) {
		t.Run(b.name, func(t *testing.T) {
			o := &opener{backend: b}
			storetest.Run(t, o.open, storetest.WithReopen(o.reopen))
		})
	}
}
