import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { poolMatchesPlan } from "./pool-matches-plan.ts";

testRule(poolMatchesPlan, {
  "no-pool": ["pool-missing"],
  renamed: ["pool-missing", "not-advertised", "advertises-unknown-pool"],
  "too-small-and-too-big": ["addresses-missing", "addresses-added"],
  "extension-not-enabled": ["addresses-added"],
  "extension-forgotten": ["addresses-missing"],
  "assigns-by-itself": ["auto-assign"],
  "wrong-namespace": ["wrong-namespace", "wrong-namespace"],
  silent: ["not-advertised"],
  "announced-elsewhere": ["not-advertised"],
  "bgp-without-peer": ["not-advertised"],
  "bgp-of-another-peer": ["not-advertised"],
  "node-labels-unknown": ["unchecked"],
  "ok-announced": [],
  "ok-bgp": [],
  "ok-parts": [],
  "ok-advertises-all": [],
  "ok-no-metallb": [],
});

test("says which addresses differ", () => {
  expect(checkRule(poolMatchesPlan, "too-small-and-too-big")).toMatchObject([
    {
      message: "No pool holds 192.168.1.251-192.168.1.254; the plan's pool is 192.168.1.240-192.168.1.254",
      actual: "192.168.1.239-192.168.1.250",
    },
    { path: "spec.addresses[0]", actual: "192.168.1.239", limit: "192.168.1.240-192.168.1.254" },
  ]);
});

test("says why nobody hears the announcement", () => {
  const messageOf = (name: string): unknown => checkRule(poolMatchesPlan, name)[0];
  expect(messageOf("silent")).toMatchObject({
    message: expect.stringMatching(/^No advertisement names IPAddressPool metallb-system\/lan/),
    actual: "(none)",
  });
  expect(messageOf("announced-elsewhere")).toMatchObject({
    message: expect.stringContaining("from other nodes than node-1"),
  });
  expect(messageOf("bgp-without-peer")).toMatchObject({
    message: expect.stringContaining("no BGPPeer is there to hear it"),
  });
});
