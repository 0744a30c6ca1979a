import ipaddr from "ipaddr.js";
import type { Manifest } from "../../../manifest/kubernetes-object.ts";
import {
  at,
  isObject,
  type JsonObject,
  objectAt,
  objectsIn,
  stringAt,
  stringsIn,
} from "../../../manifest/values.ts";
import { type AdmissionProblem, conflicting, invalid, missing } from "./admission-problem.ts";
import { checkLabels, DNS_SUBDOMAIN_TEXT } from "./metadata.ts";
import { isDnsSubdomain, isPortName, isPortNumber } from "./names.ts";

/** A NetworkPolicy as networking/validation `ValidateNetworkPolicySpec` sees it (1.36.3). */
export function* checkNetworkPolicy({ object }: Manifest): Generator<AdmissionProblem> {
  yield* checkLabels(at(object, "spec", "podSelector", "matchLabels"), "spec.podSelector.matchLabels");
  for (const [direction, peers] of [
    ["ingress", "from"],
    ["egress", "to"],
  ] as const) {
    for (const [position, rule] of objectsIn(at(object, "spec", direction)).entries()) {
      const path = `spec.${direction}[${position}]`;
      for (const [number, peer] of objectsIn(rule[peers]).entries()) {
        yield* checkPeer(peer, `${path}.${peers}[${number}]`);
      }
      for (const [number, port] of objectsIn(rule.ports).entries()) {
        yield* checkPolicyPort(port, `${path}.ports[${number}]`);
      }
    }
  }
}

function* checkPeer(peer: JsonObject, path: string): Generator<AdmissionProblem> {
  const selectors = ["podSelector", "namespaceSelector"].filter((key) => isObject(peer[key]));
  for (const selector of selectors) {
    yield* checkLabels(at(peer, selector, "matchLabels"), `${path}.${selector}.matchLabels`);
  }
  const block = objectAt(peer, "ipBlock");
  if (selectors.length === 0 && block === undefined) {
    const fix = "Name a podSelector, a namespaceSelector or an ipBlock.";
    yield missing(path, "an empty peer is refused; only an empty list of peers means everyone", fix);
  }
  if (block === undefined) return;
  if (selectors.length > 0) {
    yield conflicting(path, `has ipBlock beside ${selectors.join(" and ")}`, "Split it into two peers.");
  }
  const network = cidrOf(block.cidr);
  if (typeof block.cidr === "string" && network === undefined) {
    yield invalid(`${path}.ipBlock.cidr`, block.cidr, 'a network such as "10.0.0.0/8"');
  }
  for (const [number, exception] of stringsIn(block.except).entries()) {
    const place = `${path}.ipBlock.except[${number}]`;
    const excepted = cidrOf(exception);
    if (excepted === undefined) yield invalid(place, exception, 'a network such as "10.1.0.0/16"');
    else if (network !== undefined && !isStrictSubset(excepted, network)) {
      yield invalid(place, exception, `a smaller network inside ${String(block.cidr)}`);
    }
  }
}

type Network = ReturnType<typeof ipaddr.parseCIDR>;

function cidrOf(text: unknown): Network | undefined {
  return typeof text === "string" && ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : undefined;
}

function isStrictSubset([address, length]: Network, [network, prefix]: Network): boolean {
  return address.kind() === network.kind() && length > prefix && address.match(network, prefix);
}

function* checkPolicyPort(port: JsonObject, path: string): Generator<AdmissionProblem> {
  const { port: first, endPort: last } = port;
  if (typeof first === "number" && !isPortNumber(first))
    yield invalid(`${path}.port`, first, "a port from 1 to 65535");
  if (typeof first === "string" && !isPortName(first)) {
    const fix = /^\d+$/.test(first) ? "Write the number without quotes." : undefined;
    yield invalid(`${path}.port`, first, "a port name or a number", fix);
  }
  if (typeof last !== "number") return;
  if (typeof first !== "number") {
    yield conflicting(`${path}.endPort`, "needs a port number to start from", "Set port to a number.");
  } else if (last < first || !isPortNumber(last)) {
    yield invalid(`${path}.endPort`, last, `a port from ${first} to 65535`);
  }
}

/** An Ingress as networking/validation `ValidateIngressSpec` sees it (1.36.3). */
export function* checkIngress({ object }: Manifest): Generator<AdmissionProblem> {
  const spec = objectAt(object, "spec") ?? {};
  const rules = objectsIn(spec.rules);
  const fallback = objectAt(spec, "defaultBackend");
  if (rules.length === 0 && fallback === undefined) {
    yield missing("spec.rules", "an Ingress needs rules or a defaultBackend", "Add a rule.");
  }
  if (fallback !== undefined) yield* checkBackend(fallback, "spec.defaultBackend");
  for (const [position, rule] of rules.entries()) {
    const host = stringAt(rule, "host") ?? "";
    if (host !== "" && !isHost(host)) yield invalid(`spec.rules[${position}].host`, host, DNS_SUBDOMAIN_TEXT);
    for (const [number, path] of objectsIn(at(rule, "http", "paths")).entries()) {
      yield* checkIngressPath(path, `spec.rules[${position}].http.paths[${number}]`);
    }
  }
}

function isHost(host: string): boolean {
  return !ipaddr.IPv4.isValidFourPartDecimal(host) && isDnsSubdomain(host.replace(/^\*\./, ""));
}

function* checkIngressPath(path: JsonObject, place: string): Generator<AdmissionProblem> {
  const written = stringAt(path, "path") ?? "";
  const optional = path.pathType === "ImplementationSpecific" && written === "";
  if (!written.startsWith("/") && !optional) {
    yield invalid(`${place}.path`, written, "an absolute path", `Write "/${written}".`);
  }
  if (path.pathType !== "ImplementationSpecific" && /\/\/|\/\.\.?(\/|$)|%2f/i.test(written)) {
    yield invalid(`${place}.path`, written, "a path without //, /./, /../ and %2f");
  }
  const backend = objectAt(path, "backend");
  if (backend !== undefined) yield* checkBackend(backend, `${place}.backend`);
}

function* checkBackend(backend: JsonObject, path: string): Generator<AdmissionProblem> {
  const service = objectAt(backend, "service");
  const resource = objectAt(backend, "resource");
  if (service === undefined && resource === undefined) {
    yield missing(path, "a backend is a service or a resource", "Name the service.");
  }
  if (service !== undefined && resource !== undefined) {
    yield conflicting(path, "is a service and a resource at once", "Keep one of them.");
  }
  if (service === undefined) return;
  const named = (stringAt(service, "port", "name") ?? "") !== "";
  const number = at(service, "port", "number");
  const numbered = typeof number === "number" && number !== 0;
  if (named && numbered)
    yield conflicting(`${path}.service.port`, "has both name and number", "Keep one of them.");
  if (!named && !numbered) {
    yield missing(
      `${path}.service.port`,
      "a backend needs a port name or number",
      "Name the Service's port.",
    );
  }
}
