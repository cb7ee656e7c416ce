// Package rulebook reads the rules of a scheme from files, and tells people how their tests went and what is wrong with their
// order. It belongs to the command line; what rules and tests are is owned by adjudication/engine/rules.
package rulebook
