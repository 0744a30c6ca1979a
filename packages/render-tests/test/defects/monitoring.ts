import type { Defect } from "./platform-edit.ts";

export const monitoringDefects: readonly Defect[] = [
  {
    what: "a Prometheus that is told to use more than it has",
    rule: "memory-settings-agree",
    names: "StatefulSet monitoring/prometheus",
    apply: (platform) => {
      const { env } = platform.container("StatefulSet", "monitoring", "prometheus");
      env.find(({ name }: { name: string }) => name === "GOMEMLIMIT").value = "2048MiB";
    },
  },
  {
    what: "a Prometheus with more memory than its namespace has left",
    rule: "quota-fits",
    names: "monitoring",
    apply: (platform) => {
      platform.container("StatefulSet", "monitoring", "prometheus").resources.limits.memory = "1536Mi";
    },
  },
  {
    what: "a policy that keeps Prometheus from the kubelet",
    rule: "flows-allowed",
    names: "10250",
    apply: (platform) => {
      const { spec } = platform.object("NetworkPolicy", "monitoring", "prometheus-server");
      spec.egress = spec.egress.filter((rule: object) => !JSON.stringify(rule).includes("10250"));
    },
  },
  {
    what: "a pod that asks to be scraped without a flow for it",
    rule: "flows-allowed",
    names: "localstack",
    apply: (platform) => {
      platform.object("Deployment", "localstack", "localstack").spec.template.metadata.annotations = {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": "4566",
      };
    },
  },
  {
    what: "a Prometheus that also reaches Argo CD's cache",
    rule: "flows-allowed",
    names: "6379",
    apply: (platform) => {
      const peer = (namespace: string, name: string, component: string) => ({
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        podSelector: {
          matchLabels: { "app.kubernetes.io/name": name, "app.kubernetes.io/component": component },
        },
      });
      const ports = [{ port: 6379, protocol: "TCP" }];
      const prometheus = platform.object("NetworkPolicy", "monitoring", "prometheus-server");
      prometheus.spec.egress.push({ to: [peer("argocd", "argocd", "redis")], ports });
      const cache = platform.object("NetworkPolicy", "argocd", "argocd-redis");
      cache.spec.ingress.push({ from: [peer("monitoring", "prometheus", "server")], ports });
    },
  },
  {
    what: "a node-exporter on the node's network",
    rule: "pod-security",
    names: "DaemonSet monitoring/node-exporter",
    apply: (platform) => {
      platform.podSpec("DaemonSet", "monitoring", "node-exporter").hostNetwork = true;
    },
  },
  {
    what: "a node-exporter that sees the whole disk",
    rule: "pod-security",
    names: "volumes[2]",
    apply: (platform) => {
      const { volumes } = platform.podSpec("DaemonSet", "monitoring", "node-exporter");
      volumes.push({ name: "root", hostPath: { path: "/", type: "Directory" } });
    },
  },
  {
    what: "the password of an Alertmanager in Prometheus' configuration",
    rule: "no-secrets",
    names: "ConfigMap monitoring/prometheus",
    apply: (platform) => {
      const { data } = platform.object("ConfigMap", "monitoring", "prometheus");
      const login = "basic_auth:\n        username: prometheus\n        password: 7vXq2mYt9LwKp4RzN8cB";
      data["prometheus.yml"] += `\nalerting:\n  alertmanagers:\n    - ${login}\n`;
    },
  },
  {
    what: "a Grafana that reads a key which nobody makes",
    rule: "secrets-closed",
    names: "takes secret-keys of Secret monitoring/grafana",
    apply: (platform) => {
      const { env } = platform.container("Deployment", "monitoring", "grafana");
      for (const { valueFrom } of env) {
        if (valueFrom?.secretKeyRef?.key === "secret-key") valueFrom.secretKeyRef.key = "secret-keys";
      }
    },
  },
  {
    what: "Grafana's Secret in a namespace where nothing uses it",
    rule: "secrets-closed",
    names: "Nothing in namespace data uses Secret grafana",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.secrets.ledger.grafana.namespaces.push("data");
      }),
  },
];
