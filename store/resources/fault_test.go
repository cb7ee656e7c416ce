package resources

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
	"claimwright/store"
)

func TestStoreFaults(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{store.ErrTooCostly, 422, outcome.TooCostly},
		{store.ErrCursorLost, 400, outcome.Value},
		{store.ErrBadSeal, 400, outcome.Value},
		{store.ErrNotStaged, 422, outcome.NotSupported},
		{store.ErrDenied, 403, outcome.Forbidden},
		{store.ErrClosed, 503, outcome.NoStore},
		{errors.New("disk is full"), 503, outcome.NoStore},
	} {
		t.Run(c.err.Error(), func(t *testing.T) {
			err := storeFault(fmt.Errorf("read: %w", c.err))
			require.ErrorIs(t, err, c.err, "the log has the cause")
			var said *outcome.Error
			require.ErrorAs(t, err, &said)
			require.Equal(t, c.status, said.Status)
			require.Equal(t, c.code, said.Issues[0].Code)
			require.NotContains(t, said.Error(), "disk")
			require.Equal(t, err, storeFault(err), "said once")
		})
	}
	for _, err := range []error{nil, store.ErrConflict, context.Canceled, context.DeadlineExceeded} {
		require.Equal(t, err, storeFault(err), "left to the unit of work")
	}
}

func TestExplain(t *testing.T) {
	own := errors.New("own")
	require.NoError(t, explain(nil))
	require.Equal(t, own, explain(own))
	require.Equal(t, context.Canceled, explain(context.Canceled))
	var said *outcome.Error
	require.ErrorAs(t, explain(fmt.Errorf("read: %w", context.DeadlineExceeded)), &said)
	require.Equal(t, 503, said.Status)
	require.Equal(t, outcome.Timeout, said.Issues[0].Code)
	require.Positive(t, said.RetryAfter)
	require.ErrorAs(t, readFault(fmt.Errorf("read: %w", context.DeadlineExceeded)), &said)
	require.Equal(t, outcome.Timeout, said.Issues[0].Code)
}
