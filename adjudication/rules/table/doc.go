// Package table makes rules of decision tables: a sheet with a few lines about the rule, and beneath it a table whose columns are
// facts and actions, or a matrix of two facts. Each row becomes a row of one PlanDefinition, which people can read, review and
// change, and which goes through rules.Read like any other rule. The package owns what headings and cells mean and how a mistake
// is told with its place; it must not know files (package sheet), nor how rules are evaluated.
//
//	s, err := sheet.Read("caps.csv", data, "")
//	rule, err := table.Compile(s, table.Options{})
//	// err: caps.csv:7, column cap price: A comma between digits can be a list or a decimal: found "1,200", expected 1200 or 1.2
//	rule.Definition // the PlanDefinition, the same bytes for the same table
//	rule.Warnings   // caps.csv:9, column age: nobody is told what happens from 5 to 17
//
// docs/rules/tables.md teaches the format.
package table
