package resources

import (
	"slices"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/store"
)

// OrganizationLabel is the access label of an organisation, given as its reference ("Organization/17"): a resource that
// names the organisation in one of the elements of organizationElements carries it.
func OrganizationLabel(reference string) string { return "org:" + reference }

// organizationElements are the elements that make a resource an organisation's business: who insures, provides, pays,
// owns or manages. Other mentions of an organisation open nothing to it.
var organizationElements = map[string][]string{
	"Account":                     {"servicingProvider", "owner"},
	"ChargeItem":                  {"performingOrganization", "requestingOrganization"},
	"Claim":                       {"insurer", "provider"},
	"ClaimResponse":               {"insurer", "requestor"},
	"Communication":               {"sender", "recipient"},
	"CommunicationRequest":        {"requester", "sender", "recipient"},
	"Contract":                    {"authority", "subject"},
	"Coverage":                    {"payor", "policyHolder"},
	"CoverageEligibilityRequest":  {"insurer", "provider"},
	"CoverageEligibilityResponse": {"insurer", "requestor"},
	"DocumentReference":           {"custodian", "author"},
	"Encounter":                   {"serviceProvider"},
	"ExplanationOfBenefit":        {"insurer", "provider"},
	"HealthcareService":           {"providedBy"},
	"InsurancePlan":               {"ownedBy", "administeredBy"},
	"Invoice":                     {"issuer"},
	"Location":                    {"managingOrganization"},
	"Organization":                {"partOf"},
	"Patient":                     {"managingOrganization", "generalPractitioner"},
	"PaymentNotice":               {"provider", "payee", "recipient"},
	"PaymentReconciliation":       {"paymentIssuer", "requestor"},
	"PractitionerRole":            {"organization"},
	"Task":                        {"requester", "owner"},
}

var nReference = codec.Intern("reference")

// organizationNames is organizationElements with interned names.
var organizationNames = internElements(organizationElements)

func internElements(table map[string][]string) map[string][]codec.Name {
	out := make(map[string][]codec.Name, len(table))
	for resourceType, elements := range table {
		for _, element := range elements {
			out[resourceType] = append(out[resourceType], codec.Intern(element))
		}
	}
	return out
}

// labelsOf are the labels of a resource, sorted, each once. An Organization carries its own.
func labelsOf(key store.Key, doc *codec.Document) []string {
	var labels []string
	if key.Type == "Organization" {
		labels = append(labels, OrganizationLabel(key.String()))
	}
	root := doc.Root()
	for _, element := range organizationNames[key.Type] {
		for reference := range root.Get(element).Each() {
			if org, ok := organization(reference.Get(nReference).Text()); ok {
				labels = append(labels, OrganizationLabel(org))
			}
		}
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// organization is the reference without a version; ok is false when it is none to an organisation of this server.
func organization(reference string) (string, bool) {
	const prefix = "Organization/"
	if !strings.HasPrefix(reference, prefix) {
		return "", false
	}
	unversioned, _, _ := strings.Cut(reference, "/_history/")
	return strings.Clone(unversioned), true
}
