package condition

import (
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/interpreter"

	"claimwright/adjudication/engine/rules/fact"
	"claimwright/adjudication/engine/rules/value"
)

// common is the environment that all expressions share; only their lists differ.
var common = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(value.Library(), fact.Library(),
		cel.ParserExpressionSizeLimit(MaxLength), cel.ParserRecursionLimit(64), cel.EnableMacroCallTracking())
})

// Environment is what expressions over the lists of one scheme are compiled in. Making one costs about as much as compiling an
// expression does, so the rows of a table share it. It is safe for concurrent use.
type Environment struct {
	made func() (*cel.Env, error)
}

// NewEnvironment makes one when it is first needed.
func NewEnvironment(lists value.Lists) *Environment {
	return &Environment{sync.OnceValues(func() (*cel.Env, error) {
		base, err := common()
		if err != nil {
			return nil, err
		}
		return base.Extend(value.ListFunction(lists))
	})}
}

func (o *Options) environment() (*cel.Env, error) {
	if o.In == nil {
		return NewEnvironment(o.Lists).made()
	}
	return o.In.made()
}

// constants are the functions whose value does not depend on the claim when their arguments do not.
var constants = map[string]bool{"list": true, "within": true, "date": true, "decimal": true}

// fold computes at once what is the same for every claim: sets of codes, days and amounts that the expression names.
func fold(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	call, ok := i.(interpreter.InterpretableCall)
	if !ok || !constants[call.Function()] || len(call.Args()) != 1 {
		return i, nil
	}
	if _, constant := call.Args()[0].(interpreter.InterpretableConst); !constant {
		return i, nil
	}
	v := i.Eval(interpreter.EmptyActivation())
	if isError(v) {
		return i, nil
	}
	return interpreter.NewConstValue(i.ID(), v), nil
}
