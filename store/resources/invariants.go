package resources

import (
	"context"
	"net/http"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/profile"
)

// mostChecked bounds the content whose invariants are checked when it is written: beyond it the check would take longer than
// all else that a write does. $validate checks content of every size.
const mostChecked = 1 << 20

// keepsInvariants refuses content that breaks an invariant of R4's own definitions, naming all that it breaks. What profiles
// say is no concern of a write, nor are warnings; the invariants of Bundles are held wherever one is stored.
func keepsInvariants(ctx context.Context, doc *codec.Document) error {
	if len(doc.Bytes()) > mostChecked || doc.Type() == "Bundle" {
		return nil
	}
	found, err := profile.Validator{}.Validate(ctx, doc.Bytes(), codec.Limits{})
	if err != nil {
		return err
	}
	var broken []outcome.Issue
	for _, issue := range found {
		if issue.Code == outcome.Invariant && (issue.Severity == outcome.Failure || issue.Severity == outcome.Fatal) {
			broken = append(broken, issue)
		}
	}
	if len(broken) == 0 {
		return nil
	}
	return outcome.Of(http.StatusUnprocessableEntity, broken)
}
