// Reads the official R4 examples and evaluates the official search parameters' expressions over them with fhirpath.js, an
// implementation that shares nothing with ours. Writes one JSON line for each value that an example should be found by:
//
//	{"file": "Claim-100150.json", "type": "Claim", "id": "100150", "param": "status", "query": "active"}
//
//	node extract.mjs PACKAGE > values.jsonl
//
// PACKAGE is the folder of the unpacked npm package hl7.fhir.r4.examples 4.0.1; the npm package fhirpath must be installed
// in the folder that it is run from.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "x.js"));
const fhirpath = require("fhirpath");
const r4 = require("fhirpath/fhir-context/r4");
const [folder] = process.argv.slice(2);

const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const names = readdirSync(folder).filter((name) => name.endsWith(".json")).sort();
const parameters = names.filter((name) => name.startsWith("SearchParameter-")).map(read);
const byURL = new Map(parameters.map((p) => [p.url, p]));

// Escapes what has a meaning of its own in a search value.
const escaped = (text) => String(text).replace(/[\\,$|]/g, (c) => "\\" + c);
const token = (system, code) => (system ? escaped(system) + "|" + escaped(code) : escaped(code));
const typeOf = (value) => fhirpath.types([value])[0]?.replace(/^(FHIR|System)\./, "");

// The union's alternatives that begin with a resource type, or with none in particular.
function expressionsFor(expression, type) {
  return split(expression)
    .map((part) => part.trim())
    .filter((part) => {
      const head = /^\(*\s*([A-Za-z]+)\b/.exec(part)?.[1];
      return head === type || head === "Resource" || head === "DomainResource" || !/^[A-Z]/.test(head ?? "");
    });
}

// Splits at the bars that are in no parentheses.
function split(expression) {
  const parts = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < expression.length; i++) {
    if (expression[i] === "(") depth++;
    if (expression[i] === ")") depth--;
    if (expression[i] === "|" && depth === 0) {
      parts.push(expression.slice(from, i));
      from = i + 1;
    }
  }
  return [...parts, expression.slice(from)];
}

const compiled = new Map();
function evaluate(resource, expression, base) {
  // resolve() needs the other resource; the type is in the reference.
  const kind = /\.where\(resolve\(\) is (\w+)\)/.exec(expression)?.[1];
  // "as" demands a single element where R4 means each of several.
  const plain = expression
    .replace(/\.where\(resolve\(\) is \w+\)/g, "")
    .replace(/\(([\w.]+) as (\w+)\)/g, "$1.ofType($2)")
    .replace(/\b([\w.]+) as (\w+)$/g, "$1.ofType($2)")
    .replace(/\.as\((\w+)\)/g, ".ofType($1)");
  const key = (base ?? "") + " " + plain;
  if (!compiled.has(key)) {
    compiled.set(key, fhirpath.compile(base ? { base, expression: plain } : plain, r4, { resolveInternalTypes: false }));
  }
  const values = compiled.get(key)(resource, { resource });
  return kind ? values.filter((v) => new RegExp(`(^|/)${kind}/[^/]+$`).test(v?.data?.reference ?? v?.reference ?? "")) : values;
}

const raw = (value) => (value !== null && typeof value === "object" && "data" in value ? value.data : value);

// The search values that one element is found by, as its parameter's type has it.
function queries(value, kind) {
  const type = typeOf(value);
  const v = raw(value);
  if (v === null || v === undefined) return [];
  switch (kind) {
    case "token":
      if (type === "CodeableConcept") return (v.coding ?? []).filter((c) => c.code).map((c) => token(c.system, c.code));
      if (type === "Coding") return v.code ? [token(v.system, v.code)] : [];
      if (type === "Identifier") return v.value ? [token(v.system, v.value)] : [];
      if (type === "ContactPoint") return v.value ? [escaped(v.value)] : [];
      return typeof v === "object" ? [] : [escaped(v)];
    case "reference":
      if (typeof v === "string") return [escaped(v)];
      return v.reference && !v.reference.startsWith("#") ? [escaped(v.reference)] : [];
    case "string":
      if (type === "HumanName") return [v.text, v.family, ...(v.given ?? []), ...(v.prefix ?? []), ...(v.suffix ?? [])].filter(Boolean).map(escaped);
      if (type === "Address") {
        return [v.text, ...(v.line ?? []), v.city, v.district, v.state, v.country, v.postalCode].filter(Boolean).map(escaped);
      }
      return typeof v === "object" ? [] : [escaped(v)];
    case "date":
      if (type === "Period") return [v.start && "ge" + v.start, v.end && "le" + v.end].filter(Boolean);
      if (type === "Timing") return (v.event ?? []).length === 1 ? [v.event[0]] : [];
      if (!["date", "dateTime", "instant"].includes(type)) return [];
      return [String(v.asStr ?? v)];
    case "number":
      return typeof v === "object" ? [] : [String(v)];
    case "quantity":
      if (v.value === undefined || v.comparator) return [];
      return [v.code ? `${v.value}|${escaped(v.system ?? "")}|${escaped(v.code)}` : `${v.value}||${escaped(v.unit ?? "")}`.replace(/\|\|$/, "")];
    case "uri":
      return typeof v === "object" ? [] : [escaped(v)];
  }
  return [];
}

// The values of a composite: of each context, one of each part.
function composite(resource, parameter, expression) {
  const found = [];
  for (const context of evaluate(resource, expression)) {
    const parts = parameter.component.map((c) => {
      const part = byURL.get(c.definition);
      return evaluate(raw(context), c.expression, contextBase(context)).flatMap((v) => queries(v, part.type));
    });
    if (parts.every((values) => values.length > 0)) found.push(parts.map((values) => values[0]).join("$"));
  }
  return found;
}

function contextBase(context) {
  return context?.path ?? undefined;
}

const failed = new Map();
for (const name of names) {
  const resource = read(name);
  const type = resource.resourceType;
  if (!type || !resource.id || !(name.startsWith(type + "-"))) continue;
  for (const parameter of parameters) {
    // _lastUpdated is what the server says, not what the example says.
    if (!parameter.expression || parameter.code === "_lastUpdated" || !parameter.base.some((b) => b === type || b === "Resource" || b === "DomainResource")) continue;
    for (const expression of expressionsFor(parameter.expression, type)) {
      let values;
      try {
        values = parameter.type === "composite"
          ? composite(resource, parameter, expression)
          : evaluate(resource, expression).flatMap((v) => queries(v, parameter.type));
      } catch (error) {
        failed.set(parameter.id + ": " + String(error.message ?? error).slice(0, 100), name);
        continue;
      }
      for (const query of new Set(values)) {
        console.log(JSON.stringify({ file: name, type, id: resource.id, param: parameter.code, query }));
      }
    }
  }
}
for (const [what, file] of failed) console.error(what, "in", file);
