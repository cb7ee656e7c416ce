package telemetry_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/cmd/internal/telemetry"
)

func TestLevelAndFormat(t *testing.T) {
	var out bytes.Buffer
	log := telemetry.NewLogger(&out, "warn", "json")
	log.Info("not said")
	require.Empty(t, out.String())
	log.Warn("said", "count", 3)
	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	require.Equal(t, "said", line["msg"])
	require.EqualValues(t, 3, line["count"])
}

func TestUnknownLevelCountsAsInfo(t *testing.T) {
	var out bytes.Buffer
	log := telemetry.NewLogger(&out, "loud", "text")
	log.Debug("not said")
	log.Info("said")
	require.Contains(t, out.String(), "msg=said")
	require.NotContains(t, out.String(), "not said")
}
