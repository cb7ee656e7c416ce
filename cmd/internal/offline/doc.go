// Package offline decides a file of claims without a server: a scheme from a folder, a store in memory, and the same use
// cases as behind Claim/$submit, so that every feature works as it does there.
//
// It owns the reading of the file, the order of deciding and the writing of the answers; it must not know how anything is
// decided.
//
//	a, err := offline.Open(ctx, offline.Options{Scheme: os.DirFS("my-scheme")}, progress)
//	summary, err := a.Run(ctx, claims, answers, progress)
//
// # The order of deciding
//
// Claims that can have to do with one another are decided in the order of the file; all others at the same time. Two claims
// have to do with one another when they are for the same member, for members whose covers share a policy (and so on: the
// heads that decisions read and write), when they carry the same identifier, or name the same Claim. So the answers do
// not depend on the number of workers.
package offline
