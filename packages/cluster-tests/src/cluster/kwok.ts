import { join } from "node:path";
import type { ControlPlane } from "./control-plane.ts";
import { freePort } from "./free-port.ts";
import { awaitingSecrets } from "./pods-with-secrets.ts";
import { type Program, startProgram } from "./program.ts";

const STAGES = "packages/cluster-tests/src/cluster/stages";

/** What becomes of the pods of Jobs: they succeed at once, or run until KWOK is started again. */
export type JobPods = "complete" | "keep-running";

export interface KwokOptions {
  readonly jobPods?: JobPods;
  /** Whether pods wait for the Secrets that they name, as `notePodsWithSecrets` finds them. */
  readonly awaitSecrets?: boolean;
}

/** Plays the kubelet of every node: pods become ready, and end when they are deleted. */
export async function startKwok(
  plane: ControlPlane,
  { jobPods = "complete", awaitSecrets = false }: KwokOptions = {},
): Promise<Program> {
  const stages = (file: string): string => join(plane.repository, STAGES, file);
  const pod = stages("pod.yaml");
  const configs = [
    stages("node.yaml"),
    awaitSecrets ? await awaitingSecrets(pod, plane.folder) : pod,
    ...(jobPods === "complete" ? [stages("pod-of-job.yaml")] : []),
  ];
  const program = await startProgram({
    name: "kwok",
    path: plane.pathOf("kwok"),
    logs: plane.logs,
    args: [
      ...[`--kubeconfig=${await plane.kubeconfig("kwok")}`, "--manage-all-nodes=true"],
      ...configs.map((file) => `--config=${file}`),
      // Without leases the node turns NotReady after 40 seconds.
      "--node-lease-duration-seconds=40",
      `--server-address=127.0.0.1:${await freePort()}`,
    ],
  });
  plane.programs.push(program);
  return program;
}
