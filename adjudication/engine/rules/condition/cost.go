package condition

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"

	"claimwright/adjudication/engine/rules/fact"
)

// expensive refuses an expression that could take long. Every fact is bounded, so the bound holds for every claim.
func expensive(env *cel.Env, ast *cel.Ast) (most uint64, refused *Problem) {
	estimate, err := env.EstimateCost(ast, bounds{})
	switch {
	case err != nil:
		return 0, &Problem{Text: "what the expression costs cannot be told: " + err.Error()}
	case estimate.Max > MaxCost:
		return 0, &Problem{Text: fmt.Sprintf("the expression could take too long: it may cost %d, at most %d is allowed", estimate.Max, MaxCost),
			Suggestion: "name a list of codes, or split the rule"}
	}
	return estimate.Max, nil
}

// bounds are the sizes of facts at their largest.
type bounds struct{}

const (
	// maxText bounds the texts that rules are told of: fact.MaxText.
	maxText = fact.MaxText
	// codedCost is what looking up all codes of a large claim in a set may cost: some hundred, each by one search.
	codedCost = 1000
	// mixCost is what going through all services of a register may cost.
	mixCost = 1000
)

// EstimateSize bounds the facts.
func (bounds) EstimateSize(cost.AstNode) *cost.SizeEstimate {
	size := cost.RangedSizeEstimate(0, maxText)
	return &size
}

// EstimateCallCost prices our own functions.
func (bounds) EstimateCallCost(function, overload string, _ *cost.AstNode, _ []cost.AstNode) *cost.CallEstimate {
	switch overload {
	case "coded_any", "coded_none", "coded_only", "coded_count", "history_times", "history_days_since", "history_around", "history_elsewhere", "history_nights_elsewhere", "in_coded":
		return &cost.CallEstimate{CostEstimate: cost.RangedCostEstimate(1, codedCost)}
	}
	switch overload {
	case "facility_share", "peers_share", "facility_claimed":
		return &cost.CallEstimate{CostEstimate: cost.RangedCostEstimate(1, mixCost)}
	}
	if constants[function] {
		return &cost.CallEstimate{CostEstimate: cost.RangedCostEstimate(1, 1)}
	}
	return nil
}
