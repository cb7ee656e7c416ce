package ledger

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

// MaxCovers bounds the covers of one member.
const MaxCovers = 256

// ErrTooManyCovers is returned when a member would have more than MaxCovers covers.
var ErrTooManyCovers = errors.New("member has too many covers")

// Sex is a member's administrative gender as far as rules ask for it.
type Sex uint8

// The sexes. Other holds other and unknown; the zero value is "not recorded".
const (
	SexNotRecorded Sex = iota
	Male
	Female
	Other
)

// Code is FHIR's administrative gender; empty when not recorded.
func (s Sex) Code() string { return [...]string{"", "male", "female", "other"}[s] }

// Stage tells whether a cover is new or a renewal; waiting periods spare renewals.
type Stage uint8

// The stages. A cover that does not say is new.
const (
	New Stage = iota
	Renewed
)

// Member is the head of one member. It is a value that is never changed once shared: every change makes a new one.
type Member struct {
	// ID is the Patient's id.
	ID string
	// Version is the version of the Patient that the demographics were taken from.
	Version string
	Sex     Sex
	// Birth is 0 when not recorded. Died is 0 for the living.
	Birth, Died day.Date
	// Inactive is set by Patient.active = false.
	Inactive bool
	// Covers is sorted by ID.
	Covers []Cover
	Tally
}

// Cover is what adjudication needs of one Coverage.
type Cover struct {
	// ID and Version are the Coverage's.
	ID, Version string
	// Policy is the id of the policy's head.
	Policy string
	// Insurer is the payor, as "Organization/x". Plan is the plan's code (class of type plan).
	Insurer, Plan string
	Period        day.Period
	// Active is set by Coverage.status = active.
	Active bool
	Stage  Stage
	// MemberPays is the percentage that the member bears, chosen when the cover was bought. When HasMemberPays, it
	// replaces the percentage of every benefit of the plan that pays a percentage.
	MemberPays    money.Decimal
	HasMemberPays bool
	// Identifiers are the Coverage's, as "system|value", for claims that name a cover by identifier.
	Identifiers []string
	// Subscriber is whose family the member belongs to in the policy: what the Coverage names as subscriber, else as
	// beneficiary. Empty in heads of an older format.
	Subscriber string
}

// InForce tells whether the cover itself holds a day; its policy and plan have a say, too.
func (c *Cover) InForce(at day.Date) bool { return c.Active && c.Period.Holds(at) }

// WithCover is the member with a cover added, or replaced where one has its ID.
func (m *Member) WithCover(c Cover) (*Member, error) {
	next := *m
	at, found := m.coverAt(c.ID)
	next.Covers = slices.Clone(m.Covers)
	if found {
		next.Covers[at] = c
		return &next, nil
	}
	if len(m.Covers) >= MaxCovers {
		return nil, ErrTooManyCovers
	}
	next.Covers = slices.Insert(next.Covers, at, c)
	return &next, nil
}

// WithoutCover is the member without the cover of that ID, if there is one.
func (m *Member) WithoutCover(id string) *Member {
	next := *m
	if at, found := m.coverAt(id); found {
		next.Covers = slices.Delete(slices.Clone(m.Covers), at, at+1)
	}
	return &next
}

// Cover is the cover with that Coverage id, nil if there is none.
func (m *Member) Cover(id string) *Cover {
	if at, found := m.coverAt(id); found {
		return &m.Covers[at]
	}
	return nil
}

func (m *Member) coverAt(id string) (int, bool) {
	return slices.BinarySearchFunc(m.Covers, id, func(c Cover, id string) int { return strings.Compare(c.ID, id) })
}

// Family is the id of the head of the family that a cover of the member belongs to. A policy that no Contract describes is
// one family's, so its own head serves. A cover that names no subscriber is the member's own.
func (m *Member) Family(c *Cover) string {
	if strings.HasPrefix(c.Policy, withoutContract) {
		return c.Policy
	}
	return FamilyID(c.Policy, cmp.Or(c.Subscriber, "Patient/"+m.ID))
}

// Belonging is the days on which the member belongs to a policy: the active covers of it, joined where they touch.
func (m *Member) Belonging(policy string) []day.Period {
	return m.belonging(func(c *Cover) bool { return c.Policy == policy })
}

// BelongingToFamily is the days on which the member belongs to a family, by the id of its head.
func (m *Member) BelongingToFamily(family string) []day.Period {
	return m.belonging(func(c *Cover) bool { return m.Family(c) == family })
}

func (m *Member) belonging(to func(*Cover) bool) []day.Period {
	var days []day.Period
	for i := range m.Covers {
		if c := &m.Covers[i]; c.Active && to(c) {
			days = append(days, c.Period)
		}
	}
	slices.SortFunc(days, func(a, b day.Period) int { return int(a.From) - int(b.From) })
	joined := days[:0]
	for _, p := range days {
		if last := len(joined) - 1; last >= 0 && p.From <= joined[last].End()+1 {
			if p.End() > joined[last].End() {
				joined[last].To = p.To
			}
			continue
		}
		joined = append(joined, p)
	}
	return joined
}

// With is the member after an entry beneath its head.
func (m *Member) With(e *Entry) (*Member, error) {
	next := *m
	var err error
	if next.Tally, err = m.Tally.with(e); err != nil {
		return nil, err
	}
	return &next, nil
}
