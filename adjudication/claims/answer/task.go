package answer

import (
	"time"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
)

// BusinessStates is the CodeSystem of the business states of a claim (Task.businessStatus).
const BusinessStates = scheme.Base + "/CodeSystem/business-state"

// The business states that are no decision of the engine.
const (
	Entered   engine.State = "entered"
	Cancelled engine.State = "cancelled"
)

// taskStatuses are the Task.status of each business state.
var taskStatuses = map[engine.State]string{
	Entered:               "draft",
	engine.AwaitingReview: "in-progress",
	engine.Processed:      "in-progress",
	engine.Approved:       "completed",
	engine.PartlyApproved: "completed",
	engine.Rejected:       "completed",
	Cancelled:             "cancelled",
	Paid:                  "completed",
}

// TaskInput is what a life-cycle Task is made of.
type TaskInput struct {
	// ID is the Task's, ClaimID the Claim's, ResponseID the ClaimResponse's, empty while there is none.
	ID, ClaimID, ResponseID string
	// Claim is the claim as it will be stored; Insurer is its insurer as "Organization/x", where the claim does not say.
	Claim   *codec.Document
	Insurer string
	State   engine.State
	// Successor is the id of the Claim that took this one's place, empty where none has.
	Successor string
	// Authored is when the task began, Now when it last changed.
	Authored, Now time.Time
}

// Task is the life-cycle Task of a claim: one for each claim, its business state searchable.
func Task(in TaskInput) []byte {
	claim := in.Claim.Root()
	w := codec.NewWriter(make([]byte, 0, 1024))
	w.Object("")
	w.String("resourceType", "Task")
	writeMeta(w, in.ID, in.Now)
	w.String("status", taskStatuses[in.State])
	writeConcept(w, "businessStatus", BusinessStates, string(in.State), "", "")
	if in.Successor != "" {
		w.Object("statusReason")
		w.String("text", replacedBy(in.Successor))
		w.End()
	}
	w.String("intent", "order")
	writeReference(w, "focus", "Claim/"+in.ClaimID)
	Party(w, "for", claim, claim.Get(nPatient))
	w.Instant("authoredOn", in.Authored)
	w.Instant("lastModified", in.Now)
	Party(w, "requester", claim, claim.Get(nProvider))
	if owner := claim.Get(nInsurer); owner.Exists() {
		Party(w, "owner", claim, owner)
	} else if in.Insurer != "" {
		writeReference(w, "owner", in.Insurer)
	}
	if in.ResponseID != "" {
		w.Array("output")
		w.Object("")
		w.Object("type")
		w.String("text", "response")
		w.End()
		writeReference(w, "valueReference", "ClaimResponse/"+in.ResponseID)
		w.End()
		w.End()
	}
	w.End()
	return w.Bytes()
}

func writeReference(w *codec.Writer, key, to string) {
	w.Object(key)
	w.String("reference", to)
	w.End()
}
