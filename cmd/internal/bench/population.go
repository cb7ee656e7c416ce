package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"time"
)

// Population is the made-up membership that the load is about: families of four on a plan with the sandbox's rules. Its members are
// known by number, so that claims can be made without asking the server.
type Population struct {
	Members int
}

const familySize = 4

// schemeFiles are the Bundles that the population needs on the server; loading them where they are already changes nothing.
var schemeFiles = []string{"organizations.json", "locations.json", "plans.json", "register.json", "price-lists.json"}

// Load writes the scheme and the members to the server at address, in transactions of 25 families.
func (p Population) Load(ctx context.Context, address string, scheme fs.FS, progress func(done, total int64)) error {
	c := client{address: address, timeout: time.Minute}
	defer c.close()
	for _, name := range schemeFiles {
		body, err := fs.ReadFile(scheme, name)
		if err != nil {
			return fmt.Errorf("load scheme: %w", err)
		}
		if err := post(ctx, &c, body); err != nil {
			return fmt.Errorf("load %s: %w", name, err)
		}
	}
	plan, err := amplePlan(scheme)
	if err != nil {
		return err
	}
	if err := post(ctx, &c, plan); err != nil {
		return fmt.Errorf("load the plan: %w", err)
	}
	const families = 25
	for first := 0; first < p.Members; first += families * familySize {
		if err := post(ctx, &c, p.bundle(first, min(first+families*familySize, p.Members))); err != nil {
			return fmt.Errorf("load members from %d: %w", first, err)
		}
		progress(int64(first), int64(p.Members))
	}
	return nil
}

func post(ctx context.Context, c *client, bundle []byte) error {
	a, err := c.do(ctx, &Request{Method: http.MethodPost, Path: "/fhir", Body: bundle})
	if err != nil {
		return err
	}
	if a.Status != http.StatusOK {
		return fmt.Errorf("status %d: %.300s", a.Status, a.Body)
	}
	return nil
}

// memberSystem is the system of the members' numbers.
const memberSystem = "https://claimwright.org/bench/members"

type object = map[string]any

// bundle makes the transaction that enrols the members from first up to, not including, end.
func (p Population) bundle(first, end int) []byte {
	var entries []object
	put := func(kind, id string, resource object) {
		resource["resourceType"], resource["id"] = kind, id
		entries = append(entries, object{"resource": resource, "request": object{"method": "PUT", "url": kind + "/" + id}})
	}
	for i := first; i < end; i++ {
		if i%familySize == 0 {
			put("Contract", policyID(i), object{
				"identifier": []object{{"system": "https://claimwright.org/bench/policies", "value": policyID(i)}}, "status": "executed",
				"applies": object{"start": "2026-01-01", "end": "2026-12-31"}, "authority": references("Organization/umoja"),
				"type": coded("https://claimwright.org/fhir/CodeSystem/contract-type", "policy"),
			})
		}
		put("Patient", memberID(i), object{
			"identifier": []object{{"system": memberSystem, "value": memberID(i)}}, "active": true,
			"name":   []object{{"family": fmt.Sprintf("Family %d", i/familySize), "given": []string{fmt.Sprintf("Member %d", i)}}},
			"gender": []string{"female", "male"}[i%2], "birthDate": fmt.Sprintf("%d-05-%02d", 1960+i%45, 1+i%28),
		})
		put("Coverage", memberID(i), object{
			"status": "active", "subscriber": object{"reference": "Patient/" + memberID(i-i%familySize)}, "beneficiary": object{"reference": "Patient/" + memberID(i)},
			"period": object{"start": "2026-01-01", "end": "2026-12-31"}, "payor": references("Organization/umoja"),
			"class":    []object{{"type": coded("http://terminology.hl7.org/CodeSystem/coverage-class", "plan"), "value": planCode}},
			"contract": references("Contract/" + policyID(i)),
		})
	}
	body, err := json.Marshal(object{"resourceType": "Bundle", "type": "transaction", "entry": entries})
	if err != nil { // maps of strings cannot fail to marshal
		return bytes.NewBufferString("{}").Bytes()
	}
	return body
}

func memberID(i int) string { return fmt.Sprintf("bench-m-%06d", i) }
func policyID(i int) string { return fmt.Sprintf("bench-p-%06d", i/familySize) }

func references(to string) []object { return []object{{"reference": to}} }

func coded(system, code string) object {
	return object{"coding": []object{{"system": system, "code": code}}}
}
