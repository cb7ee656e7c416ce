package answer

import (
	"bytes"
	"strings"
	"time"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
)

const (
	// TraceExtension is the url of ClaimResponse.item.extension that explains the line.
	TraceExtension = scheme.Base + "/StructureDefinition/line-trace"
	// BasisExtension is the url of ClaimResponse.extension that records what a decision was made from.
	BasisExtension = scheme.Base + "/StructureDefinition/decision-basis"
)

// Element names.
var (
	nAdjudication        = codec.Intern("adjudication")
	nAmount              = codec.Intern("amount")
	nBusinessArrangement = codec.Intern("businessArrangement")
	nCategory            = codec.Intern("category")
	nClaimResponse       = codec.Intern("claimResponse")
	nCode                = codec.Intern("code")
	nCoding              = codec.Intern("coding")
	nContained           = codec.Intern("contained")
	nCoverage            = codec.Intern("coverage")
	nCreated             = codec.Intern("created")
	nCurrency            = codec.Intern("currency")
	nDate                = codec.Intern("date")
	nDetail              = codec.Intern("detail")
	nDisposition         = codec.Intern("disposition")
	nStatus              = codec.Intern("status")
	nDisplay             = codec.Intern("display")
	nExtension           = codec.Intern("extension")
	nFocal               = codec.Intern("focal")
	nID                  = codec.Intern("id")
	nIdentifier          = codec.Intern("identifier")
	nInsurance           = codec.Intern("insurance")
	nInsurer             = codec.Intern("insurer")
	nItem                = codec.Intern("item")
	nPatient             = codec.Intern("patient")
	nPayee               = codec.Intern("payee")
	nPayment             = codec.Intern("payment")
	nProvider            = codec.Intern("provider")
	nReason              = codec.Intern("reason")
	nReference           = codec.Intern("reference")
	nResourceType        = codec.Intern("resourceType")
	nSequence            = codec.Intern("sequence")
	nSubDetail           = codec.Intern("subDetail")
	nSubType             = codec.Intern("subType")
	nSystem              = codec.Intern("system")
	nTotal               = codec.Intern("total")
	nType                = codec.Intern("type")
	nURL                 = codec.Intern("url")
	nUse                 = codec.Intern("use")
	nValue               = codec.Intern("value")
	nValueBoolean        = codec.Intern("valueBoolean")
	nValueDecimal        = codec.Intern("valueDecimal")
	nValueInstant        = codec.Intern("valueInstant")
	nValuePositiveInt    = codec.Intern("valuePositiveInt")
	nValueString         = codec.Intern("valueString")
)

// ResponseInput is what a ClaimResponse is made of.
type ResponseInput struct {
	// ID is the ClaimResponse's, ClaimID the Claim's.
	ID, ClaimID string
	// Claim is the claim as it will be stored.
	Claim    *codec.Document
	Decision *engine.Decision
	Created  time.Time
	// Payment is what was paid already, nil for nothing.
	Payment *Payment
}

// Response is the ClaimResponse of a decision (R4 ClaimResponse).
func Response(in ResponseInput) []byte {
	d, claim := in.Decision, in.Claim.Root()
	w := codec.NewWriter(make([]byte, 0, 3200+1350*len(d.Lines)))
	w.Object("")
	w.String("resourceType", "ClaimResponse")
	writeMeta(w, in.ID, in.Created)
	trace := &tracer{w: w, common: commonFacts(d.Lines)}
	if d.Insurer != nil {
		trace.insurer = d.Insurer.Source
	}
	if d.Outcome != engine.Failed {
		w.Array("extension")
		trace.basis(d)
		w.End()
	}
	w.String("status", "active")
	echo(w, "type", claim.Get(nType))
	echo(w, "subType", claim.Get(nSubType))
	echo(w, "use", claim.Get(nUse))
	Party(w, "patient", claim, claim.Get(nPatient))
	w.Instant("created", in.Created)
	writeInsurer(w, d, claim)
	Party(w, "requestor", claim, claim.Get(nProvider))
	w.Object("request")
	w.String("reference", "Claim/"+in.ClaimID)
	w.End()
	w.String("outcome", string(d.Outcome))
	w.StringOpt("disposition", d.Disposition)
	echo(w, "payeeType", claim.Get(nPayee).Get(nType))
	if d.Outcome != engine.Failed {
		writeItems(w, d, trace)
		writeTotals(w, d)
		writeNotes(w, d.Notes)
	}
	writePayment(w, in.Payment)
	writeAuthorization(w, d.Authorization)
	writeInsurance(w, claim)
	writeErrors(w, d.Faults)
	w.End()
	return w.Bytes()
}

// writeMeta writes what the store gives a first version, so that it need not be spliced in.
func writeMeta(w *codec.Writer, id string, updated time.Time) {
	w.String("id", id)
	w.Object("meta")
	w.String("versionId", "1")
	w.Instant("lastUpdated", updated)
	w.End()
}

// writeInsurer names the server's own insurer, else whom the claim names. R4 demands the element even when neither is
// known.
func writeInsurer(w *codec.Writer, d *engine.Decision, claim codec.Value) {
	stated := claim.Get(nInsurer)
	switch {
	case stated.Exists():
		Party(w, "insurer", claim, stated)
	case d.Insurer != nil:
		w.Object("insurer")
		w.String("reference", d.Insurer.Key)
		w.End()
	default:
		w.Object("insurer")
		w.String("display", "not named by the claim")
		w.End()
	}
}

// writeInsurance echoes which cover was used (R4 ClaimResponse.insurance).
func writeInsurance(w *codec.Writer, claim codec.Value) {
	w.Array("insurance")
	for in := range claim.Get(nInsurance).Each() {
		w.Object("")
		echo(w, "sequence", in.Get(nSequence))
		echo(w, "focal", in.Get(nFocal))
		Party(w, "coverage", claim, in.Get(nCoverage))
		echo(w, "businessArrangement", in.Get(nBusinessArrangement))
		echo(w, "claimResponse", in.Get(nClaimResponse))
		w.End()
	}
	w.End()
}

func writeNotes(w *codec.Writer, notes []string) {
	w.Array("processNote")
	for i, text := range notes {
		w.Object("")
		w.Int("number", int64(i+1))
		w.String("type", "display")
		w.String("text", text)
		w.End()
	}
	w.End()
}

// writeErrors writes why there was nothing to decide on; with errors there are no items (R4 ClaimResponse.error).
func writeErrors(w *codec.Writer, faults []engine.Fault) {
	w.Array("error")
	for _, f := range faults {
		w.Object("")
		w.IntOpt("itemSequence", f.Sequence)
		w.IntOpt("detailSequence", f.Detail)
		w.IntOpt("subDetailSequence", f.SubDetail)
		writeConcept(w, "code", engine.FaultSystem, string(f.Code), f.Code.Display(), f.Text)
		w.End()
	}
	w.End()
}

// echo writes what the claim says, without the blanks that it may be laid out with; nothing where it says nothing.
func echo(w *codec.Writer, key string, v codec.Value) {
	switch {
	case !v.Exists():
	case v.Kind() != codec.Object && v.Kind() != codec.Array, bytes.IndexByte(v.Raw(), '\n') < 0:
		w.Raw(key, v.Raw())
	case v.Kind() == codec.Array:
		w.Array(key)
		for e := range v.Each() {
			echo(w, "", e)
		}
		w.End()
	default:
		w.Object(key)
		for name, m := range v.Members() {
			echo(w, name.String(), m)
		}
		w.End()
	}
}

// Party writes a Reference of a claim, or another request, into another resource. What the request contains does not come along: it is named by
// its type and identifier.
func Party(w *codec.Writer, key string, request, ref codec.Value) {
	local, contained := strings.CutPrefix(ref.Get(nReference).Text(), "#")
	if !contained {
		echo(w, key, ref)
		return
	}
	w.Object(key)
	for c := range request.Get(nContained).Each() {
		if c.Get(nID).Text() == local {
			w.String("type", c.Get(nResourceType).Text())
			echo(w, "identifier", c.Find(nIdentifier))
			break
		}
	}
	echo(w, "display", ref.Get(nDisplay))
	w.End()
}

// writeConcept writes a CodeableConcept of one coding.
func writeConcept(w *codec.Writer, key, system, code, display, text string) {
	w.Object(key)
	w.Array("coding")
	w.Object("")
	w.String("system", system)
	w.String("code", code)
	w.StringOpt("display", display)
	w.End()
	w.End()
	w.StringOpt("text", text)
	w.End()
}

// HeadsOf reads back from a stored ClaimResponse the ids of the heads that its decision was made on; none for a response
// of outcome error.
func HeadsOf(response *codec.Document) []string {
	var ids []string
	for e := range response.Root().Get(nExtension).Each() {
		if e.Get(nURL).Text() != BasisExtension {
			continue
		}
		for sub := range e.Get(nExtension).Each() {
			if sub.Get(nURL).Text() == "head" {
				ids = append(ids, headID(sub.Get(nValueString).Text()))
			}
		}
	}
	return ids
}
