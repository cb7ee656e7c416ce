package money

// Digits is the number of digits behind the point in a currency (ISO 4217 minor units): 2, unless the currency is one
// of the exceptions. It does not check that the currency exists; the codec did.
func Digits(currency string) uint8 {
	switch currency {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	case "CLF", "UYW":
		return 4
	}
	return 2
}
