package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search/expression"
)

// TestTablesAreCurrent needs the official package, which is not in the tree; continuous integration gets it from npm.
func TestTablesAreCurrent(t *testing.T) {
	from := os.Getenv("CLAIMWRIGHT_R4_EXAMPLES")
	if from == "" {
		t.Skip("CLAIMWRIGHT_R4_EXAMPLES does not name the folder of the npm package hl7.fhir.r4.examples 4.0.1")
	}
	folder := t.TempDir()
	require.NoError(t, run([]string{"-from", from, "-to", folder}, io.Discard))
	names, err := filepath.Glob("../*_gen.go")
	require.NoError(t, err)
	require.Len(t, names, 6)
	for _, name := range names {
		inTree, err := os.ReadFile(name)
		require.NoError(t, err)
		made, err := os.ReadFile(filepath.Join(folder, filepath.Base(name)))
		require.NoError(t, err)
		require.Equal(t, string(inTree), string(made), "%s is not what the generator makes", name)
	}
}

func TestRunRefuses(t *testing.T) {
	require.ErrorContains(t, run(nil, io.Discard), "-from must name")
	require.ErrorContains(t, run([]string{"-from", t.TempDir()}, io.Discard), "is it the package")
}

// definitionsOf makes definitions with one resource type, one data type and a profiled extension.
func definitionsOf() *definitions {
	resource := &structure{Kind: "resource", Type: "Thing"}
	resource.Snapshot.Element = []*element{
		{Path: "Thing"},
		{Path: "Thing.part", Type: typed("BackboneElement")},
		{Path: "Thing.part.part", ContentReference: "#Thing.part"},
		{Path: "Thing.part.value[x]", Type: typed("Coding", "string")},
		{Path: "Thing.extension", Type: typed("Extension")},
	}
	coding := &structure{Kind: "complex-type", Type: "Coding"}
	coding.Snapshot.Element = []*element{{Path: "Coding"}, {Path: "Coding.code", Type: typed("code")}}
	profile := &structure{URL: "http://x/ext", Type: "Extension", Derivation: "constraint"}
	profile.Snapshot.Element = []*element{
		{Path: "Extension", ID: "Extension"},
		{Path: "Extension.value[x]", ID: "Extension.value[x]", Type: typed("code", "code")},
	}
	d := &definitions{structures: map[string]*structure{}, profiles: map[string]*structure{}}
	for _, s := range []*structure{resource, coding, profile, {Kind: "logical", Type: "Idea"}} {
		d.addStructure(s)
	}
	return d
}

func typed(names ...string) []elementType {
	var types []elementType
	for _, n := range names {
		types = append(types, elementType{Code: n})
	}
	return types
}

func TestLeaves(t *testing.T) {
	tests := []struct {
		path string
		want leaf
	}{
		{"Thing.part.value", leaf{types: []string{"Coding", "string"}, choice: true}},
		{"(Thing.part.part.part.value as string)", leaf{types: []string{"string"}, choice: true}},
		{"(Thing.part.value as Coding).code", leaf{types: []string{"code"}}},
		{"Thing.extension('http://x/ext')", leaf{types: []string{"code"}, choice: true}},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			paths, err := expression.Parse(tt.path)
			require.NoError(t, err)
			d := definitionsOf()
			end, err := d.walk(paths[0], "Thing", place{})
			require.NoError(t, err)
			got, err := d.leafAt(end)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestLeavesOfWrongPaths(t *testing.T) {
	for path, problem := range map[string]string{
		"Other.part":                        "not at Thing",
		"Thing.whole":                       "Thing has no element whole",
		"(Thing.part.value as Quantity)":    "cannot be Quantity",
		"(Thing.part as BackboneElement)":   "cannot be BackboneElement",
		"Thing.extension('http://x/other')": "is not defined",
	} {
		t.Run(path, func(t *testing.T) {
			paths, err := expression.Parse(path)
			require.NoError(t, err)
			_, err = definitionsOf().walk(paths[0], "Thing", place{})
			require.ErrorContains(t, err, problem)
		})
	}
}
