// Package reference writes the reference of what rules can ask, docs/rules/facts.md, from the tables that conditions are
// compiled by. It owns the page's form, and must not say of a fact what the tables do not.
//
//	page := reference.Markdown()
package reference

//go:generate go run ./generate -to ../../../../docs/rules/facts.md
