import { describe, expect, test } from "@jest/globals";
import { parseManifests } from "../manifest/parse-manifests.ts";
import { toNetworkPolicy } from "./network-policy.ts";
import { describePorts } from "./port-set.ts";
import { portsOfRule } from "./reachability.ts";

const policy = (spec: string) => {
  const head = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: a, namespace: b }";
  const [manifest] = parseManifests(`${head}\nspec: ${spec}\n`, "-");
  if (manifest === undefined) throw new Error("no manifest was read");
  return toNetworkPolicy(manifest);
};

describe("the directions that a policy isolates", () => {
  test.each([
    ["{ podSelector: {} }", [0, undefined]],
    ["{ podSelector: {}, egress: [] }", [0, undefined]],
    ["{ podSelector: {}, egress: [{}] }", [0, 1]],
    ["{ podSelector: {}, policyTypes: [], egress: [{}] }", [0, 1]],
    ["{ podSelector: {}, policyTypes: [Ingress], egress: [{}] }", [0, undefined]],
    ["{ podSelector: {}, policyTypes: [Egress], ingress: [{}] }", [undefined, 0]],
    ["{ podSelector: {}, policyTypes: [Ingress, Egress], ingress: [null, {}] }", [2, 0]],
  ])("%s", (spec, rules) => {
    const parsed = policy(spec);
    expect([parsed?.ingress?.length, parsed?.egress?.length]).toEqual(rules);
  });
});

describe("the ports that a rule admits", () => {
  const target = { namedPorts: [{ name: "sql", protocol: "TCP" as const, port: 5432 }] };
  test.each([
    ["{}", "every port"],
    ["{ ports: [] }", "every port"],
    ["{ ports: [{ port: 80 }, { port: 81 }, { port: 53, protocol: UDP }] }", "TCP 80-81, UDP 53"],
    ["{ ports: [{ protocol: SCTP }] }", "SCTP 1-65535"],
    ["{ ports: [{ port: 8000, endPort: 8010 }] }", "TCP 8000-8010"],
    ["{ ports: [{ port: 8010, endPort: 8000 }] }", ""],
    ["{ ports: [{ port: sql }] }", "TCP 5432"],
    ["{ ports: [{ port: sql, protocol: UDP }] }", ""],
    ["{ ports: [{ port: 99999 }, { port: [80] }] }", ""],
  ])("%s", (rule, expected) => {
    const [parsed] = policy(`{ podSelector: {}, ingress: [${rule}] }`)?.ingress ?? [];
    expect(parsed && describePorts(portsOfRule(parsed, target))).toBe(expected);
  });
});
