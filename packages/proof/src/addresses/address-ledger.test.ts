import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { ManifestIndex } from "../manifest/manifest-index.ts";
import { parseManifests } from "../manifest/parse-manifests.ts";
import { planSchema } from "../plan/plan.ts";
import { addressLedger } from "./address-ledger.ts";

const plan = planSchema.parse(
  load(readFileSync(new URL("../../fixtures/plan.yaml", import.meta.url), "utf8")),
);

function services(...entries: readonly (readonly [name: string, address: string])[]): ManifestIndex {
  const documents = entries.map(
    ([name, address]) =>
      `{apiVersion: v1, kind: Service, metadata: {name: ${name}, namespace: data, annotations: {metallb.io/loadBalancerIPs: "${address}"}}, spec: {type: LoadBalancer}}`,
  );
  return new ManifestIndex(parseManifests(documents.join("\n---\n"), "test"));
}

function lines(
  index: ManifestIndex,
  withPlan = true,
  overrides: Partial<typeof plan.addresses> = {},
): string[] {
  const addresses = { ...plan.addresses, ...overrides };
  return addressLedger(index, withPlan ? { ...plan, addresses } : undefined).map(
    ({ address, state, owner, service }) => [address, state, owner, service].filter(Boolean).join(" "),
  );
}

test("every address of pool and extension is in exactly one row", () => {
  expect(lines(services(["store", "192.168.1.241"]))).toEqual([
    "192.168.1.235-192.168.1.239 extension",
    "192.168.1.240 free",
    "192.168.1.241 pinned store data/store",
    "192.168.1.242 free",
    "192.168.1.243 reserved gateway",
    "192.168.1.244-192.168.1.254 free",
  ]);
});

test("a planned address that nobody pins is planned, one that another pins has no owner", () => {
  expect(lines(services())).toContain("192.168.1.241 planned store data/store");
  expect(lines(services(["thief", "192.168.1.241"]))).toContain("192.168.1.241 pinned data/thief");
});

test("an enabled extension is free", () => {
  const rows = lines(services(), true, {
    extension: { enabled: true, range: "192.168.1.235-192.168.1.239" },
  });
  expect(rows.slice(0, 2)).toEqual(["192.168.1.235-192.168.1.239 free", "192.168.1.240 free"]);
});

test("a pin splits a reserved range and may lie outside the pool", () => {
  const reserved = {
    later: { range: "192.168.1.250-192.168.1.254", component: "web", purpose: "Later", behind: "" },
  };
  expect(lines(services(["a", "192.168.1.252"], ["b", "192.168.1.20"]), true, { reserved })).toEqual([
    "192.168.1.20 pinned data/b",
    "192.168.1.235-192.168.1.239 extension",
    "192.168.1.240 free",
    "192.168.1.241 planned store data/store",
    "192.168.1.242-192.168.1.249 free",
    "192.168.1.250-192.168.1.251 reserved later",
    "192.168.1.252 pinned data/a",
    "192.168.1.253-192.168.1.254 reserved later",
  ]);
});

test("Services that share an address are in one row", () => {
  expect(lines(services(["tcp", "192.168.1.241"], ["udp", "192.168.1.241"]), false)).toEqual([
    "192.168.1.241 pinned data/tcp, data/udp",
  ]);
});

test("a Service that pins an address twice is named once", () => {
  expect(lines(services(["store", "192.168.1.241,192.168.1.241"]))).toContain(
    "192.168.1.241 pinned store data/store",
  );
});

test("a pool of millions costs no more than its rows", () => {
  const pool = { name: "wide", range: "10.0.0.0-10.255.255.255", autoAssign: false } as const;
  expect(lines(services(), true, { pool })).toContain("10.0.0.0-10.255.255.255 free");
});
