package spelling

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNearest(t *testing.T) {
	words := []string{"birthDate", "gender", "id"}
	for word, means := range map[string]string{
		"birthdate": "birthDate", "brithDate": "birthDate", "gendr": "gender", "": "", "x": "", "deceased": "", "ID": "id",
	} {
		require.Equal(t, means, Nearest(word, words), word)
	}
}
