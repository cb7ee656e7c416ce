// A full round against a running server with fhir-kit-client (npm), as an EMR in JavaScript would do it: capabilities, create,
// read, update, patch, search, paging, includes, history, batch, transaction, $submit, delete. Stops at the first surprise.
//
//	node kit.mjs BASE CLAIM      BASE is the server's base URL, with the sandbox loaded; CLAIM a claim of the sandbox
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Client } from "fhir-kit-client";

const [baseUrl, claimFile] = process.argv.slice(2);
const client = new Client({ baseUrl });
const run = `kit-${process.pid}-${Date.now()}`;

async function step(name, work) {
  await work();
  console.log("ok:", name);
}

// refused runs what must fail and gives the status and the first issue.
async function refused(work) {
  try {
    await work();
  } catch (error) {
    return { status: error.response.status, issue: error.response.data.issue[0] };
  }
  assert.fail("nothing was refused");
}

const patient = (family, given) => ({
  resourceType: "Patient",
  identifier: [{ system: "urn:test:run", value: run }],
  name: [{ family, given: [given] }],
  birthDate: "1990-05-01",
});

let ada;
await step("capabilities", async () => {
  const statement = await client.capabilityStatement();
  assert.equal(statement.fhirVersion, "4.0.1");
  const claim = statement.rest[0].resource.find((r) => r.type === "Claim");
  assert.ok(claim.operation.some((o) => o.name === "submit"));
});
await step("create, read, vread", async () => {
  ada = await client.create({ resourceType: "Patient", body: patient("Obi", "Ada") });
  assert.equal(ada.meta.versionId, "1");
  assert.deepEqual(await client.read({ resourceType: "Patient", id: ada.id }), ada);
  assert.deepEqual(await client.vread({ resourceType: "Patient", id: ada.id, version: "1" }), ada);
});
await step("update, with the version and with a stale one", async () => {
  ada = await client.update({ resourceType: "Patient", id: ada.id, body: { ...ada, gender: "female" }, options: { headers: { "If-Match": 'W/"1"' } } });
  assert.equal(ada.meta.versionId, "2");
  const { status } = await refused(() =>
    client.update({ resourceType: "Patient", id: ada.id, body: { ...ada, gender: "male" }, options: { headers: { "If-Match": 'W/"1"' } } }));
  assert.equal(status, 412);
});
await step("JSON Patch", async () => {
  ada = await client.patch({ resourceType: "Patient", id: ada.id, jsonPatch: [{ op: "replace", path: "/gender", value: "other" }] });
  assert.equal(ada.gender, "other");
});
await step("conditional create finds what is there", async () => {
  const again = await client.create({
    resourceType: "Patient", body: patient("Obi", "Ada"),
    options: { headers: { "If-None-Exist": `identifier=urn:test:run|${run}`, Prefer: "return=representation" } },
  });
  assert.equal(again.id, ada.id);
});
await step("search, sort, paging", async () => {
  for (const name of ["Bola", "Chidi", "Dayo", "Emeka"]) await client.create({ resourceType: "Patient", body: patient("Obi", name) });
  let page = await client.resourceSearch({
    resourceType: "Patient", searchParams: { identifier: `urn:test:run|${run}`, _sort: "given", _count: 2, _total: "accurate" },
  });
  assert.equal(page.total, 5);
  const given = [];
  while (page) {
    given.push(...page.entry.map((e) => e.resource.name[0].given[0]));
    page = await client.nextPage({ bundle: page });
  }
  assert.deepEqual(given, ["Ada", "Bola", "Chidi", "Dayo", "Emeka"]);
});
await step("search by form", async () => {
  const found = await client.search({
    resourceType: "Patient", searchParams: { identifier: `urn:test:run|${run}`, "given:exact": "Ada" }, options: { postSearch: true },
  });
  assert.equal(found.entry.length, 1);
});
await step("a transaction with links between its entries", async () => {
  const answer = await client.transaction({
    body: {
      resourceType: "Bundle", type: "transaction", entry: [
        { fullUrl: "urn:uuid:2b8cc5a4-4c0c-4e7e-9d66-0a6a3c2f6c01", resource: patient("Eze", run), request: { method: "POST", url: "Patient" } },
        {
          resource: { resourceType: "Observation", status: "final", code: { text: "weight" }, subject: { reference: "urn:uuid:2b8cc5a4-4c0c-4e7e-9d66-0a6a3c2f6c01" } },
          request: { method: "POST", url: "Observation" },
        },
      ],
    },
  });
  assert.deepEqual(answer.entry.map((e) => e.response.status.slice(0, 3)), ["201", "201"]);
  const found = await client.resourceSearch({
    resourceType: "Observation", searchParams: { "subject:Patient.given": run, _include: "Observation:subject" },
  });
  assert.deepEqual(found.entry.map((e) => e.search.mode).sort(), ["include", "match"]);
});
await step("a batch whose entries stand alone", async () => {
  const answer = await client.batch({
    body: {
      resourceType: "Bundle", type: "batch", entry: [
        { request: { method: "GET", url: `Patient/${ada.id}` } },
        { request: { method: "GET", url: "Patient/nobody-at-all" } },
      ],
    },
  });
  assert.deepEqual(answer.entry.map((e) => e.response.status.slice(0, 3)), ["200", "404"]);
});
await step("history of a resource, a type and the system", async () => {
  const own = await client.resourceHistory({ resourceType: "Patient", id: ada.id });
  assert.deepEqual(own.entry.map((e) => e.resource.meta.versionId), ["3", "2", "1"]);
  assert.equal((await client.typeHistory({ resourceType: "Patient" })).type, "history");
  assert.equal((await client.systemHistory()).type, "history");
});
await step("Claim/$submit and the answer found by its claim", async () => {
  const claim = JSON.parse(readFileSync(claimFile, "utf8"));
  const answer = await client.operation({ name: "submit", resourceType: "Claim", input: claim });
  assert.equal(answer.resourceType, "ClaimResponse");
  assert.equal(answer.outcome, "complete");
  const found = await client.resourceSearch({ resourceType: "ClaimResponse", searchParams: { request: answer.request.reference } });
  assert.ok(found.entry.some((e) => e.resource.id === answer.id));
});
await step("a compartment", async () => {
  const found = await client.compartmentSearch({ resourceType: "Claim", compartment: { resourceType: "Patient", id: "p-1001-02" } });
  assert.equal(found.type, "searchset");
});
await step("delete, and what is gone", async () => {
  await client.delete({ resourceType: "Patient", id: ada.id });
  const { status, issue } = await refused(() => client.read({ resourceType: "Patient", id: ada.id }));
  assert.equal(status, 410);
  assert.equal(issue.code, "deleted");
});
