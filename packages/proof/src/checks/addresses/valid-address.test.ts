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
  "external-addresses": [
    "gateway-address",
    "dhcp-address",
    "node-address",
    "external-address",
    "malformed",
    "unchecked",
  ],
  "fixed-cluster-addresses": [
    "outside-service-network",
    "outside-service-network",
    "reserved-service-address",
    "reserved-service-address",
    "malformed",
  ],
  "ports-of-the-node": ["node-port-out-of-range", "node-port-out-of-range", "node-port-out-of-range"],
  "ok-service-fields": [],
  "ok-one-service-two-ways": [],
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

test("gives the Services' network and whose address it is", () => {
  expect(checkRule(validAddress, "fixed-cluster-addresses")).toMatchObject([
    { manifest: { name: "elsewhere" }, actual: "10.99.0.5", limit: "10.43.0.1 to 10.43.255.254" },
    { manifest: { name: "network" }, path: "spec.clusterIP" },
    { manifest: { name: "resolver" }, limit: "kube-system/kube-dns" },
    { manifest: { name: "api" }, limit: "default/kubernetes", path: "spec.clusterIPs[0]" },
    { manifest: { name: "unreadable" } },
  ]);
});
