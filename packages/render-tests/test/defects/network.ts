import type { Defect } from "./platform-edit.ts";

export const networkDefects: readonly Defect[] = [
  {
    what: "a namespace that denies nothing",
    rule: "default-deny",
    names: "data",
    apply: (platform) => platform.remove("NetworkPolicy", "data", "default-deny"),
  },
  {
    what: "Kubeflow's namespace without its policy while it is reserved",
    rule: "default-deny",
    names: "kubeflow",
    apply: (platform) => platform.remove("NetworkPolicy", "kubeflow", "default-deny"),
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
    what: "a data source at a port that nothing listens on",
    rule: "flows-allowed",
    names: "loki.monitoring.svc",
    apply: (platform) => {
      const { data } = platform.object("ConfigMap", "monitoring", "grafana");
      data["datasources.yaml"] = data["datasources.yaml"].replace(
        "loki.monitoring.svc:3100",
        "loki.monitoring.svc:3101",
      );
    },
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
      platform.object("NetworkPolicy", "data", "redis-server").spec.ingress = [
        { from: [{ podSelector: {} }], ports: [{ port: 6379, protocol: "TCP" }] },
      ];
      platform.object("NetworkPolicy", "data", "registry-server").spec.egress = [
        {
          to: [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "redis" } } }],
          ports: [{ port: 6379, protocol: "TCP" }],
        },
      ];
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
  {
    what: "a database that a whole namespace may call",
    rule: "flows-allowed",
    names: "any pod of namespace default → postgresql/server on TCP 5432",
    apply: (platform) => {
      platform.object("NetworkPolicy", "data", "postgresql-server").spec.ingress.push({
        from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "default" } } }],
        ports: [{ port: 5432, protocol: "TCP" }],
      });
    },
  },
  {
    what: "a database that may call a whole namespace",
    rule: "flows-allowed",
    names: "postgresql/server → any pod of namespace kubeflow",
    apply: (platform) => {
      platform.object("NetworkPolicy", "data", "postgresql-server").spec.egress = [
        { to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kubeflow" } } }] },
      ];
    },
  },
  {
    what: "a namespace that the plan itself leaves open",
    rule: "default-deny",
    names: "Namespace data",
    apply: (platform) => {
      platform.plan((plan) => {
        plan.namespaces.data.network = "open";
      });
      platform.remove("NetworkPolicy", "data", "default-deny");
    },
  },
  {
    what: "a cache that the plan lets the home network call",
    rule: "flows-allowed",
    names: "global.flows.redis-clients",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.flows["redis-clients"].from = ["lan"];
      }),
  },
  {
    what: "a host in a namespace that does not exist",
    rule: "flows-allowed",
    names: "postgresql.dat.svc is no Service",
    apply: (platform) => {
      const container = platform.container("CronJob", "data", "postgresql-backup");
      container.env.push({ name: "PGHOST", value: "postgresql.dat.svc" });
    },
  },
  {
    what: "a misspelt address",
    rule: "flows-allowed",
    names: "minioo is no Service",
    apply: (platform) => {
      const container = platform.container("CronJob", "data", "postgresql-backup");
      container.env.push({ name: "S3_ADDRESS", value: "minioo:9000" });
    },
  },
  {
    what: "a Job that cannot reach the API server",
    rule: "flows-allowed",
    names: "foundation/create-secrets cannot reach kube-apiserver",
    apply: (platform) => {
      platform.object("NetworkPolicy", "platform-system", "create-secrets").spec.egress = [];
    },
  },
  {
    what: "a download that no policy permits",
    rule: "flows-allowed",
    names: "redis/server cannot reach internet",
    apply: (platform) => {
      const spec = platform.podSpec("Deployment", "data", "redis");
      const { image, securityContext, resources } = spec.containers[0];
      spec.initContainers = [
        { name: "fetch", image, securityContext, resources, command: ["wget", "https://pypi.org/simple/"] },
      ];
    },
  },
  {
    what: "a webhook that the API server cannot call",
    rule: "flows-allowed",
    names: "metallb-webhook-service",
    apply: (platform) => {
      platform.object("NetworkPolicy", "metallb-system", "metallb-controller").spec.ingress = [];
    },
  },
  {
    what: "an ingress controller that may not call what is behind it",
    rule: "flows-allowed",
    names: "Ingress data/registry",
    apply: (platform) => {
      const { spec } = platform.object("NetworkPolicy", "traefik", "traefik-proxy");
      spec.egress = spec.egress.filter((rule: { ports: { port: number }[] }) => rule.ports[0]?.port !== 5000);
    },
  },
];
