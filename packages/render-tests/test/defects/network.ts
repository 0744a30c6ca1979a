import type { Defect } from "./platform-edit.ts";

export const networkDefects: readonly Defect[] = [
  {
    what: "a namespace that denies nothing",
    rule: "default-deny",
    names: "data",
    apply: (platform) => platform.remove("NetworkPolicy", "data", "default-deny"),
  },
  {
    what: "a default-deny that forgets egress",
    rule: "default-deny",
    names: "data",
    apply: (platform) => {
      platform.object("NetworkPolicy", "data", "default-deny").spec.policyTypes = ["Ingress"];
    },
  },
  {
    what: "a policy that lets everybody in",
    rule: "default-deny",
    names: "NetworkPolicy data/open",
    apply: (platform) =>
      platform.add({
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name: "open", namespace: "data" },
        spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] },
      }),
  },
  {
    what: "a workload whose policy is missing",
    rule: "flows-allowed",
    names: "postgresql",
    apply: (platform) => platform.remove("NetworkPolicy", "data", "postgresql-backup"),
  },
  {
    what: "a policy on the wrong port",
    rule: "flows-allowed",
    names: "postgresql",
    apply: (platform) => {
      const { spec } = platform.object("NetworkPolicy", "data", "postgresql-server");
      for (const rule of spec.ingress) for (const port of rule.ports) port.port = 5433;
    },
  },
  {
    what: "a door that the plan does not declare",
    rule: "flows-allowed",
    names: "redis",
    apply: (platform) => {
      platform
        .object("NetworkPolicy", "data", "redis-server")
        .spec.ingress.push({ from: [{ podSelector: {} }], ports: [{ port: 6379, protocol: "TCP" }] });
      platform.object("NetworkPolicy", "data", "registry-server").spec.egress.push({
        to: [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "redis" } } }],
        ports: [{ port: 6379, protocol: "TCP" }],
      });
    },
  },
  {
    what: "a database that may reach the internet",
    rule: "flows-allowed",
    names: "postgresql",
    apply: (platform) => {
      platform.object("NetworkPolicy", "data", "postgresql-server").spec.egress = [
        { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] },
      ];
    },
  },
];
