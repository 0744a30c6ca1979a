import type { Defect, PlatformEdit } from "./platform-edit.ts";

function pin(platform: PlatformEdit, address: string): void {
  platform.object("Service", "data", "minio-lan").metadata.annotations["metallb.io/loadBalancerIPs"] =
    address;
}

/** Changes MetalLB's pool and its advertisement. */
function changePool(platform: PlatformEdit, pool: object, advertisement: object = {}): void {
  for (const [kind, change] of [
    ["IPAddressPool", pool],
    ["L2Advertisement", advertisement],
  ] as const) {
    Object.assign(platform.object(kind, "metallb-system", "home-lan").spec, change);
  }
}

/** Gives a program of Kubeflow an address at home, as its upstream manifests would. */
function expose(platform: PlatformEdit, app: string, address: string): void {
  platform.add({
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: app,
      namespace: "kubeflow",
      labels: { "app.kubernetes.io/name": "kubeflow" },
      annotations: { "metallb.io/loadBalancerIPs": address },
    },
    spec: { type: "LoadBalancer", selector: { app }, ports: [{ name: "http", port: 80 }] },
  });
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
    what: "KServe's address in somebody else's new Service",
    rule: "reserved-address-free",
    names: "Service mlflow/metrics-lan",
    apply: (platform) => {
      const second = structuredClone(platform.object("Service", "mlflow", "mlflow-lan"));
      second.metadata.name = "metrics-lan";
      second.metadata.annotations["metallb.io/loadBalancerIPs"] = "192.168.1.245";
      platform.add(second);
    },
  },
  {
    what: "an interface of Kubeflow on an address of its own",
    rule: "address-behind-gateway",
    names: "Service kubeflow/ml-pipeline-ui",
    apply: (platform) => {
      expose(platform, "istio-ingressgateway", "192.168.1.243");
      expose(platform, "ml-pipeline-ui", "192.168.1.244");
    },
  },
  {
    what: "an interface of Kubeflow without its gateway",
    rule: "address-behind-gateway",
    names: "no Service holds 192.168.1.243",
    apply: (platform) => expose(platform, "katib-ui", "192.168.1.246"),
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
    apply: (platform) => changePool(platform, { autoAssign: true }),
  },
  {
    what: "a pool larger than the plan's",
    rule: "pool-matches-plan",
    names: "IPAddressPool metallb-system/home-lan",
    apply: (platform) => changePool(platform, { addresses: ["192.168.1.200/28"] }),
  },
  {
    what: "a pool that serves another namespace alone",
    rule: "pinned-address-served",
    names: "Service data/minio-lan",
    apply: (platform) => changePool(platform, { serviceAllocation: { namespaces: ["traefik"] } }),
  },
  {
    what: "an annotation that asks for another pool",
    rule: "pinned-address-served",
    names: 'metadata.annotations["metallb.io/address-pool"]',
    apply: (platform) => {
      platform.object("Service", "data", "minio-lan").metadata.annotations["metallb.io/address-pool"] =
        "office";
    },
  },
  {
    what: "an advertisement for other Services",
    rule: "pinned-address-served",
    names: "Service data/minio-lan",
    apply: (platform) =>
      changePool(platform, {}, { serviceSelectors: [{ matchLabels: { announce: "everywhere" } }] }),
  },
  {
    what: "a pool that another node announces",
    rule: "pool-matches-plan",
    names: "from other nodes than t495",
    apply: (platform) =>
      changePool(platform, {}, { nodeSelectors: [{ matchLabels: { "kubernetes.io/hostname": "desktop" } }] }),
  },
  {
    what: "the router's address by spec.externalIPs",
    rule: "valid-address",
    names: "Service data/redis",
    apply: (platform) => {
      platform.object("Service", "data", "redis").spec.externalIPs = ["192.168.1.1"];
    },
  },
  {
    what: "another Service's address by spec.externalIPs",
    rule: "unique-address",
    names: "Service data/registry",
    apply: (platform) => {
      const { spec } = platform.object("Service", "data", "registry");
      spec.externalIPs = ["192.168.1.241"];
      spec.ports[0].port = platform.object("Service", "data", "minio-lan").spec.ports[0].port;
    },
  },
  {
    what: "the clusterIP of the cluster's DNS",
    rule: "valid-address",
    names: "Service data/redis",
    apply: (platform) => {
      platform.object("Service", "data", "redis").spec.clusterIP = "10.43.0.10";
    },
  },
  {
    what: "a port of the node that nobody may have",
    rule: "valid-address",
    names: "spec.ports[0].nodePort",
    apply: (platform) => {
      const { spec } = platform.object("Service", "data", "redis");
      spec.type = "NodePort";
      spec.ports[0].nodePort = 6379;
    },
  },
  {
    what: "one fixed clusterIP for two Services",
    rule: "unique-address",
    names: "10.43.0.50",
    apply: (platform) => {
      for (const name of ["redis", "registry"])
        platform.object("Service", "data", name).spec.clusterIP = "10.43.0.50";
    },
  },
  {
    what: "one port of the node for two Services",
    rule: "unique-address",
    names: "port 30500 of the node",
    apply: (platform) => {
      for (const name of ["redis", "registry"]) {
        const { spec } = platform.object("Service", "data", name);
        spec.type = "NodePort";
        spec.ports[0].nodePort = 30500;
      }
    },
  },
  {
    what: "one host and path for two Ingresses",
    rule: "unique-address",
    names: "Ingress data/registry",
    apply: (platform) => {
      const [rule] = platform.object("Ingress", "data", "minio").spec.rules;
      platform.object("Ingress", "data", "registry").spec.rules[0].host = rule.host;
    },
  },
];
