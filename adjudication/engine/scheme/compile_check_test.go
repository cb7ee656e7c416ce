package scheme

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
)

// checkJSON is a check-setting of "part=json" pairs.
func checkJSON(parts ...string) string {
	var subs []string
	for _, p := range parts {
		name, value, _ := strings.Cut(p, "=")
		subs = append(subs, `{"url":"`+name+`",`+value+`}`)
	}
	return `,{"url":"` + own + `check-setting","extension":[` + strings.Join(subs, ",") + `]}`
}

const off, deny, review = `enabled="valueBoolean":false`, `action="valueCode":"deny"`, `action="valueCode":"review"`

func check(code string) string { return `check="valueCode":"` + code + `"` }

func TestChecksThatCannotBeSetSoAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		setting, text string
	}{
		"no date":        {checkJSON(check("target-date"), off), "The check cannot be switched off: a line without a date of service cannot be decided"},
		"no cover":       {checkJSON(check("no-cover"), off), "The check cannot be switched off: without a cover and its plan in force there is nothing that could pay"},
		"no plan":        {checkJSON(check("plan-not-in-force"), review), "A reviewer cannot pass what the check stops: without a cover and its plan in force there is nothing that could pay"},
		"unknown":        {checkJSON(check("none")), "There is no such check to be set"},
		"no check":       {checkJSON(off), "There is no such check to be set"},
		"reserved":       {checkJSON(check("reserved-18"), off), "There is no such check to be set"},
		"twice":          {checkJSON(check("frequency"), off) + checkJSON(check("frequency"), deny), "The check is set twice"},
		"no window":      {checkJSON(check("frequency"), `days="valueUnsignedInt":3`), "The check has no window of days"},
		"no list":        {checkJSON(check("frequency"), `list="valueCanonical":"urn:list"`), "The check has no list"},
		"window needed":  {checkJSON(check("late-submission")), "The check needs its window"},
		"list needed":    {checkJSON(check("diagnosis-not-listed")), "The check needs its list"},
		"unknown list":   {checkJSON(check("diagnosis-not-listed"), `list="valueUri":"urn:none"`), "There is no such list of codes"},
		"no content":     {checkJSON(check("frequency"), `match="valueCode":"near"`), "The check compares no content"},
		"exact is a day": {checkJSON(check("duplicate-content"), `days="valueUnsignedInt":3`), "Only near repetitions have a window of days"},
		"too far":        {checkJSON(check("duplicate-content"), `match="valueCode":"near"`, `days="valueUnsignedInt":2000`), "The window is too long"},
		"unknown action": {checkJSON(check("frequency"), `action="valueCode":"pay"`), `Part "action" has an unknown code`},
		"unknown level":  {checkJSON(check("frequency"), `per="valueCode":"member"`), `Part "per" has an unknown code`},
		"wrong type":     {checkJSON(check("frequency"), `enabled="valueCode":"no"`), `Part "enabled" has the wrong type`},
		"unknown part":   {checkJSON(check("frequency"), `when="valueCode":"never"`), "The extension has no such part"},
	} {
		t.Run(name, func(t *testing.T) {
			for owner, bodies := range map[string][]string{
				"an insurer": {strings.Replace(insurerJSON, `"Africa/Nairobi"}`, `"Africa/Nairobi"}`+c.setting, 1)},
				"a plan":     {insurerJSON, fill(planJSON, "ID=p", "EXT="+c.setting)},
			} {
				sch, issues := compile(t, bodies...)
				require.NotEmpty(t, issues, owner)
				require.Equal(t, c.text, issues[0].Text, owner)
				require.Equal(t, outcome.Failure, issues[0].Severity)
				if owner == "a plan" {
					require.Nil(t, sch.Plan("Organization/ins", "P", at("2026-05-01")), "what cannot be used is left out whole")
				}
			}
		})
	}
}

func TestAListMayStillCome(t *testing.T) {
	_, issues := compile(t, insurerJSON, fill(planJSON, "ID=p", "EXT="+checkJSON(check("diagnosis-not-listed"), `list="valueCanonical":"urn:list"`)))
	require.Equal(t, outcome.NotFound, issues[0].Code)
}

func TestDefaultsOfChecks(t *testing.T) {
	sch := complete(t, insurerJSON)
	checks := sch.Insurer("Organization/ins").Checks
	for c := range checks {
		s := checks[c]
		require.Equal(t, c == int(CheckDiagnosis) || c == int(CheckLate) || c == int(CheckBackDated) || c == int(CheckContent), s.Off, Check(c).Code())
		require.Equal(t, c >= 11 && c <= 15 || c == 19 || c == 31, s.PerClaim, Check(c).Code())
		require.Equal(t, HitDenies, s.Action)
	}
}
