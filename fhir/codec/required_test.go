package codec

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIsRequired(t *testing.T) {
	for _, element := range []string{"status", "use", "patient", "insurance"} {
		require.True(t, IsRequired("Claim", element), element)
	}
	for _, element := range []string{"identifier", "enterer", "meta", "nothing", ""} {
		require.False(t, IsRequired("Claim", element), element)
	}
	require.True(t, IsRequired("MedicationRequest", "medication"))
	require.False(t, IsRequired("Nothing", "status"))
}
