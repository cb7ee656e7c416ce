package scheme

import (
	"strings"
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

func TestVocabulariesAreTheCodeSystems(t *testing.T) {
	for name, vocabulary := range map[string][]string{
		"facility-level": levels, "care-type": cares, "service-category": categories, "age-group": ageGroups,
		"visit-type": visitTypes, "frequency-period": frequencyPeriods, "limit-kind": limitKinds, "limit-scope": scopes,
		"care-setting": settings, "limit-period": limitPeriods, "quantity-excess": excesses, "cover-date": coverDates,
		"setting-by": settingWays, "care-check": careChecks, "ceiling-exclusion": ceilingExclusions, "price-origin": priceOrigins,
		"package-kind": packageKinds, "content-match": contentMatches,
		"check-action": checkActions, "check-level": checkLevels, "practice-profile": profiles,
		"authorization-need": authorizationNeeds, "authorization-excess": authorizationExcesses, "authorization-use": authorizationUses,
	} {
		t.Run(name, func(t *testing.T) {
			var codes []string
			for concept := range definition(t, "CodeSystem-"+name+".json").Field("concept").Each() {
				codes = append(codes, concept.Field("code").Text())
			}
			if vocabulary[0] == "" {
				vocabulary = vocabulary[1:]
			}
			require.Equal(t, codes, vocabulary)
		})
	}
}

func TestPartsAreTheSlicesOfTheDefinitions(t *testing.T) {
	for name, known := range parts {
		t.Run(name, func(t *testing.T) {
			var slices []string
			name, part, _ := strings.Cut(name, "/")
			root := definition(t, "StructureDefinition-"+name+".json")
			require.Equal(t, extensionBase+name, root.Field("url").Text())
			prefix := "Extension.extension:"
			if part != "" {
				prefix += part + ".extension:"
			}
			for element := range root.Field("differential").Field("element").Each() {
				id, beneath := strings.CutPrefix(element.Field("id").Text(), prefix)
				if slice := element.Field("sliceName").Text(); beneath && slice != "" && !strings.Contains(id, ":") {
					slices = append(slices, slice)
				}
			}
			require.Equal(t, slices, known)
		})
	}
}
