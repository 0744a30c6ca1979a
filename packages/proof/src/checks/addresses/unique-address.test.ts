import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { uniqueAddress } from "./unique-address.ts";

testRule(uniqueAddress, {
  "no-sharing-key": ["pinned-twice"],
  "sharing-refused": ["pinned-twice", "pinned-twice", "pinned-twice"],
  "overlapping-pools": ["overlapping-pools", "overlapping-pools"],
  "plan-twice": ["planned-twice", "overlapping-pools", "overlapping-reservations"],
  "external-addresses": ["taken-twice", "taken-twice", "taken-twice"],
  "fixed-fields": ["cluster-address-twice", "cluster-address-twice", "node-port-twice", "node-port-twice"],
  "routes-twice": ["route-twice", "route-twice", "route-twice"],
  "ok-fixed-fields": [],
  "ok-routes": [],
  "ok-one-service-two-ways": [],
  "ok-shared": [],
  "ok-neighbours": [],
});

test("says why an address cannot be shared", () => {
  expect(checkRule(uniqueAddress, "sharing-refused")).toMatchObject([
    {
      manifest: { name: "other-key" },
      message: expect.stringContaining('their keys "two" and "one" differ'),
    },
    { manifest: { name: "same-port" }, message: expect.stringContaining("both listen on TCP/443") },
    { manifest: { name: "other-pods" }, message: expect.stringContaining("must select the same pods") },
  ]);
});

test("names both ranges", () => {
  expect(checkRule(uniqueAddress, "overlapping-pools")).toMatchObject([
    { actual: "192.168.1.235-192.168.1.239", limit: "192.168.1.230-192.168.1.235" },
    {
      actual: "192.168.1.250-192.168.1.251",
      limit: "192.168.1.240-192.168.1.254",
      path: "spec.addresses[0]",
    },
  ]);
});

test("names the other holder and the port in common", () => {
  expect(checkRule(uniqueAddress, "external-addresses")).toMatchObject([
    {
      manifest: { name: "cache" },
      path: "spec.externalIPs[0]",
      limit: "Service data/balancer",
      message: expect.stringContaining("both listen on TCP/80"),
    },
    { manifest: { name: "queue" }, limit: "Service data/store by the plan (store)" },
    { manifest: { name: "second" }, path: "spec.externalIPs[1]", limit: "Service data/balancer" },
  ]);
});

test("names the route as people write it", () => {
  expect(checkRule(uniqueAddress, "routes-twice")).toMatchObject([
    { manifest: { name: "new" }, actual: "shop.example.org/cart/", path: "spec.rules[0].http.paths[0].path" },
    { actual: "every host/" },
    { message: expect.stringContaining("claims docs.example.org/ twice") },
  ]);
});
