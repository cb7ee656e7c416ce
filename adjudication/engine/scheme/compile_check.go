package scheme

import (
	"strconv"
	"strings"

	"claimwright/adjudication/engine/rules"
	"claimwright/fhir/codec"
)

// checkSettings reads the check settings of an insurer or a plan over those that hold for it already: a part that is not
// given stays as it is.
func (c *compiler) checkSettings(checks *Checks, root codec.Value) {
	var seen [checkCount]bool
	for e := range extensions(root, "check-setting") {
		f := c.fields(e, parts["check-setting"])
		code := f.get("check", nValueCode).Text()
		check, ok := checkOf(code)
		if !ok {
			c.fail(e, "There is no such check to be set", code, strings.Join(checkCodes(), ", "))
			continue
		}
		if seen[check] {
			c.fail(e, "The check is set twice", code, "one check-setting for each check")
			continue
		}
		seen[check] = true
		c.checkSetting(&checks[check], check, f)
	}
}

func checkCodes() []string {
	var codes []string
	for c := range checkInfos {
		if code := checkInfos[c].code; code != "" {
			codes = append(codes, code)
		}
	}
	return codes
}

func (c *compiler) checkSetting(s *CheckSetting, check Check, f fields) {
	info := &checkInfos[check]
	if f.has("per") {
		s.PerClaim, s.levelled = choice(f, "per", checkLevels) == perClaim, true
	}
	switch {
	case f.has("enabled"):
		s.Off = !f.flag("enabled")
	case !s.named: // who sets a check for the first time means to have it
		s.Off = false
	}
	s.named = true
	if f.has("action") {
		s.Action = choice(f, "action", checkActions)
	}
	if f.has("match") {
		s.Match = choice(f, "match", contentMatches)
	}
	if f.has("withinClaim") {
		s.WithinClaim = f.flag("withinClaim")
	}
	if f.has("days") {
		s.Days = int32(f.whole("days"))
	}
	if f.has("list") && info.list {
		s.List = c.codeList(f.get("list", nValueCanonical, nValueURI))
	}
	c.checkFits(s, info, f)
}

// checkFits refuses what the check cannot do.
func (c *compiler) checkFits(s *CheckSetting, info *checkInfo, f fields) {
	switch {
	case info.fixed != "" && s.Off:
		c.fail(f.at, "The check cannot be switched off: "+info.fixed, info.code, "enabled true, or no such part")
	case info.fixed != "" && s.Action == HitReviews:
		c.fail(f.at, "A reviewer cannot pass what the check stops: "+info.fixed, info.code, "action deny, or no such part")
	case f.has("days") && !info.days:
		c.fail(f.at, "The check has no window of days", info.code, "no part \"days\"")
	case f.has("list") && !info.list:
		c.fail(f.at, "The check has no list", info.code, "no part \"list\"")
	case (f.has("match") || f.has("withinClaim")) && !info.match:
		c.fail(f.at, "The check compares no content", info.code, "no part \"match\" or \"withinClaim\"")
	case info.match && s.Match == ExactMatch && s.Days > 0:
		c.fail(f.at, "Only near repetitions have a window of days", info.code, "match near, or no part \"days\"")
	case s.Days > MaxRollingDays && info.match:
		c.fail(f.at, "The window is too long", strconv.Itoa(int(s.Days)), "days up to "+strconv.Itoa(MaxRollingDays))
	case s.Off || !info.off || info.match:
	case info.days && s.Days == 0:
		c.fail(f.at, "The check needs its window", info.code, "a part \"days\" of 1 or more")
	case info.list && !f.has("list") && s.List == nil:
		c.fail(f.at, "The check needs its list", info.code, "a part \"list\" with the url of a ValueSet or CodeSystem")
	}
}

// ListsNamed are the canonical urls, or names, of the lists that the check settings of an Organization or InsurancePlan, or the
// conditions of a rule, name, as they are written.
func ListsNamed(doc *codec.Document) []string {
	if rules.Is(doc) {
		return rules.ListsNamed(doc)
	}
	var urls []string
	for e := range extensions(doc.Root(), "check-setting") {
		for sub := range e.Get(nExtension).Each() {
			if sub.Get(nURL).Text() == "list" {
				if url := valueOf(sub).Text(); url != "" {
					urls = append(urls, strings.Clone(url))
				}
			}
		}
	}
	return urls
}
