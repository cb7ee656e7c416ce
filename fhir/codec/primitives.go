package codec

import (
	"strconv"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// primitive is the lexical class of a primitive type.
type primitive uint8

const (
	notPrimitive primitive = iota
	booleanType
	integerType
	unsignedIntType
	positiveIntType
	decimalType
	stringType
	markdownType
	xhtmlType
	codeType
	idType
	oidType
	uuidType
	uriType
	canonicalType
	dateType
	dateTimeType
	instantType
	timeType
	base64Type
	closedCode   // a code with a required binding that lists its codes
	openCode     // a code whose required binding cannot be listed: MIME types
	currencyCode // ISO 4217
)

// primitiveByMessage maps google/fhir's messages to lexical classes.
var primitiveByMessage = map[protoreflect.Name]primitive{
	"Boolean": booleanType, "Integer": integerType, "UnsignedInt": unsignedIntType, "PositiveInt": positiveIntType,
	"Decimal": decimalType, "String": stringType, "Markdown": markdownType, "Xhtml": xhtmlType, "Code": codeType,
	"Id": idType, "Oid": oidType, "Uuid": uuidType, "Uri": uriType, "Url": uriType, "Canonical": canonicalType,
	"Date": dateType, "DateTime": dateTimeType, "Instant": instantType, "Time": timeType, "Base64Binary": base64Type,
}

// flags are what readers of the tape want to know about values of the type.
func (p primitive) flags() flags {
	switch p {
	case uriType, oidType, uuidType:
		return flagURI
	case xhtmlType:
		return flagNarrative
	}
	return 0
}

// maxStringBytes is R4's limit for a string: 1 MB.
const maxStringBytes = 1 << 20

// expectation says in words what a primitive of the class looks like.
var expectation = [...]string{
	booleanType:     "true or false",
	integerType:     "an integer: digits without fraction or exponent, between -2147483648 and 2147483647",
	unsignedIntType: "an unsignedInt: a whole number from 0 to 2147483647",
	positiveIntType: "a positiveInt: a whole number from 1 to 2147483647",
	decimalType:     "a decimal: a JSON number with an exponent between -6144 and 6144",
	stringType:      "a string with visible text, of at most 1 MB, without control characters",
	markdownType:    "a markdown string with visible text, of at most 1 MB, without control characters",
	xhtmlType:       "an XHTML div",
	codeType:        "a code: no white space but single blanks between words",
	idType:          "an id: 1 to 64 letters, digits, hyphens and dots",
	oidType:         "an oid such as urn:oid:1.2.3.4",
	uuidType:        "a uuid such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520, in lower case",
	uriType:         "a uri without white space",
	canonicalType:   "a canonical uri without white space",
	dateType:        "a date: YYYY, YYYY-MM or YYYY-MM-DD",
	dateTimeType:    "a dateTime: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a time zone",
	instantType:     "an instant: YYYY-MM-DDThh:mm:ss with a time zone",
	timeType:        "a time: hh:mm:ss",
	base64Type:      "base64 in groups of four characters",
	closedCode:      "a code of the value set",
	openCode:        "a code: no white space but single blanks between words",
	currencyCode:    "an ISO 4217 currency code such as USD",
}

// accepts checks the unescaped text of a string value against its class. Classes that JSON writes otherwise never
// match; closedCode needs its code set and is checked by the caller.
func (p primitive) accepts(text []byte) bool {
	switch p {
	case stringType, markdownType:
		return len(text) <= maxStringBytes && isText(text)
	case codeType, openCode:
		return isCode(text)
	case idType:
		return isID(text)
	case oidType:
		return isOID(text)
	case uuidType:
		return isUUID(text)
	case uriType, canonicalType:
		return isURI(text)
	case dateType:
		return isDate(text)
	case dateTimeType:
		return isDate(text) || isInstant(text)
	case instantType:
		return isInstant(text)
	case timeType:
		return isTime(text)
	case base64Type:
		return isBase64(text)
	case currencyCode:
		return isCurrency(text)
	}
	return false
}

// acceptsNumber checks the text of a JSON number against its class.
func (p primitive) acceptsNumber(text []byte) bool {
	switch p {
	case decimalType:
		return hasModestExponent(text)
	case integerType, unsignedIntType, positiveIntType:
	default:
		return false
	}
	if text[0] == '-' && (p != integerType || len(text) == 2 && text[1] == '0') {
		return false
	}
	n, err := strconv.ParseInt(viewString(text), 10, 32) // refuses a fraction and an exponent too
	return err == nil && (p != positiveIntType || n > 0)
}

// maxExponent is that of IEEE decimal128. R4 sets no limit, but arithmetic on 1e999999999 would stop a server.
const maxExponent = 6144

func hasModestExponent(number []byte) bool {
	for i, c := range number {
		if c|0x20 == 'e' {
			n, err := strconv.Atoi(viewString(number[i+1:]))
			return err == nil && n >= -maxExponent && n <= maxExponent
		}
	}
	return true
}
