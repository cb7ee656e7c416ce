package seed

import (
	"context"
	"fmt"
	"io/fs"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// Transactor writes a transaction Bundle whole or not at all.
type Transactor interface {
	Transaction(ctx context.Context, bundle *codec.Document) error
}

// Files are the Bundles of a scheme's folder in the order that they are written: whoever is referred to comes first.
var Files = []string{
	"organizations.json", "locations.json", "plans.json", "register.json", "price-lists.json", "members.json", "policies.json",
}

// Load writes every Bundle of Files that the folder has. It stops at the first that is refused; the error names the
// file and what is wrong in it.
func Load(ctx context.Context, w Transactor, folder fs.FS, progress func(file string, done, total int)) error {
	found := 0
	for i, name := range Files {
		body, err := fs.ReadFile(folder, name)
		if err != nil {
			continue // a scheme may come without this part
		}
		found++
		if err := loadBundle(ctx, w, body); err != nil {
			return fmt.Errorf("load %s: %w", name, err)
		}
		progress(name, i+1, len(Files))
	}
	if found == 0 {
		return fmt.Errorf("load scheme: none of %v is in the folder", Files)
	}
	return nil
}

// maxBundle bounds a file, in bytes; a Bundle from a folder of the operator's own may be larger than a request.
const maxBundle = 64 << 20

func loadBundle(ctx context.Context, w Transactor, body []byte) error {
	bundle, issues := codec.Parse(body, codec.Limits{MaxBytes: maxBundle})
	if len(issues) > 0 {
		return outcome.Of(400, issues)
	}
	return w.Transaction(ctx, bundle)
}
