package answer

import "bytes"

var items = []byte(`,"item":[`)

// Front is a response that this server wrote up to its items, as a ClaimResponse of its own: all that BasisOf reads, and a
// tenth of the bytes. No string can hold the mark, as quotes in strings are escaped, and nothing before the items has an
// element of that name. Where the elements stand in another order, what comes back is no valid ClaimResponse or lacks the
// basis, and the whole is to be read.
func Front(body []byte) []byte {
	at := bytes.Index(body, items)
	if at < 0 {
		return body
	}
	front := make([]byte, at+1)
	front[copy(front, body[:at])] = '}'
	return front
}
