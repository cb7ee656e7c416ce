package value

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"claimwright/adjudication/engine/money"
)

// Lists gives the sets of codes that a scheme names: nil for a name that it does not have.
type Lists func(name string) *Codes

// Library are the operators and functions of this package but list(…), which is ListFunction.
func Library() cel.EnvOption {
	options := append(operatorOptions(), dateOptions()...)
	options = append(options, codeOptions()...)
	options = append(options, decimalOptions()...)
	return func(env *cel.Env) (*cel.Env, error) {
		for _, option := range options {
			var err error
			if env, err = option(env); err != nil {
				return nil, err
			}
		}
		return env, nil
	}
}

// operatorOptions declare for which types CEL's own operators work; the values implement them. CEL's == compares values of
// one type only, and cannot be taught otherwise: an amount equals decimal(10), not 10.
func operatorOptions() []cel.EnvOption {
	var options []cel.EnvOption
	for _, op := range [...]struct{ symbol, name string }{
		{operators.Less, "less"}, {operators.LessEquals, "less_equals"}, {operators.Greater, "greater"},
		{operators.GreaterEquals, "greater_equals"},
	} {
		options = append(options, cel.Function(op.symbol,
			cel.Overload(op.name+"_decimal", []*cel.Type{DecimalType, DecimalType}, cel.BoolType),
			cel.Overload(op.name+"_decimal_int", []*cel.Type{DecimalType, cel.IntType}, cel.BoolType),
			cel.Overload(op.name+"_decimal_double", []*cel.Type{DecimalType, cel.DoubleType}, cel.BoolType),
			cel.Overload(op.name+"_date", []*cel.Type{DateType, DateType}, cel.BoolType)))
	}
	for _, op := range [...]struct{ symbol, name string }{
		{operators.Add, "add"}, {operators.Subtract, "subtract"}, {operators.Multiply, "multiply"}, {operators.Divide, "divide"},
	} {
		for _, right := range []*cel.Type{DecimalType, cel.IntType, cel.DoubleType} {
			options = append(options, cel.Function(op.symbol,
				cel.Overload(op.name+"_decimal_"+right.TypeName(), []*cel.Type{DecimalType, right}, DecimalType)))
		}
	}
	return append(options,
		cel.Function(operators.Negate, cel.Overload("negate_decimal", []*cel.Type{DecimalType}, DecimalType)),
		cel.Function(operators.Add, cel.Overload("add_date_int", []*cel.Type{DateType, cel.IntType}, DateType)),
		cel.Function(operators.Subtract,
			cel.Overload("subtract_date_int", []*cel.Type{DateType, cel.IntType}, DateType),
			cel.Overload("subtract_date_date", []*cel.Type{DateType, DateType}, cel.IntType)),
		cel.Function(operators.In,
			cel.Overload("in_codes", []*cel.Type{cel.StringType, CodesType}, cel.BoolType),
			cel.Overload("in_coded", []*cel.Type{cel.StringType, CodedType}, cel.BoolType)),
	)
}

func decimalOptions() []cel.EnvOption {
	choose := func(second bool) cel.OverloadOpt {
		return cel.BinaryBinding(func(a, b ref.Val) ref.Val {
			x, y := a.(Decimal), b.(Decimal)
			if (y.Less(x.Decimal)) == second {
				return y
			}
			return x
		})
	}
	both := []*cel.Type{DecimalType, DecimalType}
	return []cel.EnvOption{
		cel.Function("decimal",
			cel.Overload("decimal_string", []*cel.Type{cel.StringType}, DecimalType, cel.UnaryBinding(decimalOfText)),
			cel.Overload("decimal_int", []*cel.Type{cel.IntType}, DecimalType, cel.UnaryBinding(decimalOfNumber)),
			cel.Overload("decimal_double", []*cel.Type{cel.DoubleType}, DecimalType, cel.UnaryBinding(decimalOfNumber))),
		cel.Function("lesser", cel.Overload("lesser_of_decimals", both, DecimalType, choose(true))),
		cel.Function("greater", cel.Overload("greater_of_decimals", both, DecimalType, choose(false))),
	}
}

func decimalOfText(v ref.Val) ref.Val {
	d, err := money.Parse(string(v.(types.String)))
	if err != nil {
		return types.NewErr("%q is no number", string(v.(types.String)))
	}
	return Decimal{d}
}

func decimalOfNumber(v ref.Val) ref.Val {
	d, ok := Number(v)
	if !ok {
		return types.NewErr("the number is too large")
	}
	return Decimal{d}
}

func dateOptions() []cel.EnvOption {
	options := []cel.EnvOption{cel.Function("date", cel.Overload("date_string", []*cel.Type{cel.StringType}, DateType,
		cel.UnaryBinding(func(v ref.Val) ref.Val {
			d, err := ParseDate(string(v.(types.String)))
			if err != nil {
				return types.NewErr("%s", err)
			}
			return d
		})))}
	for _, f := range [...]struct {
		name   string
		result *cel.Type
		of     func(Date) ref.Val
	}{
		{"year", cel.IntType, Date.year}, {"month", cel.IntType, Date.month}, {"day", cel.IntType, Date.day},
		{"weekday", cel.IntType, Date.weekday}, {"weekend", cel.BoolType, Date.weekend}, {"known", cel.BoolType, Date.known},
	} {
		options = append(options, cel.Function(f.name, cel.MemberOverload("date_"+f.name, []*cel.Type{DateType}, f.result,
			cel.UnaryBinding(func(v ref.Val) ref.Val {
				if d := v.(Date); d != 0 || f.name == "known" {
					return f.of(d)
				}
				return types.NewErr("the day is not known")
			}))))
	}
	return append(options, cel.Function("between", cel.MemberOverload("date_between", []*cel.Type{DateType, DateType, DateType},
		cel.BoolType, cel.FunctionBinding(func(args ...ref.Val) ref.Val {
			d, from, to := args[0].(Date), args[1].(Date), args[2].(Date)
			return types.Bool(d != 0 && d >= from && d <= to)
		}))))
}

func codeOptions() []cel.EnvOption {
	options := []cel.EnvOption{
		cel.Function("within", cel.Overload("within_string", []*cel.Type{cel.StringType}, CodesType,
			cel.UnaryBinding(func(v ref.Val) ref.Val {
				s, err := ParseRanges(string(v.(types.String)))
				if err != nil {
					return types.NewErr("%s", err)
				}
				return s
			}))),
	}
	for _, f := range [...]struct {
		name   string
		result *cel.Type
		of     func(found, all int) ref.Val
	}{
		{"any", cel.BoolType, func(found, _ int) ref.Val { return types.Bool(found > 0) }},
		{"none", cel.BoolType, func(found, _ int) ref.Val { return types.Bool(found == 0) }},
		{"only", cel.BoolType, func(found, all int) ref.Val { return types.Bool(found == all && all > 0) }},
		{"count", cel.IntType, func(found, _ int) ref.Val { return types.Int(found) }},
	} {
		options = append(options, cel.Function(f.name, cel.MemberOverload("coded_"+f.name, []*cel.Type{CodedType, CodesType}, f.result,
			cel.BinaryBinding(func(coded, set ref.Val) ref.Val {
				c := coded.(Coded)
				return f.of(c.count(set.(*Codes)), len(c))
			}))))
	}
	return append(options, cel.Function("size",
		cel.MemberOverload("coded_size", []*cel.Type{CodedType}, cel.IntType)))
}

// ListFunction is list(…), answered from the lists of a scheme; nil knows no list.
func ListFunction(lists Lists) cel.EnvOption {
	return cel.Function("list", cel.Overload("list_string", []*cel.Type{cel.StringType}, CodesType,
		cel.UnaryBinding(func(v ref.Val) ref.Val {
			name := string(v.(types.String))
			if lists != nil {
				if s := lists(name); s != nil {
					return s
				}
			}
			return types.NewErr("there is no list %q", name)
		})))
}

// CheckConstant tells what is wrong with the constant text that within, date or decimal is given.
func CheckConstant(function, text string) (err error) {
	switch function {
	case "within":
		_, err = ParseRanges(text)
	case "date":
		_, err = ParseDate(text)
	case "decimal":
		if _, wrong := money.Parse(text); wrong != nil {
			err = fmt.Errorf("%q is no number", text)
		}
	}
	return err
}
