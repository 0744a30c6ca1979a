import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { addressInPlan } from "./address-in-plan.ts";

testRule(addressInPlan, {
  "unknown-address": ["unplanned-address"],
  "other-address": ["wrong-address"],
  "address-of-another": ["wrong-service"],
  swapped: ["wrong-service", "wrong-service"],
  "no-such-service": ["wrong-service", "not-pinned"],
  "pins-nothing": ["not-pinned", "not-pinned"],
  "promised-outside-the-pool": ["outside-pool", "outside-pool"],
  "ok-as-planned": [],
  "ok-disabled": [],
  "ok-extension": [],
});

test("says which address is the Service's", () => {
  expect(checkRule(addressInPlan, "other-address")).toMatchObject([
    {
      path: 'metadata.annotations["metallb.io/loadBalancerIPs"]',
      actual: "192.168.1.242",
      limit: "192.168.1.241",
      fix: "Pin 192.168.1.241, or change the plan.",
    },
  ]);
});

test("says who should pin a planned address", () => {
  expect(checkRule(addressInPlan, "no-such-service")[1]).toMatchObject({
    path: "global.addresses.services.store.address",
    message:
      "The plan gives 192.168.1.241 (store) to Service data/store of store, and no such LoadBalancer Service is rendered",
  });
});
