package answer

import (
	"claimwright/adjudication/engine"
	"claimwright/fhir/codec"
)

// fundsReserveSystem is R4's code system for whom funds are reserved.
const fundsReserveSystem = "http://terminology.hl7.org/CodeSystem/fundsreserve"

// writeAuthorization writes what a preauthorization was granted. One that awaits a review has funds reserved and no number
// yet: nothing can be claimed on it.
func writeAuthorization(w *codec.Writer, a *engine.Authorization) {
	if a == nil {
		return
	}
	if !a.Provisional {
		w.String("preAuthRef", a.Ref)
		w.Object("preAuthPeriod")
		w.String("start", a.Period.From.String())
		w.String("end", a.Period.To.String())
		w.End()
	}
	reserve := "provider"
	if a.Unreserved {
		reserve = "none"
	}
	writeConcept(w, "fundsReserve", fundsReserveSystem, reserve, "", "")
}
