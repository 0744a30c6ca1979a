import type { Diagnosis, KubernetesObject } from "@t495/proof";
import type { Cluster } from "../src/cluster/start-cluster.ts";
import { ROOT } from "./platform.ts";
import { PLATFORM, withKubectl } from "./platform-command.ts";
import { type Ended, runToEnd } from "./run-to-end.ts";

/** `platform doctor` with this kubeconfig. */
export async function visit(cluster: Cluster, kubeconfig: string): Promise<Ended> {
  const words = [PLATFORM, "doctor", `--profile=${cluster.plan.profile}`, `--kubeconfig=${kubeconfig}`];
  const env = { ...process.env, ...withKubectl(cluster) };
  return runToEnd(process.execPath, [...words, "--format=json"], { cwd: ROOT, env });
}

export function diagnosisOf({ stdout }: Ended): Diagnosis {
  return JSON.parse(stdout);
}

/** Everything that was found, as `id object: message => fix`. */
export function findingsIn(said: Ended): readonly string[] {
  return diagnosisOf(said).findings.map(
    ({ id, object, message, fix }) => `${id} ${object}: ${message} => ${fix}`,
  );
}

/** Lets the ServiceAccount `default` of a namespace read nodes, and nothing else. */
export function readsNodes(namespace: string): readonly KubernetesObject[] {
  const metadata = { name: "reads-nodes" };
  const apiGroup = "rbac.authorization.k8s.io";
  const apiVersion = `${apiGroup}/v1`;
  return [
    {
      apiVersion,
      kind: "ClusterRole",
      metadata,
      rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get"] }],
    },
    {
      ...{ apiVersion, kind: "ClusterRoleBinding", metadata },
      roleRef: { apiGroup, kind: "ClusterRole", name: metadata.name },
      subjects: [{ kind: "ServiceAccount", namespace, name: "default" }],
    },
  ];
}
