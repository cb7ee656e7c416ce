package engine

import (
	"strconv"

	"claimwright/adjudication/engine/ledger"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// Event names what limits per event count together: the supportingInfo of our category event, or else the accident by its
// date, or else the encounter of the first line that has one. A name that was given on purpose comes before one that can be
// concluded, and an accident before a visit, because one accident leads to several visits. A claim that names none is an
// event of its own.
type Event struct{ kind, name string }

// Named tells whether the claim names an event.
func (e Event) Named() bool { return e.name != "" }

// head is the id of the event's head under the policy of a member's cover.
func (e Event) head(m *ledger.Member, cover *ledger.Cover) string {
	return ledger.EventID(m.ID, cover.Policy, e.kind+" "+e.name)
}

// maxEventName bounds the name of an event in bytes.
const maxEventName = 200

// event finds the claim's event.
func (r *claimReader) event() Event {
	if named := r.namedEvent(); named != "" {
		return Event{"event", named}
	}
	if date := r.root.Get(nAccident).Get(nDate).Text(); date != "" {
		return Event{"accident", date}
	}
	var first codec.Value
	lowest := int64(0)
	for item := range r.root.Get(nItem).Each() {
		if encounter := item.Get(nEncounter).Index(0); encounter.Exists() {
			if n := r.sequence(item); !first.Exists() || n < lowest {
				first, lowest = encounter, n
			}
		}
	}
	if !first.Exists() {
		return Event{}
	}
	ref := readReference(r.root, first)
	if ref.Key == "" && len(ref.Identifiers) > 0 {
		return Event{"encounter", ref.Identifiers[0].String()}
	}
	return Event{"encounter", ref.Key}
}

// namedEvent is the supportingInfo of our category event, which the claim may have once; empty where it has none.
func (r *claimReader) namedEvent() (name string) {
	for info := range r.root.Get(nSupportingInfo).Each() {
		for coding := range info.Find(nCategory).Get(nCoding).Each() {
			if c := code(coding, nCode); c.System != informationSystem || c.Value != "event" {
				continue
			}
			given := info.Get(nValueString).Text()
			switch {
			case given == "":
				r.add(outcome.Required, info, "The event has no name", "nothing", "valueString")
			case len(given) > maxEventName:
				r.add(outcome.TooLong, info.Get(nValueString), "The name of the event is too long",
					strconv.Itoa(len(given))+" bytes", "at most "+strconv.Itoa(maxEventName))
			case name != "" && name != given:
				r.add(outcome.BusinessRule, info, "The claim names two events", given, "only "+name)
			}
			name = given
		}
	}
	return name
}
