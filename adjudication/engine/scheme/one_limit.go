package scheme

// apply finds which limits are held against which claims, once for the plan and not for each line.
func (p *Plan) apply() {
	for kind := range p.applying {
		for where := range p.applying[kind] {
			k, w := LimitKind(kind), Setting(where)
			one := p.OneLimit(k, w)
			for i := range p.Limits {
				l := &p.Limits[i]
				if l.Kind == k && l.Concerns(w) && (l == one || p.Practice.Limits == AllLimits) {
					p.applying[kind][where] = append(p.applying[kind][where], i)
				}
			}
		}
	}
}

// OneLimit is, where only one limit of a kind applies, the one that concerns claims of a setting; nil where there is none.
// General limits go before those of the setting, and a limit of 0 is none.
func (p *Plan) OneLimit(kind LimitKind, where Setting) *Limit {
	if l := p.firstOf(kind, AnySetting); l != nil {
		return l
	}
	return p.firstOf(kind, where)
}

// firstOf is the limit of a kind and setting whose scope goes first, the earlier of several of the same scope.
func (p *Plan) firstOf(kind LimitKind, where Setting) *Limit {
	var first *Limit
	for i := range p.Limits {
		l := &p.Limits[i]
		if l.Kind != kind || l.Where != where || l.Amount.IsZero() || p.unread(l) {
			continue
		}
		if first == nil || p.Practice.Limits.rank(l.Scope) < p.Practice.Limits.rank(first.Scope) {
			first = l
		}
	}
	return first
}

// rank is the place of a scope in the choice, the smaller first. Scopes that the choice does not know come last.
func (c LimitChoice) rank(s Scope) int {
	order := [...]Scope{PerPolicy, PerMember, PerClaim}
	for i, known := range order {
		if known == s && c == ClaimLimitFirst {
			return len(order) - i
		}
		if known == s {
			return i
		}
	}
	return len(order) + 1
}

// unread tells whether the practice ignores a limit: an out-patient deductible without its in-patient counterpart.
func (p *Plan) unread(l *Limit) bool {
	if !p.Practice.OutDeductibleNeedsIn || l.Kind != Deductible || l.Where != OutPatient || l.Scope == PerClaim {
		return false
	}
	for i := range p.Limits {
		if o := &p.Limits[i]; o.Kind == Deductible && o.Where == InPatient && o.Scope == l.Scope && !o.Amount.IsZero() {
			return false
		}
	}
	return true
}
