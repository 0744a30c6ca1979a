import { execFile } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Diagnosis, KubernetesObject } from "@t495/proof";
import type { Cluster } from "../src/cluster/start-cluster.ts";
import { ROOT } from "./platform.ts";

/** What `platform doctor` said, as a person runs it. */
export interface Visit {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `platform doctor` with the kubectl of the API server's own version. */
export async function visit(cluster: Cluster, kubeconfig: string): Promise<Visit> {
  const bin = join(cluster.folder, "bin");
  await mkdir(bin, { recursive: true });
  await symlink(cluster.pathOf("kubectl"), join(bin, "kubectl")).catch(() => {});
  const platform = join(ROOT, "packages/scripts/bin/platform.mjs");
  const words = [platform, "doctor", `--profile=${cluster.plan.profile}`, `--kubeconfig=${kubeconfig}`];
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  return new Promise((resolve) => {
    execFile(process.execPath, [...words, "--format=json"], { cwd: ROOT, env }, (error, stdout, stderr) => {
      resolve({ exitCode: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

export function diagnosisOf({ stdout }: Visit): Diagnosis {
  return JSON.parse(stdout);
}

/** Everything that was found, as `id object: message => fix`. */
export function findingsIn(said: Visit): readonly string[] {
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
