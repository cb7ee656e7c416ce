package tree

// Value is a JSON value: *Object, List, Text, Number, Bool or nil (JSON's null, which takes away what it is laid over).
type Value any

// Text is a JSON string.
type Text string

// Number is a JSON number as it is written.
type Number string

// List is a JSON array.
type List []Value

// Object is a JSON object. Its members keep the order in which they were first set.
type Object struct {
	names  []string
	values map[string]Value
}

// New makes an object from names and values in turn; strings become Text. Values that are empty (nil, "", a List or an
// Object without anything in it) are left out.
func New(members ...any) *Object {
	o := &Object{values: map[string]Value{}}
	for i := 0; i+1 < len(members); i += 2 {
		o.Set(members[i].(string), members[i+1])
	}
	return o
}

// Set sets a member as New does.
func (o *Object) Set(name string, value any) *Object {
	if s, ok := value.(string); ok {
		value = Text(s)
	}
	if empty(value) {
		return o
	}
	if _, known := o.values[name]; !known {
		o.names = append(o.names, name)
	}
	o.values[name] = value
	return o
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case Text:
		return v == ""
	case Number:
		return v == ""
	case List:
		return len(v) == 0
	case *Object:
		return v == nil || len(v.names) == 0
	}
	return false
}

// Get is a member's value, nil when there is none. A nil Object has no members.
func (o *Object) Get(name string) Value {
	if o == nil {
		return nil
	}
	return o.values[name]
}

// Append adds values to a member that is a List.
func (o *Object) Append(name string, values ...Value) *Object {
	list, _ := o.values[name].(List)
	return o.Set(name, append(list[:len(list):len(list)], values...))
}

// Lay lays a fragment over the object: objects are merged member by member, lists are appended, null takes a member away,
// anything else replaces it. What is not an object does nothing.
func (o *Object) Lay(over Value) {
	from, ok := over.(*Object)
	if !ok {
		return
	}
	for _, name := range from.names {
		value := from.values[name]
		switch below := o.values[name].(type) {
		case *Object:
			if _, both := value.(*Object); both {
				below.Lay(value)
				continue
			}
		case List:
			if more, both := value.(List); both {
				o.Append(name, more...)
				continue
			}
		}
		if value == nil {
			o.remove(name)
			continue
		}
		o.Set(name, clone(value))
	}
}

// clone copies objects, so that a fragment may be laid over several.
func clone(v Value) Value {
	switch v := v.(type) {
	case *Object:
		c := New()
		for _, name := range v.names {
			if inner := clone(v.values[name]); inner != nil {
				c.Set(name, inner)
			}
		}
		return c
	case List:
		c := make(List, len(v))
		for i := range v {
			c[i] = clone(v[i])
		}
		return c
	}
	return v
}

func (o *Object) remove(name string) {
	if _, known := o.values[name]; !known {
		return
	}
	delete(o.values, name)
	for i := range o.names {
		if o.names[i] == name {
			o.names = append(o.names[:i:i], o.names[i+1:]...)
			return
		}
	}
}

// Names are the members' names in order; of a nil Object none.
func (o *Object) Names() []string {
	if o == nil {
		return nil
	}
	return o.names
}

// Replace is the value with each text replaced.
func Replace(v Value, replace func(string) string) Value {
	switch v := v.(type) {
	case *Object:
		made := New()
		for _, name := range v.names {
			if v.values[name] == nil {
				made.null(name)
				continue
			}
			made.Set(name, Replace(v.values[name], replace))
		}
		return made
	case List:
		made := make(List, len(v))
		for i := range v {
			made[i] = Replace(v[i], replace)
		}
		return made
	case Text:
		return Text(replace(string(v)))
	}
	return v
}
