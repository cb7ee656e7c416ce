package config

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// settingNames are the dotted names of all settings and the environment variables that set them.
type settingNames struct {
	names      map[string]bool
	byVariable map[string]string
}

// settings reads the names off the Config type, so that a new setting is known everywhere at once.
func settings() settingNames {
	n := settingNames{names: map[string]bool{}, byVariable: map[string]string{}}
	n.collect(reflect.TypeFor[Config](), "")
	return n
}

func (n settingNames) collect(t reflect.Type, path string) {
	for field := range fieldsOf(t) {
		name := path + field.Tag.Get("koanf")
		if field.Type.Kind() == reflect.Struct {
			n.collect(field.Type, name+".")
			continue
		}
		n.names[name] = true
		n.byVariable[Variable(name)] = name
	}
}

func fieldsOf(t reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

// Variable is the name of the environment variable for a setting: "log.level" gives "CLAIMWRIGHT_LOG_LEVEL".
func Variable(setting string) string {
	return Prefix + strings.ToUpper(strings.ReplaceAll(setting, ".", "_"))
}

// SettingNames are the dotted names of all settings, sorted.
func SettingNames() []string {
	return slices.Sorted(maps.Keys(settings().names))
}
