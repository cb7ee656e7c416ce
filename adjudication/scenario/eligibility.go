package scenario

import (
	"encoding/json"
	"strconv"
)

// insurance is one cover in a CoverageEligibilityResponse.
type insurance struct {
	Coverage struct{ Reference string }
	Inforce  bool
	Item     []coverItem
}

// coverItem is a limit, which has a name, or an answer about a code.
type coverItem struct {
	ProductOrService      *struct{ Coding []struct{ Code string } }
	Name, Description     string
	Excluded              *bool
	AuthorizationRequired *bool
	Network               struct{ Coding []struct{ Code string } }
	Benefit               []struct {
		Type                                struct{ Coding []struct{ Code string } }
		AllowedMoney, UsedMoney             struct{ Value json.Number }
		AllowedUnsignedInt, UsedUnsignedInt json.Number
		AllowedString, UsedString           string
	}
}

// eligibility reads what is expected of a CoverageEligibilityResponse: of the first cover, or of each by its name.
func (e *expecting) eligibility() {
	e.text("outcome", "outcome", func(a *answer) string { return a.Outcome })
	e.text("disposition", "disposition", func(a *answer) string { return a.Disposition })
	e.contains("error", "error", func(a *answer) []string { return a.faults() })
	e.standing("", func(a *answer) *insurance { return a.insurance("") })
	if covers := e.Get("covers"); covers != nil {
		for _, entry := range covers.Object(e.problems).Node.Entries {
			inner := &expecting{Object: entry.Value.Object(e.problems), step: e.step, problems: e.problems}
			inner.standing(entry.Key+", ", func(a *answer) *insurance { return a.insurance(entry.Key) })
			inner.Done()
		}
	}
}

// insurance is that of a cover, the first for an empty name; nil when there is none.
func (a *answer) insurance(cover string) *insurance {
	for i := range a.Insurance {
		if cover == "" || a.Insurance[i].Coverage.Reference == "Coverage/"+cover {
			return &a.Insurance[i]
		}
	}
	return nil
}

// standing expects something of one cover: inforce, limits and items.
func (e *expecting) standing(prefix string, of func(*answer) *insurance) {
	e.text("inforce", prefix+"in force", func(a *answer) string {
		if in := of(a); in != nil {
			return strconv.FormatBool(in.Inforce)
		}
		return "no such cover"
	})
	if limits := e.Get("limits"); limits != nil {
		for _, entry := range limits.Object(e.problems).Node.Entries {
			l := &expecting{Object: entry.Value.Object(e.problems), step: e.step, problems: e.problems}
			for _, figure := range []string{"allowed", "used", "left"} {
				l.amount(figure, prefix+entry.Key+", "+figure, func(a *answer) string { return of(a).limit(entry.Key, figure) })
			}
			l.Done()
		}
	}
	if items := e.Get("items"); items != nil {
		for _, entry := range items.Object(e.problems).Node.Entries {
			l := &expecting{Object: entry.Value.Object(e.problems), step: e.step, problems: e.problems}
			l.item(prefix+entry.Key, func(a *answer) *coverItem { return of(a).item(entry.Key) })
			l.Done()
		}
	}
}

func (in *insurance) limit(name, figure string) string {
	if in == nil {
		return "no such cover"
	}
	for i := range in.Item {
		if in.Item[i].Name != name || len(in.Item[i].Benefit) == 0 || in.Item[i].ProductOrService != nil {
			continue
		}
		b := &in.Item[i].Benefit[0]
		allowed := or(b.AllowedMoney.Value.String(), or(b.AllowedUnsignedInt.String(), b.AllowedString))
		used := or(or(b.UsedMoney.Value.String(), or(b.UsedUnsignedInt.String(), b.UsedString)), "0")
		return map[string]string{"allowed": allowed, "used": used, "left": left(allowed, used)}[figure]
	}
	return "no such limit"
}

func (in *insurance) item(code string) *coverItem {
	if in == nil {
		return nil
	}
	for i := range in.Item {
		if of := in.Item[i].ProductOrService; of != nil && len(of.Coding) > 0 && of.Coding[0].Code == code {
			return &in.Item[i]
		}
	}
	return nil
}

// item expects something of what is said about a code.
func (e *expecting) item(what string, of func(*answer) *coverItem) {
	field := func(read func(*coverItem) string) func(*answer) string {
		return func(a *answer) string {
			if item := of(a); item != nil {
				return read(item)
			}
			return "no such item"
		}
	}
	e.text("excluded", what+", excluded", field(func(i *coverItem) string { return flag(i.Excluded) }))
	e.text("authorizationRequired", what+", authorisation required", field(func(i *coverItem) string { return flag(i.AuthorizationRequired) }))
	e.text("network", what+", network", field(func(i *coverItem) string {
		if len(i.Network.Coding) == 0 {
			return ""
		}
		return i.Network.Coding[0].Code
	}))
	for _, f := range []struct{ key, code, what string }{
		{"paid", "benefit", "paid"}, {"submitted", "submitted", "submitted"}, {"eligible", "eligible", "eligible"},
		{"member", "member-liability", "borne by the member"}, {"provider", "provider-liability", "borne by the provider"},
	} {
		e.amount(f.key, what+", "+f.what, field(func(i *coverItem) string { return i.figure(f.code) }))
	}
	e.contains("text", what+", description", func(a *answer) []string {
		if item := of(a); item != nil {
			return []string{item.Description}
		}
		return nil
	})
}

// figure is the amount of a kind that a claim would get; the terms of the benefit come before it under the same code. A
// figure of nothing is left out.
func (i *coverItem) figure(code string) string {
	found := "0"
	for j := range i.Benefit {
		b := &i.Benefit[j]
		if len(b.Type.Coding) > 0 && b.Type.Coding[0].Code == code {
			found = b.AllowedMoney.Value.String()
		}
	}
	return found
}

func flag(b *bool) string {
	if b == nil {
		return "not said"
	}
	return strconv.FormatBool(*b)
}
