package value

import (
	"fmt"
	"reflect"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"claimwright/adjudication/engine/day"
)

// DateType is the type of days in conditions.
var DateType = types.NewObjectType("date", traits.ComparerType, traits.AdderType, traits.SubtractorType)

// Date is a day; 0 is a day that is not known. Nothing is before or after a day that is not known, and it equals only
// another such: `!line.date.known` asks for it.
type Date day.Date

// maxDays bounds what may be added to a day.
const maxDays = 1 << 20

// ParseDate reads a FHIR date of a whole day, such as 2026-02-28.
func ParseDate(text string) (Date, error) {
	m, err := day.ParseMoment(text)
	if err != nil || len(text) != len("2026-02-28") {
		return 0, fmt.Errorf("%q is no day such as 2026-02-28", text)
	}
	return Date(m.First(nil)), nil
}

// ConvertToNative gives the day.Date.
func (d Date) ConvertToNative(to reflect.Type) (any, error) {
	if to == reflect.TypeFor[day.Date]() {
		return day.Date(d), nil
	}
	return nil, fmt.Errorf("a date is no %s", to)
}

// ConvertToType knows date and string.
func (d Date) ConvertToType(to ref.Type) ref.Val {
	switch to {
	case types.StringType:
		return types.String(day.Date(d).String())
	case DateType:
		return d
	}
	return types.NewErr("a date is no %s", to.TypeName())
}

// Equal compares days.
func (d Date) Equal(other ref.Val) ref.Val {
	o, ok := other.(Date)
	return types.Bool(ok && o == d)
}

// Type is DateType.
func (d Date) Type() ref.Type { return DateType }

// Value is the day.Date.
func (d Date) Value() any { return day.Date(d) }

// Compare orders days; with a day that is not known there is no order.
func (d Date) Compare(other ref.Val) ref.Val {
	o, ok := other.(Date)
	switch {
	case !ok:
		return types.MaybeNoSuchOverloadErr(other)
	case d == 0 || o == 0:
		return types.NewErr("the day is not known")
	case d < o:
		return types.IntNegOne
	case d > o:
		return types.IntOne
	}
	return types.IntZero
}

// Add gives the day so many days later.
func (d Date) Add(other ref.Val) ref.Val {
	n, ok := other.(types.Int)
	switch {
	case !ok:
		return types.MaybeNoSuchOverloadErr(other)
	case d == 0:
		return types.NewErr("the day is not known")
	case n > maxDays || n < -maxDays:
		return types.NewErr("a date cannot be moved by %d days", n)
	}
	return d + Date(n)
}

// Subtract gives the days between two days, or the day so many days earlier.
func (d Date) Subtract(other ref.Val) ref.Val {
	switch o := other.(type) {
	case Date:
		if d == 0 || o == 0 {
			return types.NewErr("the day is not known")
		}
		return types.Int(d - o)
	case types.Int:
		if o > maxDays || o < -maxDays {
			return types.NewErr("a date cannot be moved by %d days", o)
		}
		return d.Add(-o)
	}
	return types.MaybeNoSuchOverloadErr(other)
}

func (d Date) year() ref.Val  { year, _, _ := day.Date(d).Civil(); return types.Int(year) }
func (d Date) month() ref.Val { _, month, _ := day.Date(d).Civil(); return types.Int(month) }
func (d Date) day() ref.Val   { _, _, n := day.Date(d).Civil(); return types.Int(n) }

// weekday is 1 for Monday to 7 for Sunday, as ISO 8601 counts.
func (d Date) weekday() ref.Val {
	year, month, n := day.Date(d).Civil()
	return types.Int((int(time.Date(year, month, n, 0, 0, 0, 0, time.UTC).Weekday())+6)%7 + 1)
}

func (d Date) weekend() ref.Val { return types.Bool(d.weekday().(types.Int) >= 6) }

func (d Date) known() ref.Val { return types.Bool(d != 0) }
