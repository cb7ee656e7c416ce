package codec

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTypesDefinedInPlaceKeepTheirFirstPath(t *testing.T) {
	cases := []struct {
		name, resource string
		steps          []string
		want           string
	}{
		{"a data type", "Patient", []string{"name"}, "HumanName"},
		{"defined in place", "Claim", []string{"item"}, "Claim.item"},
		{"used again", "Questionnaire", []string{"item", "item"}, "Questionnaire.item"},
		{"used elsewhere", "Observation", []string{"component", "referenceRange"}, "Observation.referenceRange"},
		{"in a data type", "ServiceRequest", []string{"occurrenceTiming", "repeat"}, "Timing.repeat"},
		{"nothing", "Claim", []string{"nothing"}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			typ := ResourceType(c.resource)
			for _, step := range c.steps {
				e := typ.Element([]byte(step))
				if typ = (Type{}); e.Exists() {
					typ = e.Type()
				}
			}
			require.Equal(t, c.want, typ.Path())
		})
	}
}
