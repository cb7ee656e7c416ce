// Package console is how commands speak to a person: progress of long operations and aligned tables. It knows nothing of
// what is shown.
//
//	bar := console.NewProgress(os.Stderr)
//	defer bar.Done()
//	bar.Show("reindex", 100, 2000)
package console
