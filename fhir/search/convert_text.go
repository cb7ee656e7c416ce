package search

import (
	"strings"

	"claimwright/fhir/codec"
)

func textValue(x *extraction, y *yield, v codec.Value) {
	x.sortByText(y, x.text(y, v))
}

// text adds a text and returns its folded form.
func (x *extraction) text(y *yield, v codec.Value) string {
	exact := v.Text()
	if exact == "" {
		return ""
	}
	folded := cut(Fold(exact), MaxText)
	x.strings.add(Text{y.key, folded, bounded(exact)})
	return folded
}

// nameValueOf adds all parts of a HumanName. It sorts by family and given names, or by the text of a name without parts.
func nameValueOf(x *extraction, y *yield, v codec.Value) {
	x.parts(y, v, namePrefix, nameSuffix)
	sortText := x.parts(y, v, nameFamily, nameGiven)
	whole := x.text(y, v.Get(nameText))
	if sortText == "" {
		sortText = whole
	}
	x.sortByText(y, sortText)
}

// addressValue adds all parts of an Address. It sorts by country, state, district, city, postal code and lines, or by the
// text of an address without parts.
func addressValue(x *extraction, y *yield, v codec.Value) {
	sortText := x.parts(y, v, nameCountry, nameState, nameDistrict, nameCity, namePostalCode, nameLine)
	whole := x.text(y, v.Get(nameText))
	if sortText == "" {
		sortText = whole
	}
	x.sortByText(y, sortText)
}

// parts adds the texts of some elements and joins their folded forms.
func (x *extraction) parts(y *yield, v codec.Value, names ...codec.Name) string {
	var joined []string
	for _, name := range names {
		for part := range v.Get(name).Each() {
			if folded := x.text(y, part); folded != "" {
				joined = append(joined, folded)
			}
		}
	}
	return cut(strings.Join(joined, " "), MaxText)
}
