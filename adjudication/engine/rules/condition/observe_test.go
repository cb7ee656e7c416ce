package condition

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// observed tells the parts of an expression about the view's line, as "1:1 text: true".
func observed(t *testing.T, text string) []string {
	t.Helper()
	o, err := Observe(text, options)
	require.NoError(t, err)
	var told []string
	outcomes := o.About(view())
	for i, p := range o.Parts() {
		result := outcomes[i].Fault
		if outcomes[i].True || outcomes[i].False {
			result = fmt.Sprint(outcomes[i].True)
		}
		if p.Needed {
			result += ", needed"
		}
		told = append(told, fmt.Sprintf("%d:%d %s: %s", p.Line, p.Column, p.Text, result))
	}
	return told
}

func TestThePartsOfAnExpression(t *testing.T) {
	for text, want := range map[string][]string{
		`line.code == "S-DEL"`: {`1:1 line.code == "S-DEL": true, needed`},
		`line.code in list("maternity") && member.age > 15 && claim.authorized`: {
			`1:1 line.code in list("maternity") && member.age > 15 && claim.authorized: false, needed`,
			`1:1 line.code in list("maternity"): true, needed`, `1:35 member.age > 15: false, needed`, `1:54 claim.authorized: false, needed`,
		},
		"member.age < 5 ||\n  !(diagnoses.any(within(\"O00-O9A\")))": {
			`1:1 member.age < 5 || !diagnoses.any(within("O00-O9A")): false, needed`, `1:1 member.age < 5: false`,
			`2:3 !diagnoses.any(within("O00-O9A")): false`, `2:5 diagnoses.any(within("O00-O9A")): true`,
		},
		`line.code == "X" && line.date > member.died`: {
			`1:1 line.code == "X" && line.date > member.died: false, needed`, `1:1 line.code == "X": false, needed`,
			`1:21 line.date > member.died: the day is not known, needed`,
		},
		`["a", "b"].exists(x, x == "a") && true`: {
			`1:1 ["a", "b"].exists(x, x == "a") && true: true, needed`, `1:1 ["a", "b"].exists(x, x == "a"): true, needed`,
		},
		`(member.sex == "male" ? member.age > 3 : member.age > 4)`: {
			`1:2 (member.sex == "male") ? (member.age > 3) : (member.age > 4): true, needed`,
			`1:2 member.sex == "male": true`, `1:25 member.age > 3: true`, `1:42 member.age > 4: true`,
		},
		`true`: nil,
	} {
		t.Run(text, func(t *testing.T) { require.Equal(t, want, observed(t, text)) })
	}
	_, err := Observe("member.agee > 3", options)
	require.ErrorContains(t, err, `there is no fact "agee"`)
}
