package bench

import (
	"encoding/json"
	"fmt"
	"io/fs"
)

// planCode is the code of the population's plan.
const planCode = "BENCH"

// amplePlan makes the plan that the population is insured by: the sandbox's first plan with all its rules, but with ceilings that
// are never reached. A population that had used its cover up would get longer answers the more claims are stored, and the
// benchmark would measure that instead of the store.
func amplePlan(scheme fs.FS) ([]byte, error) {
	body, err := fs.ReadFile(scheme, "plans.json")
	if err != nil {
		return nil, fmt.Errorf("load scheme: %w", err)
	}
	var bundle struct {
		Entry []struct {
			Resource object `json:"resource"`
		} `json:"entry"`
	}
	if err := json.Unmarshal(body, &bundle); err != nil || len(bundle.Entry) == 0 {
		return nil, fmt.Errorf("plans.json holds no plan: %w", err)
	}
	plan := bundle.Entry[0].Resource
	plan["id"], plan["name"] = "bench", "Benchmark"
	plan["identifier"] = []object{{"system": "https://claimwright.org/bench/plans", "value": planCode}}
	extensions, _ := plan["extension"].([]any)
	for _, e := range extensions {
		if limit, ok := e.(object); ok {
			raiseCeiling(limit)
		}
	}
	return json.Marshal(object{"resourceType": "Bundle", "type": "transaction", "entry": []object{
		{"resource": plan, "request": object{"method": "PUT", "url": "InsurancePlan/bench"}},
	}})
}

// raiseCeiling sets the amounts of a plan-limit of kind ceiling beyond reach; other extensions stay.
func raiseCeiling(limit object) {
	parts, _ := limit["extension"].([]any)
	isCeiling := false
	for _, p := range parts {
		part, _ := p.(object)
		isCeiling = isCeiling || part["valueCode"] == "ceiling"
	}
	for _, p := range parts {
		part, _ := p.(object)
		if money, ok := part["valueMoney"].(object); ok && isCeiling {
			money["value"] = 1_000_000_000_000
		}
	}
}
