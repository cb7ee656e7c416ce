package codec

import "strings"

// currencyValueSet is the binding that Money.currency has in R4; its value set is "all of ISO 4217".
const currencyValueSet = "http://hl7.org/fhir/ValueSet/currencies"

// activeCurrencies is ISO 4217 list one, "Current currency & funds code list", as published by SIX Financial
// Information, the standard's maintenance agency (https://www.six-group.com/en/products-services/financial-information/data-standards.html),
// with its amendments up to number 179.
const activeCurrencies = `
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD
HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD
MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN
PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD
TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD
XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG`

// withdrawnCurrencies are those of ISO 4217 list three that were legal tender after 2010: bills of the past are still
// claimed, corrected and read.
const withdrawnCurrencies = `
ANG BGN BYR CUC EEK HRK LTL LVL MRO SLL STD VEF ZMK ZWL`

// currencies has one bit for every three-letter word, AAA first.
var currencies = func() (set [(26*26*26 + 63) / 64]uint64) {
	for _, code := range strings.Fields(activeCurrencies + withdrawnCurrencies) {
		n := currencyNumber([]byte(code))
		set[n/64] |= 1 << (n % 64)
	}
	return set
}()

// currencyNumber numbers the words of three capital letters.
func currencyNumber(code []byte) uint {
	return uint(code[0]-'A')*26*26 + uint(code[1]-'A')*26 + uint(code[2]-'A')
}

// isCurrency reports whether a code is in ISO 4217. Codes are case-sensitive in FHIR, so "usd" is not.
func isCurrency(code []byte) bool {
	if len(code) != 3 {
		return false
	}
	for _, c := range code {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	n := currencyNumber(code)
	return currencies[n/64]>>(n%64)&1 != 0
}
