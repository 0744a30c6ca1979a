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
