package claims

import (
	"crypto/sha256"
	"encoding/hex"

	"claimwright/store"
)

// Companion is the id of the ClaimResponse and of the life-cycle Task that belong to a Claim: the Claim's own id if that is
// a UUID, as the server draws them, else the id after "claim-", because a client who chooses ids will have resources of
// other types under the same one. It is found by the id alone, so nothing needs to be searched or remembered.
func Companion(claimID string) string {
	if isUUID(claimID) {
		return claimID
	}
	if id := "claim-" + claimID; len(id) <= maxID {
		return id
	}
	sum := sha256.Sum256([]byte(claimID))
	return "claim-" + hex.EncodeToString(sum[:16])
}

// maxID is how long a FHIR id may be.
const maxID = 64

func isUUID(id string) bool {
	if len(id) != 36 {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case c < '0' || c > '9' && c < 'a' || c > 'f':
			return false
		}
	}
	return true
}

func claimKey(id string) store.Key { return store.Key{Type: "Claim", ID: id} }

func responseKey(claimID string) store.Key {
	return store.Key{Type: "ClaimResponse", ID: Companion(claimID)}
}

func taskKey(claimID string) store.Key { return store.Key{Type: "Task", ID: Companion(claimID)} }
