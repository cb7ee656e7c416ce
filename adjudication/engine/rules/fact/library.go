package fact

import (
	"fmt"
	"reflect"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"claimwright/adjudication/engine/rules/value"
)

// Library declares the facts and their functions. It needs value.Library.
func Library() cel.EnvOption {
	return func(env *cel.Env) (*cel.Env, error) {
		registry, err := types.NewRegistry()
		if err != nil {
			return nil, fmt.Errorf("declare facts: %w", err)
		}
		options := []cel.EnvOption{cel.CustomTypeProvider(provider{registry}), cel.CustomTypeAdapter(adapter{registry})}
		for i := range Catalogue {
			options = append(options, cel.Variable(Catalogue[i].Name, Catalogue[i].Type))
		}
		options = append(options, historyFunctions()...)
		options = append(options, ledgerFunctions()...)
		options = append(options, mixFunctions()...)
		for _, option := range options {
			if env, err = option(env); err != nil {
				return nil, err
			}
		}
		return env, nil
	}
}

// Functions are the functions of the kinds that have some, for the documentation.
var Functions = []Field{
	{Name: "history.times(codes, days)", Type: cel.IntType, Example: `history.times(list("scans"), 365) >= 2`,
		Doc: "How many lines with services of the set were accepted within so many days, the date of service being the last of them, in claims before this one. A rule may look back at most 1096 days, three years."},
	{Name: "history.daysSince(codes)", Type: cel.IntType, Example: `history.daysSince(list("scans")) in [0, 1, 2]`,
		Doc: "The days from the last service of the set to the date of service; -1 when none is known."},
	{Name: "history.around(code, days)", Type: cel.IntType, Example: `history.around(line.code, 3) > 0`,
		Doc: "How many lines with the service of that code were accepted within so many days before or after the date of service, in claims before this one."},
	{Name: "history.elsewhere(days)", Type: cel.IntType, Example: `history.elsewhere(0) > 0`,
		Doc: "At how many other facilities the member was treated during the visit, or within so many days before or after it. Visits are remembered from the day on that a rule asks for them."},
	{Name: "history.nightsElsewhere()", Type: cel.IntType, Example: `history.nightsElsewhere() > 0`,
		Doc: "How many nights of this stay the member spent at another facility; the day of a transfer is none."},
	{Name: "facility.claimed(codes)", Type: cel.IntType, Example: `facility.claimed(list("visits")) >= 100`,
		Doc: "How many lines with services of the set the facility had claimed when the profile of peers was computed; 0 when that is not known."},
	{Name: "facility.share(codes, among)", Type: value.DecimalType, Example: `facility.share(list("visits-high"), list("visits")) > 40`,
		Doc: "The percentage of its lines with services of the second set that were for services of the first; 0 when that is not known."},
	{Name: "peers.share(codes, among)", Type: value.DecimalType, Example: `facility.share(list("visits-high"), list("visits")) > peers.share(list("visits-high"), list("visits")) * 2`,
		Doc: "The same of all facilities of its level together."},
	{Name: "ledger.used(limit)", Type: value.DecimalType, Example: `ledger.used("yearly") > 100000`,
		Doc: "What was used of the plan's limit with that id; 0 when the plan has none."},
	{Name: "ledger.left(limit)", Type: value.DecimalType, Example: `ledger.left("yearly") < line.billed`,
		Doc: "What is left of the plan's limit with that id; 0 when the plan has none."},
}

func historyFunctions() []cel.EnvOption {
	history := Catalogue[historyKind].Type
	return []cel.EnvOption{
		cel.Function("times", cel.MemberOverload("history_times", []*cel.Type{history, value.CodesType, cel.IntType}, cel.IntType,
			cel.FunctionBinding(func(args ...ref.Val) ref.Val {
				days := args[2].(types.Int)
				if h := lineOf(args[0]).History; h != nil && days > 0 {
					return types.Int(h.Times(args[1].(*value.Codes), int(min(days, MaxHistory))))
				}
				return types.IntZero
			}))),
		cel.Function("daysSince", cel.MemberOverload("history_days_since", []*cel.Type{history, value.CodesType}, cel.IntType,
			cel.BinaryBinding(func(h, codes ref.Val) ref.Val {
				if h := lineOf(h).History; h != nil {
					return types.Int(h.DaysSince(codes.(*value.Codes)))
				}
				return types.IntNegOne
			}))),
		cel.Function("around", cel.MemberOverload("history_around", []*cel.Type{history, cel.StringType, cel.IntType}, cel.IntType,
			cel.FunctionBinding(func(args ...ref.Val) ref.Val {
				if h := lineOf(args[0]).History; h != nil {
					return types.Int(h.Around(string(args[1].(types.String)), window(args[2])))
				}
				return types.IntZero
			}))),
		cel.Function("elsewhere", cel.MemberOverload("history_elsewhere", []*cel.Type{history, cel.IntType}, cel.IntType,
			cel.BinaryBinding(func(h, days ref.Val) ref.Val {
				if h := lineOf(h).History; h != nil {
					return types.Int(h.Elsewhere(window(days)))
				}
				return types.IntZero
			}))),
		cel.Function("nightsElsewhere", cel.MemberOverload("history_nights_elsewhere", []*cel.Type{history}, cel.IntType,
			cel.UnaryBinding(func(h ref.Val) ref.Val {
				if h := lineOf(h).History; h != nil {
					return types.Int(h.NightsElsewhere())
				}
				return types.IntZero
			}))),
	}
}

// window is a number of days as far as a rule may ask.
func window(days ref.Val) int { return int(max(0, min(days.(types.Int), MaxHistory))) }

// MaxHistory is how many days back a rule may ask.
const MaxHistory = 1096

func ledgerFunctions() []cel.EnvOption {
	ledger := Catalogue[ledgerKind].Type
	ask := func(name string, of func(Ledger, string) value.Decimal) cel.EnvOption {
		return cel.Function(name, cel.MemberOverload("ledger_"+name, []*cel.Type{ledger, cel.StringType}, value.DecimalType,
			cel.BinaryBinding(func(l, limit ref.Val) ref.Val {
				if ledger := lineOf(l).Ledger; ledger != nil {
					return of(ledger, string(limit.(types.String)))
				}
				return value.Decimal{}
			})))
	}
	return []cel.EnvOption{
		ask("used", func(l Ledger, limit string) value.Decimal { d, _ := l.Used(limit); return value.DecimalOf(d) }),
		ask("left", func(l Ledger, limit string) value.Decimal { d, _ := l.Left(limit); return value.DecimalOf(d) }),
	}
}

// mixFunctions ask what was claimed: by the facility, and by its peers.
func mixFunctions() []cel.EnvOption {
	facility, peers := Catalogue[facilityKind].Type, Catalogue[peersKind].Type
	share := func(args ...ref.Val) ref.Val {
		if m := mixOf(args[0]); m != nil {
			return value.DecimalOf(m.Share(args[1].(*value.Codes), args[2].(*value.Codes)))
		}
		return value.Decimal{}
	}
	return []cel.EnvOption{
		cel.Function("share",
			cel.MemberOverload("facility_share", []*cel.Type{facility, value.CodesType, value.CodesType}, value.DecimalType, cel.FunctionBinding(share)),
			cel.MemberOverload("peers_share", []*cel.Type{peers, value.CodesType, value.CodesType}, value.DecimalType, cel.FunctionBinding(share))),
		cel.Function("claimed", cel.MemberOverload("facility_claimed", []*cel.Type{facility, value.CodesType}, cel.IntType,
			cel.BinaryBinding(func(of, codes ref.Val) ref.Val {
				if m := mixOf(of); m != nil {
					return types.Int(m.Lines(codes.(*value.Codes)))
				}
				return types.IntZero
			}))),
	}
}

// mixOf is the mix of the facility, or of its peers.
func mixOf(v ref.Val) Mix {
	switch source := v.(*object).source.(type) {
	case *Facility:
		return source.Mix
	case *Line:
		return source.Peers.Mix
	}
	return nil
}

// lineOf is the line behind the value of a kind that differs from line to line.
func lineOf(v ref.Val) *Line { return v.(*object).source.(*Line) }

// provider tells CEL's checker the fields of the kinds.
type provider struct{ types.Provider }

// FindStructType knows the kinds.
func (p provider) FindStructType(name string) (*types.Type, bool) {
	if i, ok := kinds[name]; ok && i != diagnosesKind {
		return types.NewTypeTypeWithParam(Catalogue[i].Type), true
	}
	return p.Provider.FindStructType(name)
}

// FindStructFieldNames are the facts of a kind.
func (p provider) FindStructFieldNames(name string) ([]string, bool) {
	i, ok := kinds[name]
	if !ok {
		return p.Provider.FindStructFieldNames(name)
	}
	var names []string
	for _, f := range Catalogue[i].Fields {
		names = append(names, f.Name)
	}
	return names, true
}

// FindStructFieldType finds a fact.
func (p provider) FindStructFieldType(name, wanted string) (*types.FieldType, bool) {
	k, ok := kinds[name]
	if !ok {
		return p.Provider.FindStructFieldType(name, wanted)
	}
	for i := range Catalogue[k].Fields {
		if f := &Catalogue[k].Fields[i]; f.Name == wanted {
			return &types.FieldType{
				Type:    f.Type,
				IsSet:   func(any) bool { return true },
				GetFrom: func(target any) (any, error) { return target.(*object).get(i), nil },
			}, true
		}
	}
	return nil, false
}

// adapter lets the kinds pass as values.
type adapter struct{ types.Adapter }

// NativeToValue passes what is a value already.
func (a adapter) NativeToValue(v any) ref.Val {
	if o, ok := v.(ref.Val); ok {
		return o
	}
	return a.Adapter.NativeToValue(v)
}

// ConvertToNative knows nothing else.
func (o *object) ConvertToNative(to reflect.Type) (any, error) {
	return nil, fmt.Errorf("%s is no %s", o.kind.Name, to)
}

// ConvertToType knows the kind itself.
func (o *object) ConvertToType(to ref.Type) ref.Val {
	return types.NewErr("%s is no %s", o.kind.Name, to.TypeName())
}

// Equal is true for the kind itself.
func (o *object) Equal(other ref.Val) ref.Val { return types.Bool(other == ref.Val(o)) }

// Type is the kind's.
func (o *object) Type() ref.Type { return o.kind.Type }

// Value is the object, which the fields are read from.
func (o *object) Value() any { return o }
