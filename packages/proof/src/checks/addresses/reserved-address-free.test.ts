import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { reservedAddressFree } from "./reserved-address-free.ts";

testRule(reservedAddressFree, {
  borrowed: ["reserved-for-another", "reserved-for-another"],
  "inside-a-range": ["reserved-for-another"],
  "disabled-component": ["reserved-and-disabled"],
  promised: ["promised-and-reserved"],
  "ok-its-own": [],
  "ok-planned-inside-own-reservation": [],
});

test("says for whom the address is kept", () => {
  expect(checkRule(reservedAddressFree, "inside-a-range")).toMatchObject([
    {
      path: "spec.loadBalancerIP",
      actual: "store",
      limit: "web",
      message: "Service data/store of store takes 192.168.1.252, reserved for web (Later)",
    },
  ]);
});
