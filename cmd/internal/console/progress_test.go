package console_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/cmd/internal/console"
)

func TestProgressElsewhereIsALinePerStage(t *testing.T) {
	var out bytes.Buffer
	p := console.NewProgress(&out)
	p.Show("read", 1, 2)
	p.Show("read", 2, 2)
	p.Show("write", 7, 0)
	p.Done()
	p.Done()
	require.Equal(t, "read: 2\nwrite: 7\n", out.String())
}
