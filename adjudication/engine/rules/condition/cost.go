package condition

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
)

// expensive refuses an expression that could take long. Every fact is bounded, so the bound holds for every claim.
func expensive(env *cel.Env, ast *cel.Ast) *Problem {
	estimate, err := env.EstimateCost(ast, bounds{})
	switch {
	case err != nil:
		return &Problem{Text: "what the expression costs cannot be told: " + err.Error()}
	case estimate.Max > MaxCost:
		return &Problem{Text: fmt.Sprintf("the expression could take too long: it may cost %d, at most %d is allowed", estimate.Max, MaxCost),
			Suggestion: "name a list of codes, or split the rule"}
	}
	return nil
}

// bounds are the sizes of facts at their largest.
type bounds struct{}

const (
	// maxText is longer than any code or name that rules compare; longer ones cost more, which is bounded by the request.
	maxText = 256
	// codedCost is what looking up all codes of a claim in a set may cost.
	codedCost = 100
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
