import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { validAddress } from "./valid-address.ts";

testRule(validAddress, {
  "pins-nobody-can-have": [
    "network-or-broadcast",
    "network-or-broadcast",
    "gateway-address",
    "node-address",
    "dhcp-address",
    "outside-lan",
  ],
  "pins-that-cannot-be-read": ["malformed", "malformed", "malformed", "malformed", "malformed"],
  "pool-means-another-network": ["shifted-network", "dhcp-address"],
  "pool-lines": ["reversed-range", "malformed", "network-or-broadcast", "node-address"],
  families: ["unchecked", "wrong-family", "wrong-family", "wrong-family", "several-of-a-family"],
  "plan-in-dhcp": ["dhcp-address", "dhcp-address", "dhcp-address", "dhcp-address"],
  "plan-reversed": ["reversed-range", "malformed"],
  "plan-networks": ["shifted-network", "overlapping-networks"],
  "plan-node": ["gateway-address"],
  "ok-unusual": [],
  "ok-dual-stack": ["unchecked", "unchecked", "unchecked"],
  "ok-wider-lan": [],
});

test("says which addresses a shifted network means", () => {
  expect(checkRule(validAddress, "pool-means-another-network")).toMatchObject([
    {
      manifest: { kind: "IPAddressPool" },
      path: "spec.addresses[0]",
      actual: "192.168.1.200/28",
      limit: "192.168.1.192/28",
      message:
        "IPAddressPool metallb-system/lan lists 192.168.1.200/28, which means the network 192.168.1.192/28, 192.168.1.192 to 192.168.1.207",
    },
    { limit: "192.168.1.100-192.168.1.199" },
  ]);
});

test("points at the plan's own figures", () => {
  expect(checkRule(validAddress, "plan-in-dhcp")).toMatchObject([
    { path: "global.addresses.pool.range", limit: "192.168.1.100-192.168.1.245" },
    { path: "global.addresses.extension.range" },
    { path: "global.addresses.services.store.address", actual: "192.168.1.241" },
    { path: "global.addresses.reserved.gateway.range" },
  ]);
});
