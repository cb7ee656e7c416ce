package engine

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/conformance"
	"claimwright/fhir/codec"
)

func definition(t *testing.T, name string) codec.Value {
	t.Helper()
	body, err := conformance.Definition(name)
	require.NoError(t, err)
	doc, issues := codec.Parse(body, codec.Limits{})
	require.Empty(t, issues)
	return doc.Root()
}

// concepts are the display texts of a code system by code.
func concepts(t *testing.T, name string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for concept := range definition(t, "CodeSystem-"+name+".json").Field("concept").Each() {
		found[concept.Field("code").Text()] = concept.Field("display").Text()
	}
	return found
}

func TestDenialsAreTheCodeSystem(t *testing.T) {
	root := definition(t, "CodeSystem-denial-reason.json")
	require.Equal(t, DenialSystem, root.Field("url").Text())
	byCode := map[string]Denial{}
	for d := range denials {
		byCode[d.Code()] = d
	}
	require.Len(t, byCode, len(denials), "codes are distinct")
	defined := 0
	for concept := range root.Field("concept").Each() {
		d, ok := byCode[concept.Field("code").Text()]
		require.True(t, ok, "no denial for %s", concept.Field("code").Text())
		require.Equal(t, concept.Field("display").Text(), d.Display())
		properties := map[string]string{}
		for p := range concept.Field("property").Each() {
			properties[p.Field("code").Text()] = p.Field("valueCode").Text() + p.Field("valueInteger").Text()
		}
		require.Equal(t, properties["bearer"], d.Bearer().String())
		number, known := d.OpenIMIS()
		require.Equal(t, known, properties["openimis"] != "", d.Code())
		if known {
			require.Equal(t, properties["openimis"], strconv.Itoa(number))
		}
		defined++
	}
	require.Equal(t, len(denials), defined)
}

func TestDenialsOneToTwentyOneAreThoseOfOpenIMIS(t *testing.T) {
	for d := Denial(1); d <= 21; d++ {
		number, known := d.OpenIMIS()
		require.True(t, known)
		require.Equal(t, int(d), number)
	}
}

func TestCodesAreTheCodeSystems(t *testing.T) {
	kinds := map[string]bool{}
	for k := DeductibleCheck; k <= FrequencyCheck; k++ {
		kinds[k.Code()] = true
	}
	own := map[string]bool{"provider-liability": true, "member-liability": true, "other-payer-liability": true}
	for k := Disallowed; k <= OverCeiling; k++ {
		if k.System() == OwnAdjudicationSystem {
			own[k.Code()] = true
		}
	}
	reviews := map[string]bool{}
	for r := ReviewByService; r <= ReviewByRule; r++ {
		reviews[r.Code()] = true
		require.NotEmpty(t, reviewTexts[r])
	}
	for name, codes := range map[string]map[string]bool{
		"check-kind": kinds, "adjudication-category": own, "review-reason": reviews,
		"cut-bearer": {ByProvider.String(): true, ByMember.String(): true, ByOthers.String(): true},
	} {
		defined := concepts(t, name)
		require.Len(t, codes, len(defined), name)
		for code := range codes {
			require.Contains(t, defined, code, name)
		}
	}
}

func TestFaultsAreTheCodeSystem(t *testing.T) {
	defined := concepts(t, "adjudication-fault")
	require.Len(t, faultDisplays, len(defined))
	for code, display := range faultDisplays {
		require.Equal(t, defined[string(code)], display)
	}
}

func TestStatesAreInTheCodeSystem(t *testing.T) {
	defined := concepts(t, "business-state")
	for state, text := range dispositions {
		require.Contains(t, defined, string(state))
		require.NotEmpty(t, text)
	}
}
