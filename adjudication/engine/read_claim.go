package engine

import (
	"cmp"
	"slices"
	"strconv"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// MaxLines bounds the lines of one claim: details and sub-details that are lines of their own count, their items do not.
const MaxLines = 1000

// maxAuthorizations bounds how many authorizations one claim can be counted against; further ones are not looked at.
const maxAuthorizations = 16

// informationSystem is our CodeSystem for Claim.supportingInfo.category.
const informationSystem = scheme.Base + "/CodeSystem/claim-information"

// ReadClaim reads what the engine needs of a Claim that the codec has accepted, and checks what FHIR's structure leaves
// open: sequences that point nowhere, sums that do not add up, one focal insurance. With any issue the claim cannot be
// processed and is nil; the issues name the elements and belong into an OperationOutcome.
func ReadClaim(doc *codec.Document) (*Claim, []outcome.Issue) {
	r := &claimReader{root: doc.Root()}
	if doc.Type() != "Claim" {
		r.add(outcome.Invalid, r.root, "This is no Claim", doc.Type(), "Claim")
		return nil, r.issues
	}
	c := &Claim{
		Use:      Use(r.root.Get(nUse).Text()),
		Type:     r.root.Find(nType, nCoding, nCode).Text(),
		Patient:  readReference(r.root, r.root.Get(nPatient)),
		Insurer:  readReference(r.root, r.root.Get(nInsurer)),
		Provider: readReference(r.root, r.root.Get(nProvider)),
		Billable: r.period(r.root.Get(nBillablePeriod)),
		Visit:    r.visitType(),
		Event:    r.event(),
	}
	c.Created = r.moment(r.root.Get(nCreated))
	c.Final, c.Documents = r.final(), r.documents()
	c.Unreserved = reservesNothing(r.root)
	r.payee(c)
	r.insurance(c)
	r.diagnoses(c)
	r.lines(c)
	r.pointers()
	r.total(c)
	if len(r.issues) > 0 {
		return nil, r.issues
	}
	return c, nil
}

type claimReader struct {
	problems
	root codec.Value
	// codes are those of all lines, one after the other.
	codes []scheme.Code
	// sum is what the items add up to.
	sum claimed
	// mixed says that they are in several currencies.
	mixed bool
}

// period reads a period in which nothing can have been provided if it ends before it starts.
func (r *claimReader) period(v codec.Value) day.Span {
	s := r.span(v)
	if s.Reversed() {
		r.add(outcome.BusinessRule, v, "The period ends before it starts", v.Get(nStart).Text()+" to "+v.Get(nEnd).Text(), "a start that is not after the end")
	}
	return s
}

// visitType is the supportingInfo of our category visit-type; a claim without one is an ordinary visit.
func (r *claimReader) visitType() scheme.VisitType {
	for info := range r.root.Get(nSupportingInfo).Each() {
		for coding := range info.Find(nCategory).Get(nCoding).Each() {
			if c := code(coding, nCode); c.System != informationSystem || c.Value != "visit-type" {
				continue
			}
			given := info.Find(nCode, nCoding, nCode)
			visit, ok := scheme.VisitTypeOf(given.Text())
			if !ok || visit == scheme.AnyVisit {
				r.add(outcome.CodeInvalid, info, "The visit type is not known", given.Text(), "code emergency, referral or other")
			}
			return visit
		}
	}
	return scheme.OtherVisit
}

// maxDocuments bounds the kinds of documents that rules are told of.
const maxDocuments = 200

// documents are the kinds of the attachments and references in supportingInfo.
func (r *claimReader) documents() (kinds []string) {
	for info := range r.root.Get(nSupportingInfo).Each() {
		if !info.Get(nValueAttachment).Exists() && !info.Get(nValueReference).Exists() {
			continue
		}
		concept := info.Get(nCode)
		if !concept.Exists() {
			concept = info.Get(nCategory)
		}
		for coding := range concept.Get(nCoding).Each() {
			if c := coding.Get(nCode).Text(); c != "" && len(kinds) < maxDocuments {
				kinds = append(kinds, c)
			}
		}
	}
	return kinds
}

// final tells of a supportingInfo of our category final-claim.
func (r *claimReader) final() bool {
	for info := range r.root.Get(nSupportingInfo).Each() {
		for coding := range info.Get(nCategory).Get(nCoding).Each() {
			if c := code(coding, nCode); c.System == informationSystem && c.Value == "final-claim" {
				return true
			}
		}
	}
	return false
}

// reservesNothing tells of fundsReserve none.
func reservesNothing(root codec.Value) bool {
	for coding := range root.Get(nFundsReserve).Get(nCoding).Each() {
		if coding.Get(nCode).Text() == "none" {
			return true
		}
	}
	return false
}

func (i *Insurance) authorizations(v codec.Value) {
	for ref := range v.Get(nPreAuthRef).Each() {
		if len(i.Authorizations) < maxAuthorizations && ref.Text() != "" {
			i.Authorizations = append(i.Authorizations, ref.Text())
		}
	}
}

func (r *claimReader) insurance(c *Claim) {
	list := r.root.Get(nInsurance)
	c.Insurance = make([]Insurance, 0, list.Len())
	focal := 0
	for v := range list.Each() {
		i := Insurance{Sequence: r.sequence(v), Focal: v.Get(nFocal).Bool(), Coverage: readReference(r.root, v.Get(nCoverage)), Answer: readReference(r.root, v.Get(nClaimResponse))}
		i.authorizations(v)
		c.Insurance = append(c.Insurance, i)
		if !i.Focal {
			continue
		}
		focal++
		if prior := v.Get(nClaimResponse); prior.Exists() {
			r.add(outcome.BusinessRule, prior, "The insurance to be used for adjudication cannot have an answer yet",
				"claimResponse", "none where focal is true")
		}
	}
	if focal != 1 {
		r.add(outcome.BusinessRule, list, "One insurance must be the focal one", strconv.Itoa(focal)+" focal", "exactly one with focal true")
	}
	r.distinct(list)
	r.answers(c)
	slices.SortStableFunc(c.Insurance, func(a, b Insurance) int { return cmp.Compare(a.Sequence, b.Sequence) })
}

func (r *claimReader) sequence(v codec.Value) int64 {
	n, _ := v.Get(nSequence).Int()
	return n
}

// distinct reports the elements of a list whose sequence an earlier one has.
func (r *claimReader) distinct(list codec.Value) {
	if !r.repeats(list) {
		return
	}
	seen := map[int64]struct{}{}
	for element := range list.Each() {
		n := r.sequence(element)
		if _, taken := seen[n]; taken {
			r.add(outcome.BusinessRule, element.Get(nSequence), "An earlier element has the same sequence",
				strconv.FormatInt(n, 10), "a sequence of its own for each")
		}
		seen[n] = struct{}{}
	}
}

// repeats tells, without allocating for claims of usual length, whether any sequence occurs twice.
func (r *claimReader) repeats(list codec.Value) bool {
	var buffer [64]int64
	sequences := buffer[:0]
	for element := range list.Each() {
		sequences = append(sequences, r.sequence(element))
	}
	slices.Sort(sequences)
	for i := 1; i < len(sequences); i++ {
		if sequences[i] == sequences[i-1] {
			return true
		}
	}
	return false
}

// pointers checks that diagnosisSequence and the like point at something.
func (r *claimReader) pointers() {
	for _, p := range [...]struct{ pointer, target codec.Name }{
		{nDiagnosisSequence, nDiagnosis}, {nProcedureSequence, nProcedure},
		{nCareTeamSequence, nCareTeam}, {nInformationSeq, nSupportingInfo},
	} {
		var targets []int64 // sorted; read when the first pointer is met
		for item := range r.root.Get(nItem).Each() {
			for v := range item.Get(p.pointer).Each() {
				if targets == nil {
					targets = r.sequences(p.target)
				}
				n, _ := v.Int()
				if _, found := slices.BinarySearch(targets, n); !found {
					r.add(outcome.BusinessRule, v, "The sequence points at nothing", v.Text(), "the sequence of a "+p.target.String())
				}
			}
		}
	}
}

func (r *claimReader) sequences(list codec.Name) []int64 {
	v := r.root.Get(list)
	found := make([]int64, 0, v.Len())
	for e := range v.Each() {
		found = append(found, r.sequence(e))
	}
	slices.Sort(found)
	return found
}
