package answer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims/answer"
)

func TestFrontEndsBeforeTheItems(t *testing.T) {
	for body, want := range map[string]string{
		`{"id":"1","item":[{"itemSequence":1}],"total":[]}`:              `{"id":"1"}`,
		`{"id":"1","disposition":"an \",\"item\":[ in words","item":[]}`: `{"id":"1","disposition":"an \",\"item\":[ in words"}`,
		`{"id":"1","error":[]}`:                                          `{"id":"1","error":[]}`,
		``:                                                               ``,
	} {
		given := []byte(body)
		require.Equal(t, want, string(answer.Front(given)))
		require.Equal(t, body, string(given), "stored bytes stay as they are")
	}
}
