package codec

import (
	"testing"

	"github.com/google/fhir/go/fhirversion"
	"github.com/google/fhir/go/jsonformat"
	"github.com/stretchr/testify/require"
)

// oracle is google/fhir's own parser and validator, against which Parse is compared.
type oracle struct{ unmarshaller *jsonformat.Unmarshaller }

func newOracle(t testing.TB) oracle {
	t.Helper()
	u, err := jsonformat.NewUnmarshaller("UTC", fhirversion.R4)
	require.NoError(t, err)
	return oracle{u}
}

// check is the oracle's objection, nil if it accepts the resource.
func (o oracle) check(body []byte) error {
	_, err := o.unmarshaller.Unmarshal(body)
	return err
}
