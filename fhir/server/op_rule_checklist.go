package server

// ruleChecklist is PlanDefinition/$checklist, of our own: the fixed checks and the rules in use, in their order.
func ruleChecklist(c Checklister) *operation {
	return &operation{
		resourceType: "PlanDefinition", name: "checklist", asks: true, levels: onType, run: forType(c.Checklist),
		definition: "https://claimwright.org/fhir/OperationDefinition/PlanDefinition-checklist",
	}
}
