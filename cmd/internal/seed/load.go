package seed

import (
	"context"
	"fmt"
	"io/fs"

	"claimwright/fhir/codec"
)

// Transactor writes a transaction Bundle whole or not at all.
type Transactor interface {
	Transaction(ctx context.Context, bundle *codec.Document) error
}

// Files are the Bundles of a scheme's folder in the order that they are written: whoever is referred to comes first.
var Files = []string{
	"organizations.json", "locations.json", "plans.json", "register.json", "price-lists.json", "members.json", "policies.json",
}

// Load writes what a folder holds: the transaction Bundles of Files, and every other .json and .ndjson file in it, which may
// be a transaction Bundle, a collection Bundle, or plain resources with ids of their own. Folders within are left alone. It
// stops at the first piece that is refused; the error names the file and what is wrong in it.
func Load(ctx context.Context, w Transactor, folder fs.FS, progress func(file string, done, total int)) error {
	pieces, err := read(folder)
	if err != nil {
		return err
	}
	if len(pieces) == 0 {
		return fmt.Errorf("load scheme: none of %v, nor any other .json or .ndjson file, is in the folder", Files)
	}
	for i := range pieces {
		p := &pieces[i]
		bundle, err := p.bundle()
		if err == nil {
			err = w.Transaction(ctx, bundle)
		}
		if err != nil {
			return fmt.Errorf("load %s: %w", p.name, err)
		}
		progress(p.name, i+1, len(pieces))
	}
	return nil
}
