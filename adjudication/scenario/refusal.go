package scenario

import (
	"errors"
	"fmt"
	"strings"

	"claimwright/fhir/outcome"
)

// said is a refusal with all that it says: an outcome.Error shows its first issue only.
func said(err error) error {
	var refused *outcome.Error
	if !errors.As(err, &refused) {
		return err
	}
	return errors.New(wording(refused))
}

func wording(refused *outcome.Error) string {
	var lines []string
	for _, i := range refused.Issues {
		text := strings.TrimSpace(i.Expression + " " + i.Text)
		if i.Found != "" || i.Expected != "" {
			text += fmt.Sprintf(" (found %q, expected %s)", i.Found, i.Expected)
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "; ")
}
