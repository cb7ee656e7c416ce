package server

const simulateDefinition = "https://claimwright.org/fhir/OperationDefinition/PlanDefinition-simulate"

// ruleSimulate is PlanDefinition/$simulate, of our own: what rules that are sent along would have done to stored claims.
func ruleSimulate(s Simulator) *operation {
	return &operation{resourceType: "PlanDefinition", name: "simulate", definition: simulateDefinition, levels: onType, run: forType(s.Simulate), asks: true}
}

// ruleSimulateOne is PlanDefinition/[id]/$simulate: the same for a stored rule.
func ruleSimulateOne(s Simulator) *operation {
	return &operation{resourceType: "PlanDefinition", name: "simulate", definition: simulateDefinition, levels: onInstance, run: forInstance(s.SimulateOne), asks: true}
}

// ruleShadowReport is PlanDefinition/[id]/$shadow-report, of our own: what a rule would have done while it only recorded.
func ruleShadowReport(s Simulator) *operation {
	return &operation{
		resourceType: "PlanDefinition", name: "shadow-report", asks: true, levels: onInstance, run: forInstance(s.ShadowReport),
		definition: "https://claimwright.org/fhir/OperationDefinition/PlanDefinition-shadow-report",
	}
}
