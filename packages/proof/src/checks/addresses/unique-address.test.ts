import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { uniqueAddress } from "./unique-address.ts";

testRule(uniqueAddress, {
  "no-sharing-key": ["pinned-twice"],
  "sharing-refused": ["pinned-twice", "pinned-twice", "pinned-twice"],
  "overlapping-pools": ["overlapping-pools", "overlapping-pools"],
  "plan-twice": ["planned-twice", "overlapping-pools", "overlapping-reservations"],
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
