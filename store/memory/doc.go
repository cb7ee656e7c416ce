// Package memory is a backend that keeps everything in the memory of the process: for adjudication without a server, for
// scenarios and for whatever else needs a store for a while. It is NOT durable: what it holds is gone when it is closed or
// when the process ends, and nothing bounds it but memory.
//
// It passes the whole suite of store/storetest but for durability. What claims do, reading and committing by key, costs
// the same however much is stored. A search by terms goes by an index that is made when a parameter is first searched by,
// so that resources nobody searches cost nothing; other searches look at the resources of their type. The package must
// not know FHIR beyond search values, nor adjudication.
//
//	st := memory.New()
//	defer st.Close()
//	service := resources.New(st, resources.Options{})
//
// The model in store/storetest says in the fewest words what the contract means and is what this package is held against:
// they share no code, so that a misreading of the contract in one is found by the other.
package memory
