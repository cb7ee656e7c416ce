package answer

import "claimwright/fhir/codec"

// Cancel is a stored ClaimResponse as it is once its claim was cancelled. Successor is the id of the Claim that took the
// claim's place, empty where none has.
func Cancel(response *codec.Document, successor string) []byte {
	changes := map[codec.Name]string{nStatus: "cancelled"}
	if successor != "" {
		changes[nDisposition] = replacedBy(successor)
	}
	return changed(response, changes)
}

// replacedBy says that another claim stands for this one.
func replacedBy(claimID string) string { return "Replaced by Claim/" + claimID + "." }

// changed is a resource with other texts in some of its elements; those that it does not have yet come last.
func changed(doc *codec.Document, texts map[codec.Name]string) []byte {
	w := codec.NewWriter(make([]byte, 0, len(doc.Bytes())+256))
	w.Object("")
	for name, v := range doc.Root().Members() {
		if text, ok := texts[name]; ok {
			w.String(name.String(), text)
		} else {
			w.Raw(name.String(), v.Raw())
		}
	}
	if text, ok := texts[nDisposition]; ok && !doc.Root().Get(nDisposition).Exists() {
		w.String("disposition", text)
	}
	w.End()
	return w.Bytes()
}
