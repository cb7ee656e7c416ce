package codec

import (
	"net/url"
	"strconv"
	"strings"

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

// isText reports whether a string has a visible character and no control character but tab, CR and LF.
func isText(text []byte) bool {
	visible := false
	for _, c := range text {
		if c > ' ' {
			visible = true
		} else if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return visible
}

// isCode is R4's [^\s]+(\s[^\s]+)*, and no control characters.
func isCode(text []byte) bool {
	afterBlank := true
	for _, c := range text {
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if afterBlank {
				return false
			}
			afterBlank = true
		case c < ' ':
			return false
		default:
			afterBlank = false
		}
	}
	return !afterBlank
}

func isDigit(c byte) bool { return c-'0' < 10 }

func isLetter(c byte) bool { return (c|0x20)-'a' < 26 }

// isID is R4's [A-Za-z0-9\-\.]{1,64}.
func isID(text []byte) bool {
	if len(text) == 0 || len(text) > 64 {
		return false
	}
	for _, c := range text {
		if !isDigit(c) && !isLetter(c) && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

// isOID is R4's urn:oid:[0-2](\.(0|[1-9][0-9]*))+.
func isOID(text []byte) bool {
	arcs, ok := strings.CutPrefix(viewString(text), "urn:oid:")
	if !ok || arcs == "" || arcs[0] < '0' || arcs[0] > '2' {
		return false
	}
	arcs = arcs[1:]
	if arcs == "" {
		return false
	}
	for arcs != "" {
		if arcs[0] != '.' {
			return false
		}
		arcs = arcs[1:]
		n := 0
		for n < len(arcs) && isDigit(arcs[n]) {
			n++
		}
		if n == 0 || n > 1 && arcs[0] == '0' {
			return false
		}
		arcs = arcs[n:]
	}
	return true
}

// isUUID is R4's urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}.
func isUUID(text []byte) bool {
	hex, ok := strings.CutPrefix(viewString(text), "urn:uuid:")
	if !ok || len(hex) != 36 {
		return false
	}
	for i := range len(hex) {
		c := hex[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if !isDigit(c) && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// plainURI marks the characters that need no closer look behind http:// or urn:.
var plainURI = func() (plain [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/#?=&:;@+$,!*'()|") {
		plain[c] = true
	}
	return plain
}()

// isURI is R4's \S* without the empty string, and what net/url can parse, as google/fhir demands.
func isURI(text []byte) bool {
	s := viewString(text)
	if isPlainURI(s) {
		return true
	}
	for i := range len(s) {
		if s[i] <= ' ' {
			return false
		}
	}
	_, err := url.Parse(s)
	return err == nil && s != ""
}

// isPlainURI recognises the common shapes at a glance: http(s) with a host of letters, and urn.
func isPlainURI(s string) bool {
	rest, web := strings.CutPrefix(s, "http://")
	if !web {
		rest, web = strings.CutPrefix(s, "https://")
	}
	if !web {
		var urn bool
		if rest, urn = strings.CutPrefix(s, "urn:"); !urn {
			return false
		}
	}
	for web && rest != "" && rest[0] != '/' { // the host: a port or user needs net/url
		if c := rest[0]; !isDigit(c) && !isLetter(c) && c != '-' && c != '.' {
			return false
		}
		rest = rest[1:]
	}
	for i := range len(rest) {
		if !plainURI[rest[i]] {
			return false
		}
	}
	return true
}

// isBase64 wants groups of four characters, padded, with white space between groups (R4 base64Binary).
func isBase64(text []byte) bool {
	chars, padding := 0, 0
	for _, c := range text {
		switch {
		case c == ' ' || c == '\n' || c == '\r' || c == '\t':
			if chars%4 != 0 {
				return false
			}
		case c == '=':
			padding++
			chars++
		case isDigit(c) || isLetter(c) || c == '+' || c == '/':
			if padding > 0 {
				return false
			}
			chars++
		default:
			return false
		}
	}
	return chars > 0 && chars%4 == 0 && padding <= 2
}
