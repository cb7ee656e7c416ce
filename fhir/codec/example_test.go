package codec_test

import (
	"fmt"
	"time"

	"claimwright/fhir/codec"
)

var (
	nItem    = codec.Intern("item")
	nNet     = codec.Intern("net")
	nValue   = codec.Intern("value")
	nPatient = codec.Intern("patient")
	nRef     = codec.Intern("reference")
)

const request = `{"resourceType":"Claim","status":"active","type":{"text":"outpatient"},"use":"claim","patient":{"reference":"Patient/1"},
"created":"2026-03-05","provider":{"display":"Clinic"},"priority":{"text":"normal"},"insurance":[{"sequence":1,"focal":true,"coverage":{"display":"B"}}],
"item":[{"sequence":1,"productOrService":{"text":"visit"},"net":{"value":125.00,"currency":"KES"}},
        {"sequence":2,"productOrService":{"text":"drug"},"net":{"value":80.50,"currency":"KES"}}]}`

func ExampleParse() {
	claim, issues := codec.Parse([]byte(request), codec.Limits{})
	if len(issues) > 0 {
		fmt.Println(issues)
		return
	}
	fmt.Println(claim.Root().Find(nPatient, nRef).Text())
	for net := range claim.Root().Get(nItem).Each() {
		fmt.Println(net.Find(nNet, nValue).Path(), net.Find(nNet, nValue).Text())
	}
	// Output:
	// Patient/1
	// Claim.item[0].net.value 125.00
	// Claim.item[1].net.value 80.50
}

func ExampleParse_problems() {
	_, issues := codec.Parse([]byte(`{"resourceType":"Patient","gender":"Female","birthdate":"1990","name":[{"given":["A",null]}]}`), codec.Limits{})
	for _, i := range issues {
		fmt.Printf("%s %s: found %s, expected %s\n", i.Code, i.Expression, i.Found, i.Expected)
	}
	// Output:
	// structure Patient.birthdate: found "birthdate", expected perhaps "birthDate"
	// code-invalid Patient.gender: found "Female", expected one of male, female, other, unknown
	// structure Patient.name[0].given[1]: found null, expected a value, or an extension at the same index
}

func ExampleDocument_WithMeta() {
	d, _ := codec.Parse([]byte(`{"resourceType":"Basic","meta":{"tag":[{"code":"x"}]},"code":{"text":"y"}}`), codec.Limits{})
	fmt.Printf("%s\n", d.WithMeta("b1", 2, time.Unix(0, 0)).Bytes())
	// Output:
	// {"resourceType":"Basic","id":"b1","meta":{"versionId":"2","lastUpdated":"1970-01-01T00:00:00.000Z","tag":[{"code":"x"}]},"code":{"text":"y"}}
}

func ExampleWriter() {
	w := codec.NewWriter(nil)
	w.Object("")
	w.String("resourceType", "Task")
	w.Array("note")
	w.Object("")
	w.String("text", "by hand")
	w.End()
	w.End()
	w.Array("input") // stays empty, so it is taken back
	w.End()
	w.End()
	fmt.Printf("%s\n", w.Bytes())
	// Output: {"resourceType":"Task","note":[{"text":"by hand"}]}
}
