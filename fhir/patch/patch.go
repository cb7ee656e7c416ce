package patch

import (
	"fmt"
	"net/http"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// The bounds on one patch, so that a short document cannot cost much.
const (
	// MaxOperations bounds the operations of a patch.
	MaxOperations = 1000
	// MaxPath bounds a path in bytes.
	MaxPath = 2000
	// maxGrowth bounds the bytes that copies and values may add to a resource.
	maxGrowth = 10 << 20
	// maxWork bounds the values that the operations look at.
	maxWork = 5_000_000
)

// Patch is a list of operations. It is immutable and safe for concurrent use, and may be applied many times.
type Patch struct{ operations []operation }

// operation is one change. What it returns is told with the number of the operation.
type operation interface {
	apply(t *tree) *outcome.Error
	// at says where in the patch document the operation stands, for messages.
	at() string
}

// Apply gives the resource with all operations done, checked by the codec, or an *outcome.Error (422) that names the
// operation which could not be done, or all that is wrong with the result. The resource given stays as it is.
func (p *Patch) Apply(doc *codec.Document) (*codec.Document, error) {
	t := newTree(doc)
	for _, o := range p.operations {
		if err := o.apply(t); err != nil {
			said := *err
			said.Issues = append([]outcome.Issue(nil), err.Issues...)
			for i := range said.Issues {
				said.Issues[i].Text = o.at() + ": " + said.Issues[i].Text
			}
			return nil, &said
		}
	}
	changed, issues := codec.Parse(t.render(len(doc.Bytes())), codec.Limits{MaxBytes: len(doc.Bytes()) + 2*maxGrowth})
	if len(issues) > 0 {
		return nil, outcome.Of(http.StatusUnprocessableEntity, issues)
	}
	if changed.Type() != doc.Type() {
		return nil, identityChanged("resourceType", doc.Type(), changed.Type())
	}
	if changed.ID() != doc.ID() {
		return nil, identityChanged(doc.Type()+".id", doc.ID(), changed.ID())
	}
	return changed, nil
}

func identityChanged(element, was, is string) error {
	if is == "" {
		is = "nothing"
	}
	err := refused(outcome.BusinessRule, "a patch cannot make another resource of this one")
	err.Issues[0].Expression, err.Issues[0].Found, err.Issues[0].Expected = element, is, was
	return err
}

// refused is for a patch that cannot be applied.
func refused(code, format string, args ...any) *outcome.Error {
	return outcome.New(http.StatusUnprocessableEntity, code, "", format, args...)
}

// quoting adds what of the patch is meant.
func quoting(err *outcome.Error, found, expected string) *outcome.Error {
	err.Issues[0].Found, err.Issues[0].Expected = shorten(found), expected
	return err
}

// malformed is for what is no patch document.
func malformed(expression, found, expected, format string, args ...any) *outcome.Error {
	err := outcome.New(http.StatusBadRequest, outcome.Structure, expression, format, args...)
	return quoting(err, found, expected)
}

func tooMany(count int) *outcome.Error {
	err := outcome.New(http.StatusRequestEntityTooLarge, outcome.TooCostly, "", "the patch has too many operations")
	return quoting(err, fmt.Sprint(count), fmt.Sprintf("at most %d", MaxOperations))
}

const longestQuote = 100

func shorten(text string) string {
	if len(text) <= longestQuote {
		return text
	}
	return fmt.Sprintf("%.*s… (%d bytes)", longestQuote, text, len(text))
}
