// Package money is exact decimal arithmetic for amounts, quantities and percentages.
//
// It owns the Decimal (a 64-bit coefficient and a scale), the products and quotients that adjudication needs with their
// half-up rounding, and the number of digits of each currency. It must not know claims, plans or FHIR.
//
// Nothing here rounds unless its name says so, no result depends on the order of additions, and no operation
// allocates. What does not fit 64 bits becomes Overflow, which is contagious like NaN: a formula stays readable and is
// judged once, at its end, with Valid.
//
//	gross := money.Product(2, quantity, unitPrice, factor) // quantity × unitPrice × factor, half up to 2 digits
//	if !gross.Valid() {
//		return errTooLarge
//	}
package money
