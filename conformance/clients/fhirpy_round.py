"""A full round against a running server with fhirpy (PyPI), as an integrator in Python would do it: create, read, update,
patch, search, chains, paging, transaction, $submit, delete. Stops at the first surprise.

    python fhirpy_round.py BASE CLAIM      BASE is the server's base URL, with the sandbox loaded; CLAIM a claim of the sandbox
"""

import json
import os
import sys
import time

from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import MultipleResourcesFound, OperationOutcome, ResourceNotFound

BASE, CLAIM = sys.argv[1:]
RUN = f"fhirpy-{os.getpid()}-{time.time_ns()}"
client = SyncFHIRClient(BASE)


def patient(given):
    return client.resource(
        "Patient", identifier=[{"system": "urn:test:run", "value": RUN}], name=[{"family": "Otieno", "given": [given]}]
    )


def mine():
    return client.resources("Patient").search(identifier=f"urn:test:run|{RUN}")


def crud():
    achieng = patient("Achieng")
    achieng.save()
    assert achieng["meta"]["versionId"] == "1"
    achieng["gender"] = "female"
    achieng.save()
    assert achieng["meta"]["versionId"] == "2"
    again = client.reference("Patient", achieng.id).to_resource()
    assert again["gender"] == "female"
    again.refresh()
    return again


def conditional_update(there):
    found, created = mine().update(client.resource("Patient", **{**there.serialize(), "gender": "other"}))
    assert (found.id, created) == (there.id, False)
    assert found["gender"] == "other"


def searches():
    for given in ("Barasa", "Cherono", "Dalmas", "Ekiru"):
        patient(given).save()
    assert mine().count() == 5
    names = [p["name"][0]["given"][0] for p in mine().sort("-given").limit(2)]  # page by page
    assert names == ["Ekiru", "Dalmas", "Cherono", "Barasa", "Achieng"], names
    assert len(mine().search(given__exact="Barasa").fetch_all()) == 1
    assert mine().search(given="nobody").first() is None
    try:
        mine().get()
    except MultipleResourcesFound:
        return
    raise AssertionError("five are not one")


def joins(who):
    client.resource("Coverage", status="active", beneficiary=who.to_reference(), payor=[who.to_reference()]).save()
    chained = client.resources("Coverage").search(beneficiary__Patient__identifier=f"urn:test:run|{RUN}").fetch_all()
    assert len(chained) == 1
    backwards = mine().has("Coverage", "beneficiary", status="active").fetch_all()
    assert [p.id for p in backwards] == [who.id]
    bundle = client.resources("Coverage").search(_id=chained[0].id).include("Coverage", "beneficiary").fetch_raw()
    assert {e["search"]["mode"] for e in bundle["entry"]} == {"match", "include"}


def transaction():
    bundle = client.resource(
        "Bundle",
        type="transaction",
        entry=[
            {
                "fullUrl": "urn:uuid:5a4b0b0c-2f43-4a4f-9bb6-8d25de0a1f01",
                "resource": {"resourceType": "Organization", "name": RUN},
                "request": {"method": "POST", "url": "Organization"},
            },
            {
                "resource": {
                    "resourceType": "Location",
                    "name": RUN,
                    "managingOrganization": {"reference": "urn:uuid:5a4b0b0c-2f43-4a4f-9bb6-8d25de0a1f01"},
                },
                "request": {"method": "POST", "url": "Location"},
            },
        ],
    )
    answer = client.execute("", method="post", data=bundle.serialize())
    assert [e["response"]["status"][:3] for e in answer["entry"]] == ["201", "201"], answer
    location = client.resources("Location").search(organization__Organization__name=RUN).get()
    assert location["managingOrganization"]["reference"].startswith("Organization/")


def submit():
    with open(CLAIM, encoding="utf-8") as file:
        claim = json.load(file)
    answer = client.execute("Claim/$submit", method="post", data=claim)
    assert (answer["resourceType"], answer["outcome"]) == ("ClaimResponse", "complete"), answer
    found = client.resources("ClaimResponse").search(request=answer["request"]["reference"]).fetch_all()
    assert answer["id"] in [r.id for r in found]


def refusals(who):
    try:
        client.resource("Patient", gender="unheard-of").save()
    except OperationOutcome as refusal:
        assert refusal.resource["issue"][0]["expression"] == ["Patient.gender"], refusal.resource
    else:
        raise AssertionError("an unknown gender was taken")
    who.delete()
    try:
        client.reference("Patient", who.id).to_resource()
    except (ResourceNotFound, OperationOutcome):
        return
    raise AssertionError("a deleted patient was read")


def step(name, work, *args):
    result = work(*args)
    print("ok:", name)
    return result


someone = step("create, update, read", crud)
step("conditional update finds what is there", conditional_update, someone)
step("search, sort, paging", searches)
step("chain, _has, _include", joins, someone)
step("a transaction with links between its entries", transaction)
step("Claim/$submit and the answer found by its claim", submit)
step("refusals are OperationOutcomes", refusals, someone)
