package money

import "math/big"

// shareBig does in arbitrary precision what Share promises: scales can add up to more than 192 bits hold.
func shareBig(digits uint8, total, part, whole Decimal) Decimal {
	num := new(big.Int).Mul(big.NewInt(total.coef), big.NewInt(part.coef))
	negative := num.Sign() < 0
	num.Abs(num)
	num.Mul(num, tenTo(digits+whole.scale))
	den := new(big.Int).Mul(big.NewInt(whole.coef), tenTo(total.scale+part.scale))
	// half up: floor((2·num + den) / (2·den))
	num.Lsh(num, 1).Add(num, den)
	num.Quo(num, den.Lsh(den, 1))
	if !num.IsInt64() {
		return Overflow
	}
	return signed(num.Uint64(), negative, digits)
}

func tenTo(n uint8) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}
