/** What a rotation of one key needs or costs beyond what is computed: restart whoever reads it, run its Jobs again. */
export interface RotationEffect {
  /** What is lost for good with the old value; such a key is not rotated unless that is accepted. */
  readonly loses?: string;
  /** What people notice. */
  readonly costs?: string;
  /** What is left for a person to do. */
  readonly afterwards?: string;
  /** Its readers take the new value by themselves: nothing restarts. */
  readonly readAgain?: true;
  /** Its readers look at it once, when their storage is empty: the value goes to this program's standard input instead. */
  readonly command?: { readonly workload: string; readonly arguments: readonly string[] };
}

const NOTEBOOKS = "Running notebook servers keep the old value: stop and start them at /hub/admin.";

/**
 * By `Secret/key`; a key that is not here has no more effect than the computed one. Where each comes from: the scripts
 * in charts/data-services/files and charts/ml-platform/files, and for Grafana 13 its pages "Configure database
 * encryption" (data keys are encrypted with secret_key) and "grafana cli" (`admin reset-admin-password
 * --password-from-stdin`); for the object store minio/minio pull requests 14534 and 16812 (what root's password signs).
 */
const EFFECTS: Readonly<Record<string, RotationEffect>> = {
  "grafana/secret-key": {
    loses:
      "what Grafana's database keeps encrypted: passwords of data sources and contact points that people added",
  },
  "grafana/admin-password": {
    command: {
      workload: "deployment/grafana",
      arguments: [
        "/usr/share/grafana/bin/grafana",
        "cli",
        "--homepath",
        "/usr/share/grafana",
        "admin",
        "reset-admin-password",
        "--password-from-stdin",
      ],
    },
  },
  "jupyterhub/cookie-secret": { costs: "everybody is logged out of JupyterHub" },
  "jupyterhub/proxy-token": { costs: "no notebook is reachable for about a minute; servers go on" },
  "minio-notebooks/secret-key": { afterwards: NOTEBOOKS },
  "minio-root/password": {
    costs:
      "the object store restarts; sessions in a browser and temporary keys end, users and their keys stay",
  },
  "mlflow-notebooks/password": { afterwards: NOTEBOOKS },
  "mlflow/session-key": { costs: "everybody is logged out of MLflow" },
  "postgresql/password": { costs: "PostgreSQL restarts: nobody reaches a database for some seconds" },
  "postgresql-metrics/password": {
    costs: "PostgreSQL's pod restarts, the exporter is in it: nobody reaches a database for some seconds",
  },
  "redis/password": { costs: "Redis restarts empty: it keeps nothing on disk" },
  "redis/admin-password": { costs: "Redis restarts empty: it keeps nothing on disk" },
  "redis-metrics/password": {
    costs: "Redis restarts empty, the exporter is in its pod: it keeps nothing on disk",
  },
  "registry-auth/password": {
    readAgain: true,
    costs: "the registry reads the new file within a minute or two, when the kubelet has renewed it",
    afterwards: "Log in again, and renew the password in the node's /etc/rancher/k3s/registries.yaml.",
  },
  "registry-http/secret": { costs: "uploads to the registry that are under way fail" },
  "traefik-dashboards/password": { costs: "Traefik restarts: connections through it end" },
};

export function rotationEffect(secret: string, key: string): RotationEffect {
  const id = `${secret}/${key}`;
  return (Object.hasOwn(EFFECTS, id) ? EFFECTS[id] : undefined) ?? {};
}

/** Every `Secret/key` with an effect of its own, for the test that holds them against the ledger. */
export const KEYS_WITH_EFFECT = Object.keys(EFFECTS);
