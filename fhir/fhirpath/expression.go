package fhirpath

import (
	"errors"
	"fmt"
)

// Bounds of an expression. The longest of R4's own has some 500 characters and nests 6 deep.
const (
	maxLength  = 8 << 10
	maxNesting = 64
)

// ErrTooLarge is an expression that is too long or nests too deep to be compiled.
var ErrTooLarge = errors.New("the expression is too long or nests too deep")

// Expression is a compiled expression, safe for concurrent use. Compiling takes much longer than evaluating, so whoever
// evaluates one often keeps it.
type Expression struct {
	source string
	term   *term
}

// Compile reads an expression. The error is ErrTooLarge or says what is wrong with it, in words for its author.
func Compile(source string) (e *Expression, err error) {
	if tooLarge(source) {
		return nil, ErrTooLarge
	}
	defer recovered(&err)
	t, err := parse(source)
	if err != nil {
		return nil, fmt.Errorf("the FHIRPath cannot be read: %w", err)
	}
	return &Expression{source: source, term: t}, nil
}

// String is the expression as it was written.
func (e *Expression) String() string { return e.source }

// tooLarge counts brackets without regard to literals and comments: it may refuse an absurd string, never too little.
func tooLarge(source string) bool {
	if len(source) > maxLength {
		return true
	}
	depth := 0
	for i := range len(source) {
		switch source[i] {
		case '(', '[', '{':
			if depth++; depth > maxNesting {
				return true
			}
		case ')', ']', '}':
			depth--
		}
	}
	return false
}

// recovered turns a panic of the library into an error.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = errors.New("the expression cannot be evaluated: the library failed on it")
	}
}
