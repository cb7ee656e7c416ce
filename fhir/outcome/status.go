package outcome

import "net/http"

// Rejected is the Error for the problems that were found in a request's content: 413 when it is too large, 422 when it is
// well-formed and only its meaning is wrong (a code, an extension, an invariant or a business rule), else 400. No issue of
// severity error or fatal counts as none; with none at all, Rejected is nil.
func Rejected(issues []Issue) *Error {
	status := 0
	for i := range issues {
		if issues[i].Severity == Warning || issues[i].Severity == Information {
			continue
		}
		status = worse(status, statusOf(issues[i].Code))
	}
	if status == 0 {
		return nil
	}
	return Of(status, issues)
}

// statusOf is the status that a problem of content deserves when it stands alone.
func statusOf(code string) int {
	switch code {
	case TooLong:
		return http.StatusRequestEntityTooLarge
	case CodeInvalid, Extension, Invariant, BusinessRule:
		return http.StatusUnprocessableEntity
	}
	return http.StatusBadRequest
}

// worse picks the status of two problems that occur together: what is too large was not read whole, and what is malformed
// cannot be judged by its meaning.
func worse(a, b int) int {
	for _, status := range []int{http.StatusRequestEntityTooLarge, http.StatusBadRequest} {
		if a == status || b == status {
			return status
		}
	}
	return max(a, b)
}
