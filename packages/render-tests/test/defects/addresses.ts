import type { Defect, PlatformEdit } from "./platform-edit.ts";

function pin(platform: PlatformEdit, address: string): void {
  platform.object("Service", "data", "minio-lan").metadata.annotations["metallb.io/loadBalancerIPs"] =
    address;
}

export const addressDefects: readonly Defect[] = [
  {
    what: "an address that does not exist",
    rule: "valid-address",
    names: "Service data/minio-lan",
    apply: (platform) => pin(platform, "192.168.1.256"),
  },
  {
    what: "an address outside the home network",
    rule: "valid-address",
    names: "Service data/minio-lan",
    apply: (platform) => pin(platform, "192.168.2.241"),
  },
  {
    what: "the broadcast address",
    rule: "valid-address",
    names: "Service data/minio-lan",
    apply: (platform) => pin(platform, "192.168.1.255"),
  },
  {
    what: "a pool that the router hands out too",
    rule: "valid-address",
    names: "by DHCP",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.node.network.dhcp = "192.168.1.100-192.168.1.245";
      }),
  },
  {
    what: "two Services on one address",
    rule: "unique-address",
    names: "192.168.1.241",
    apply: (platform) => {
      const second = structuredClone(platform.object("Service", "data", "minio-lan"));
      second.metadata.name = "redis-lan";
      second.spec.selector = structuredClone(platform.object("Service", "data", "redis").spec.selector);
      second.spec.ports = [{ name: "redis", port: 6379, targetPort: "redis" }];
      platform.add(second);
    },
  },
  {
    what: "another Service's address",
    rule: "address-in-plan",
    names: "Service data/minio-lan",
    apply: (platform) => pin(platform, "192.168.1.242"),
  },
  {
    what: "a planned address that no Service pins",
    rule: "address-in-plan",
    names: "192.168.1.241",
    apply: (platform) => platform.remove("Service", "data", "minio-lan"),
  },
  {
    what: "an address that is reserved for Kubeflow",
    rule: "reserved-address-free",
    names: "Service data/minio-lan",
    apply: (platform) => pin(platform, "192.168.1.244"),
  },
  {
    what: "a load balancer that takes any address",
    rule: "no-address-by-chance",
    names: "Service data/minio-lan",
    apply: (platform) => {
      delete platform.object("Service", "data", "minio-lan").metadata.annotations[
        "metallb.io/loadBalancerIPs"
      ];
    },
  },
  {
    what: "a pool that hands out addresses by itself",
    rule: "pool-matches-plan",
    names: "IPAddressPool metallb-system/home-lan",
    apply: (platform) =>
      platform.add({
        apiVersion: "metallb.io/v1beta1",
        kind: "IPAddressPool",
        metadata: { name: "home-lan", namespace: "metallb-system" },
        spec: { addresses: ["192.168.1.240-192.168.1.254"], autoAssign: true },
      }),
  },
  {
    what: "a pool larger than the plan's",
    rule: "pool-matches-plan",
    names: "IPAddressPool metallb-system/home-lan",
    apply: (platform) =>
      platform.add({
        apiVersion: "metallb.io/v1beta1",
        kind: "IPAddressPool",
        metadata: { name: "home-lan", namespace: "metallb-system" },
        spec: { addresses: ["192.168.1.200/28"], autoAssign: false },
      }),
  },
];
