import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { noAddressByChance } from "./no-address-by-chance.ts";

testRule(noAddressByChance, {
  unpinned: ["not-pinned", "not-pinned"],
  "empty-pin": ["not-pinned", "not-pinned", "contradicting-annotations"],
  "two-ways": ["pinned-in-two-ways"],
  "two-annotations": ["contradicting-annotations"],
  thief: ["not-pinned", "pool-gives-away"],
  "ok-pinned": [],
  "ok-others": [],
});

test("names the pool's default", () => {
  expect(checkRule(noAddressByChance, "thief")[1]).toMatchObject({
    manifest: { kind: "IPAddressPool", name: "lan" },
    path: "spec.autoAssign",
    actual: "true (the default)",
    limit: "false",
    message: expect.stringContaining("Service apps/thief"),
  });
});
