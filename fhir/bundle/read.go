package bundle

import (
	"encoding/json"
	"regexp"
	"strconv"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// mostSalvages bounds how often a batch is parsed again because parsing stopped at the codec's greatest number of
// problems.
const mostSalvages = 5

// Read parses the body of a request and makes its plan. Unlike codec.Parse alone it saves the rest of a batch in which
// the resources of some entries are not valid: those entries get Faults. A transaction with such an entry is refused
// whole.
func Read(body []byte, l codec.Limits, o Options) (*Plan, error) {
	doc, issues := codec.Parse(body, l)
	if len(issues) == 0 {
		return Parse(doc, o)
	}
	s := salvage{faults: map[int][]outcome.Issue{}}
	for range mostSalvages {
		body = s.remove(body, issues)
		if body == nil {
			break
		}
		next, more := codec.Parse(body, l)
		if len(more) == 0 {
			return s.plan(next, o)
		}
		issues = more
	}
	return nil, outcome.Rejected(issues)
}

// salvage takes the invalid resources out of a batch.
type salvage struct{ faults map[int][]outcome.Issue }

var insideEntry = regexp.MustCompile(`^Bundle\.entry\[(\d+)\]\.resource(\.|$|\[)`)

// remove is the batch without the resources that the issues are about; nil when it is no batch, or when something else is
// wrong too.
func (s *salvage) remove(body []byte, issues []outcome.Issue) []byte {
	wrong := map[int][]outcome.Issue{}
	for _, issue := range issues {
		if issue.Severity == outcome.Information { // the codec stopped here
			continue
		}
		at := insideEntry.FindStringSubmatch(issue.Expression)
		if at == nil {
			return nil
		}
		index, err := strconv.Atoi(at[1])
		if err != nil {
			return nil
		}
		wrong[index] = append(wrong[index], issue)
	}
	var bundle map[string]json.RawMessage
	var entries []map[string]json.RawMessage
	if json.Unmarshal(body, &bundle) != nil || string(bundle["type"]) != `"batch"` || json.Unmarshal(bundle["entry"], &entries) != nil {
		return nil
	}
	for index, problems := range wrong {
		if index >= len(entries) || s.faults[index] != nil {
			return nil
		}
		delete(entries[index], "resource")
		s.faults[index] = problems
	}
	var err error
	if bundle["entry"], err = json.Marshal(entries); err != nil {
		return nil
	}
	left, err := json.Marshal(bundle)
	if err != nil {
		return nil
	}
	return left
}

func (s *salvage) plan(doc *codec.Document, o Options) (*Plan, error) {
	p, err := Parse(doc, o)
	if err != nil {
		return nil, err
	}
	for index, problems := range s.faults {
		p.Entries[index].Fault = outcome.Rejected(problems)
	}
	return p, nil
}
