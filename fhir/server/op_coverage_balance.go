package server

// balanceDefinition defines both.
const balanceDefinition = "https://claimwright.org/fhir/OperationDefinition/Coverage-balance"

// coverageBalance is Coverage/[id]/$balance, of our own: what remains of every limit of one cover.
func coverageBalance(b Balancer) *operation {
	return &operation{resourceType: "Coverage", name: "balance", definition: balanceDefinition, levels: onInstance, run: forInstance(b.Balance), asks: true}
}

// coverageBalances is Coverage/$balance: the same for all covers of a patient.
func coverageBalances(b Balancer) *operation {
	return &operation{resourceType: "Coverage", name: "balance", definition: balanceDefinition, levels: onType, run: forType(b.Balances), asks: true}
}
