// Package tree makes FHIR JSON out of parts: objects whose members keep their order, and raw fragments of YAML laid over
// them.
//
// It owns the values and how they are written; it must not know what the resources mean.
//
//	claim := tree.New("resourceType", "Claim", "status", "active")
//	claim.Lay(tree.FromYAML(fragment, &problems))
//	body := tree.Marshal(claim, nil)
package tree
