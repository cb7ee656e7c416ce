package answer

import (
	"time"

	"claimwright/fhir/codec"
)

// Order is what became of a Task that asked for something.
type Order struct {
	// Status is completed, rejected or failed; Reason says in a sentence why.
	Status, Reason string
	// Result is the resource that tells more, as "ClaimResponse/x"; empty for none.
	Result string
	Now    time.Time
}

var (
	nLastModified = codec.Intern("lastModified")
	nOutput       = codec.Intern("output")
	nStatusReason = codec.Intern("statusReason")
	nAuthoredOn   = codec.Intern("authoredOn")
)

// Ordered is the Task as it was sent, with what became of it: the same Task carries its outcome (R4 financial module).
func Ordered(task *codec.Document, o Order) []byte {
	w := codec.NewWriter(make([]byte, 0, len(task.Bytes())+512))
	w.Object("")
	for name, v := range task.Root().Members() {
		switch name {
		case nStatus:
			w.String("status", o.Status)
		case nStatusReason, nLastModified, nOutput:
		default:
			w.Raw(name.String(), v.Raw())
		}
	}
	w.Object("statusReason")
	w.String("text", o.Reason)
	w.End()
	w.Instant("lastModified", notBefore(o.Now, task.Root().Get(nAuthoredOn)))
	w.Array("output")
	if o.Result != "" {
		beginOutput(w, "response")
		writeReference(w, "valueReference", o.Result)
		w.End()
	}
	if o.Status != "completed" {
		beginOutput(w, "error")
		w.String("valueString", o.Reason)
		w.End()
	}
	w.End()
	w.End()
	return w.Bytes()
}

func beginOutput(w *codec.Writer, kind string) {
	w.Object("")
	w.Object("type")
	w.String("text", kind)
	w.End()
}

// notBefore keeps a Task from being modified before it was authored (R4 Task inv-1), by whatever clock its sender has.
func notBefore(now time.Time, authored codec.Value) time.Time {
	if at, err := time.Parse(time.RFC3339Nano, authored.Text()); err == nil && at.After(now) {
		return at
	}
	return now
}

// Release is the stored ClaimResponse of an authorization as it is once its funds were released.
func Release(response *codec.Document) []byte {
	w := codec.NewWriter(make([]byte, 0, len(response.Bytes())+256))
	w.Object("")
	for name, v := range response.Root().Members() {
		if name != nFundsReserve && name != nDisposition {
			w.Raw(name.String(), v.Raw())
		}
	}
	w.String("disposition", "The reserved funds were released.")
	writeConcept(w, "fundsReserve", fundsReserveSystem, "none", "", "")
	w.End()
	return w.Bytes()
}

var nFundsReserve = codec.Intern("fundsReserve")

// Reserves tells whether a ClaimResponse says that funds are reserved.
func Reserves(response *codec.Document) bool {
	code := response.Root().Get(nFundsReserve).Find(nCoding, nCode).Text()
	return code != "" && code != "none"
}
