import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { pinnedAddressServed } from "./pinned-address-served.ts";

testRule(pinnedAddressServed, {
  "pool-of-another-namespace": ["pool-excludes-service", "pool-excludes-service"],
  "pool-of-other-services": ["pool-excludes-service", "pool-excludes-service"],
  "other-pool-requested": ["other-pool-requested", "other-pool-requested"],
  "in-no-pool": ["in-no-pool"],
  "announced-for-others": ["not-announced"],
  "namespace-unknown": ["unchecked"],
  "ok-served": [],
  "no-pools": ["in-no-pool"],
  "ok-not-announced-at-all": [],
});

test("names the pool and the annotation that asks for another", () => {
  expect(checkRule(pinnedAddressServed, "other-pool-requested")).toMatchObject([
    { path: 'metadata.annotations["metallb.io/address-pool"]', actual: "office", limit: "lan" },
    { path: 'metadata.annotations["metallb.universe.tf/address-pool"]', actual: "home" },
  ]);
  expect(checkRule(pinnedAddressServed, "pool-of-another-namespace")[0]).toMatchObject({
    manifest: { name: "store" },
    path: 'metadata.annotations["metallb.io/loadBalancerIPs"]',
    message:
      "Service data/store pins 192.168.1.241 of IPAddressPool metallb-system/lan, whose spec.serviceAllocation leaves it out: MetalLB assigns nothing",
  });
});
