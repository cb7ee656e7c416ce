package main

import (
	"slices"
	"strings"

	"claimwright/fhir/search/expression"
)

// reach is what the references at the end of a path may lead to; nil for anything.
type reach []string

// reachOf finds the types that a path's references may lead to: the one that the path itself asks for ("where(resolve() is
// Patient)"), or those that the element's definition allows.
func reachOf(path expression.Path, end place) reach {
	if n := len(path.Steps); n > 0 && path.Steps[n-1].Resolves != "" {
		return reach{path.Steps[n-1].Resolves}
	}
	var types reach
	for _, t := range end.at.Type {
		if end.narrowed != "" && t.Code != end.narrowed {
			continue
		}
		if len(t.TargetProfile) == 0 {
			return nil
		}
		for _, profile := range t.TargetProfile {
			name := profile[strings.LastIndexByte(profile, '/')+1:]
			if name == "Resource" {
				return nil
			}
			types = append(types, name)
		}
	}
	return types
}

// within leaves of a parameter's targets those that one of its paths may lead to on this resource type: R4 defines
// parameters such as clinical-patient once for many types, with the targets of all. Where nothing would be left, the
// definition stands as it is.
func within(targets []string, ends []reach) []string {
	var possible []string
	for _, types := range ends {
		if types == nil {
			return targets
		}
		possible = append(possible, types...)
	}
	kept := slices.DeleteFunc(slices.Clone(targets), func(t string) bool { return !slices.Contains(possible, t) })
	if len(kept) == 0 {
		return targets
	}
	return kept
}
