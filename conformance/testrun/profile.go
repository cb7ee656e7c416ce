package testrun

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"claimwright/conformance/testscript"
	"claimwright/fhir/codec"
)

// baseProfile is where R4's own resources are defined.
const baseProfile = "http://hl7.org/fhir/StructureDefinition/"

// assertProfile validates a body: against R4 itself here, against a profile by the server's $validate (R4 resource-operation-validate).
func (s *session) assertProfile(ctx context.Context, a *testscript.Assert, m *message, step *Step) {
	body, err := m.json()
	if err != nil {
		step.err(err)
		return
	}
	profile := s.script.Profiles[a.ValidateProfileID]
	if _, issues := codec.Parse(body, codec.Limits{}); len(issues) > 0 {
		first := issues[0]
		text := fmt.Sprintf("the body is not valid R4: %s: %s", first.Expression, first.Text)
		if len(issues) > 1 {
			text += fmt.Sprintf(" (and %d more)", len(issues)-1)
		}
		step.fail(text, first.Found, first.Expected)
		return
	}
	if kind, own := strings.CutPrefix(profile, baseProfile); own && isResourceName(kind) {
		if kind != resourceType(body) && kind != "Resource" && kind != "DomainResource" {
			step.fail("the body is another resource", resourceType(body), kind)
		}
		return
	}
	s.askValidity(ctx, body, profile, step)
}

// isResourceName tells a definition of R4's resources from those of profiles that HL7 publishes at the same place.
func isResourceName(kind string) bool {
	return kind != "" && !strings.ContainsAny(kind, "-/|") && kind[0] >= 'A' && kind[0] <= 'Z'
}

// askValidity lets the server validate; where it cannot, the assert is skipped, for nothing is known then.
func (s *session) askValidity(ctx context.Context, body []byte, profile string, step *Step) {
	address, err := s.runner.absolute("/"+resourceType(body)+"/$validate?profile="+url.QueryEscape(profile), false)
	if err != nil {
		step.err(err)
		return
	}
	header := s.runner.options.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Accept", fhirJSON)
	header.Set("Content-Type", fhirJSON)
	e, err := s.runner.send(ctx, &outgoing{method: http.MethodPost, url: address, header: header, body: body})
	if err != nil {
		step.err(err)
		return
	}
	if e.Status/100 != 2 {
		step.Verdict, step.Message = Skip, "the server does not validate against "+profile+": "+statusTold(e)
		return
	}
	wrong, err := responseOf(e).expression("issue.where(severity = 'error' or severity = 'fatal').select(iif(details.text.exists(), details.text, diagnostics))")
	if err != nil {
		step.err(err)
		return
	}
	if len(wrong) > 0 {
		step.fail("the body does not conform to "+profile, strings.Join(wrong, "; "), "no errors")
	}
}
