// Package source reads YAML so that whoever interprets it can say where each thing stands.
//
// It owns the tree of values with their places, the merge of one tree over another, and the collection of problems: a
// mistake is told with file, line and column, what was found and what was expected, and reading goes on to find the next.
// It must not know what the YAML means.
//
//	root, problems := source.Parse("checks.yaml", body)
//	o := root.Object(&problems)
//	title := o.Text("title")
//	o.Done() // an unknown key is a problem
package source
