import type { Defect } from "./platform-edit.ts";

const RBAC = "rbac.authorization.k8s.io/v1";

export const securityDefects: readonly Defect[] = [
  {
    what: "a privileged container",
    rule: "pod-security",
    names: "Deployment data/redis",
    apply: (platform) => {
      platform.container("Deployment", "data", "redis").securityContext.privileged = true;
    },
  },
  {
    what: "a root user",
    rule: "pod-security",
    names: "StatefulSet data/minio",
    apply: (platform) => {
      platform.podSpec("StatefulSet", "data", "minio").securityContext.runAsUser = 0;
    },
  },
  {
    what: "the host's files",
    rule: "pod-security",
    names: "Deployment data/registry",
    apply: (platform) => {
      platform
        .podSpec("Deployment", "data", "registry")
        .volumes.push({ name: "host", hostPath: { path: "/" } });
    },
  },
  {
    what: "a writable root file system",
    rule: "pod-security",
    names: "Deployment data/registry",
    apply: (platform) => {
      platform.container("Deployment", "data", "registry").securityContext.readOnlyRootFilesystem = false;
    },
  },
  {
    what: "capabilities kept",
    rule: "pod-security",
    names: "CronJob data/postgresql-backup",
    apply: (platform) => {
      delete platform.container("CronJob", "data", "postgresql-backup").securityContext.capabilities;
    },
  },
  {
    what: "a collector of logs that may read every file of the node",
    rule: "pod-security",
    names: "DaemonSet monitoring/promtail",
    apply: (platform) => {
      platform.container("DaemonSet", "monitoring", "promtail").securityContext.capabilities.add = [
        "DAC_READ_SEARCH",
      ];
    },
  },
  {
    what: "a program that upstream no longer mends, with nobody who says why",
    rule: "pinned-images",
    names: "DaemonSet monitoring/promtail",
    apply: (platform) => {
      platform.plan((plan) => {
        delete plan.exceptions["promtail-end-of-life"];
      });
    },
  },
  {
    what: "a floating tag",
    rule: "pinned-images",
    names: "Deployment data/redis",
    apply: (platform) => {
      platform.container("Deployment", "data", "redis").image = "docker.io/library/redis:latest";
    },
  },
  {
    what: "a digest that was dropped",
    rule: "pinned-images",
    names: "Deployment data/redis",
    apply: (platform) => {
      const container = platform.container("Deployment", "data", "redis");
      container.image = container.image.split("@")[0];
    },
  },
  {
    what: "an image outside the ledger",
    rule: "pinned-images",
    names: "Deployment data/registry",
    apply: (platform) => {
      platform.container("Deployment", "data", "registry").image =
        `docker.io/library/registry:2.8.3@sha256:${"0a".repeat(32)}`;
    },
  },
  {
    what: "a Secret in the rendering",
    rule: "no-secrets",
    names: "Secret data/redis",
    apply: (platform) =>
      platform.add({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "redis", namespace: "data" },
        stringData: { password: "correct-horse-battery" },
      }),
  },
  {
    what: "a password in a variable",
    rule: "no-secrets",
    names: "Deployment data/registry",
    apply: (platform) => {
      const { env } = platform.container("Deployment", "data", "registry");
      env.push({ name: "REGISTRY_PASSWORD", value: "hunter2hunter2" });
    },
  },
  {
    what: "a private key in a ConfigMap",
    rule: "no-secrets",
    names: "ConfigMap data/redis",
    apply: (platform) => {
      const { data } = platform.object("ConfigMap", "data", "redis");
      data["tls.key"] = `-----BEGIN PRIVATE ${"KEY"}-----\nMIGHAgEAMBMG\n-----END PRIVATE ${"KEY"}-----\n`;
    },
  },
  {
    what: "service links",
    rule: "no-service-links",
    names: "Deployment data/registry",
    apply: (platform) => {
      delete platform.podSpec("Deployment", "data", "registry").enableServiceLinks;
    },
  },
  {
    what: "a namespace whose level the plan itself lowers",
    rule: "pod-security",
    names: "Namespace data",
    apply: (platform) => {
      platform.plan((plan) => {
        plan.namespaces.data.podSecurity = "privileged";
      });
      const labels = platform.object("Namespace", undefined, "data").metadata.labels;
      labels["pod-security.kubernetes.io/enforce"] = "privileged";
    },
  },
  {
    what: "a password in the ledger",
    rule: "no-secrets",
    names: "global.secrets.ledger.redis.keys.password.value",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.secrets.ledger.redis.keys.password = { type: "literal", length: 0, value: "hunter2hunter2" };
      }),
  },
  {
    what: "a password in front of a command",
    rule: "no-secrets",
    names: "CronJob data/postgresql-backup",
    apply: (platform) => {
      const container = platform.container("CronJob", "data", "postgresql-backup");
      container.args = ["-c", "PGPASSWORD=hunter2 exec pg_dump -h postgresql"];
    },
  },
  {
    what: "a password in a connection string",
    rule: "no-secrets",
    names: "ConfigMap data/postgresql",
    apply: (platform) => {
      const { data } = platform.object("ConfigMap", "data", "postgresql");
      data["standby.conf"] = "primary_conninfo = 'host=postgresql user=replica password=hunter2'\n";
    },
  },
  {
    what: "a short password of Redis",
    rule: "no-secrets",
    names: "ConfigMap data/redis",
    apply: (platform) => {
      platform.object("ConfigMap", "data", "redis").data["further.conf"] = "requirepass hunter2hunt\n";
    },
  },
  {
    what: "a password among an Application's parameters",
    rule: "no-secrets",
    names: "Application argocd/extra",
    apply: (platform) =>
      platform.add({
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Application",
        metadata: { name: "extra", namespace: "argocd" },
        spec: { source: { helm: { parameters: [{ name: "auth.password", value: "hunter2" }] } } },
      }),
  },
  {
    what: "an image that upstream no longer mends",
    rule: "pinned-images",
    names: "upstream ended docker.io/library/redis",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.images.redis.endOfLife = "2026-11-23";
      }),
  },
  {
    what: "a speaker that may do anything with the network",
    rule: "pod-security",
    names: "DaemonSet metallb-system/metallb-speaker",
    apply: (platform) => {
      platform.container("DaemonSet", "metallb-system", "metallb-speaker").securityContext.privileged = true;
    },
  },
  {
    what: "a role that may do anything to its objects",
    rule: "least-rbac",
    names: "Role jupyter/jupyterhub-hub · rules[0].verbs[0]",
    apply: (platform) => {
      platform.object("Role", "jupyter", "jupyterhub-hub").rules[0].verbs = ["*"];
    },
  },
  {
    what: "a hub that may run pods in every namespace",
    rule: "least-rbac",
    names: "ClusterRole jupyterhub-hub · rules[0]",
    apply: (platform) => {
      const { metadata, rules } = platform.object("Role", "jupyter", "jupyterhub-hub");
      const { namespace, ...others } = metadata;
      platform.add({ apiVersion: RBAC, kind: "ClusterRole", metadata: others, rules });
      platform.add({
        apiVersion: RBAC,
        kind: "ClusterRoleBinding",
        metadata: others,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: metadata.name },
        subjects: [{ kind: "ServiceAccount", name: "jupyterhub-hub", namespace }],
      });
    },
  },
  {
    what: "a controller that reads the Secrets of every namespace",
    rule: "least-rbac",
    names: "ClusterRole metallb-controller · rules[0]",
    apply: (platform) => {
      platform.object("ClusterRole", undefined, "metallb-controller").rules[0].resources.push("secrets");
    },
  },
  {
    what: "a webhook configuration that may be rewritten whatever its name",
    rule: "least-rbac",
    names: "ClusterRole metallb-controller · rules[5]",
    apply: (platform) => {
      delete platform.object("ClusterRole", undefined, "metallb-controller").rules[5].resourceNames;
    },
  },
  {
    what: "a custom resource in the singular",
    rule: "least-rbac",
    names: "Role metallb-system/metallb-controller · rules[0].resources[0]",
    apply: (platform) => {
      platform.object("Role", "metallb-system", "metallb-controller").rules[0].resources[0] = "ipaddresspool";
    },
  },
  {
    what: "nodes in a namespaced role",
    rule: "least-rbac",
    names: "Role metallb-system/metallb-speaker · rules[4].resources[1]",
    apply: (platform) => {
      platform.object("Role", "metallb-system", "metallb-speaker").rules[4].resources.push("nodes");
    },
  },
  {
    what: "rights of administrators",
    rule: "least-rbac",
    names: "ClusterRoleBinding traefik · roleRef.name",
    apply: (platform) => {
      platform.object("ClusterRoleBinding", undefined, "traefik").roleRef.name = "cluster-admin";
    },
  },
  {
    what: "a role that nothing binds any more",
    rule: "least-rbac",
    names: "Role jupyter/jupyterhub-hub",
    apply: (platform) => platform.remove("RoleBinding", "jupyter", "jupyterhub-hub"),
  },
  {
    what: "rights for every pod without an account",
    rule: "least-rbac",
    names: "RoleBinding jupyter/jupyterhub-hub · subjects[0]",
    apply: (platform) => {
      platform.object("RoleBinding", "jupyter", "jupyterhub-hub").subjects[0].name = "default";
    },
  },
  {
    what: "the hub's rights for the account of another component",
    rule: "least-rbac",
    names: "RoleBinding jupyter/jupyterhub-hub · subjects[0]",
    apply: (platform) => {
      const [subject] = platform.object("RoleBinding", "jupyter", "jupyterhub-hub").subjects;
      subject.name = "mlflow";
      subject.namespace = "mlflow";
    },
  },
  {
    what: "a database with a token for the API server",
    rule: "no-token-by-default",
    names: "StatefulSet data/postgresql · spec.template.spec.automountServiceAccountToken",
    apply: (platform) => {
      platform.podSpec("StatefulSet", "data", "postgresql").automountServiceAccountToken = true;
    },
  },
  {
    what: "a pod without an account of its own",
    rule: "no-token-by-default",
    names: "Deployment data/redis",
    apply: (platform) => {
      const pod = platform.podSpec("Deployment", "data", "redis");
      delete pod.serviceAccountName;
      delete pod.automountServiceAccountToken;
    },
  },
  {
    what: "an account that gives its token away",
    rule: "no-token-by-default",
    names: "ServiceAccount mlflow/mlflow",
    apply: (platform) => {
      delete platform.object("ServiceAccount", "mlflow", "mlflow").automountServiceAccountToken;
    },
  },
  {
    what: "a hub that cannot call the API server",
    rule: "no-token-by-default",
    names: "Deployment jupyter/jupyterhub-hub · spec.template.spec.automountServiceAccountToken",
    apply: (platform) => {
      delete platform.podSpec("Deployment", "jupyter", "jupyterhub-hub").automountServiceAccountToken;
    },
  },
  {
    what: "a token without an end",
    rule: "no-token-by-default",
    names: "Secret traefik/traefik-token",
    apply: (platform) =>
      platform.add({
        apiVersion: "v1",
        kind: "Secret",
        type: "kubernetes.io/service-account-token",
        metadata: {
          name: "traefik-token",
          namespace: "traefik",
          annotations: { "kubernetes.io/service-account.name": "traefik" },
        },
      }),
  },
];
