import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseManifests } from "@t495/proof";
import { toWorkload } from "../../../proof/src/manifest/workload.ts";
import { podReferences } from "../../../proof/src/order/pod-references.ts";
import type { ApiClient } from "../api/api-client.ts";
import { repeatedly } from "./repeatedly.ts";
import { type Pod, podsOf } from "./workloads.ts";

const EVERY_MS = 500;
const ANNOTATION = "proof.t495.dev/secrets";
const READY = "- { key: .status.phase, operator: In, values: [Pending] }";

/**
 * As a kubelet does, looks for the Secrets that each new pod names, and notes when all are there: a pod that lacks one
 * is held in ContainerCreating or CreateContainerConfigError. Returns what stops it.
 */
export function notePodsWithSecrets(api: ApiClient): () => Promise<void> {
  return repeatedly(EVERY_MS, async () => {
    for (const pod of await podsOf(api)) {
      if (!isNew(pod) || !(await hasSecrets(api, pod))) continue;
      await api.patch(
        { apiVersion: "v1", kind: "Pod", namespace: pod.metadata.namespace, name: pod.metadata.name },
        { metadata: { annotations: { [ANNOTATION]: "present" } } },
      );
    }
  });
}

/** KWOK's stages of pods, changed so that a pod becomes ready only with the note; the path of the changed file. */
export async function awaitingSecrets(stages: string, folder: string): Promise<string> {
  const text = await readFile(stages, "utf8");
  const condition = `- { key: '.metadata.annotations["${ANNOTATION}"]', operator: Exists }`;
  const changed = text.replace(READY, `${READY}\n      ${condition}`);
  if (changed === text) throw new Error(`${stages} has no stage for pods that wait`);
  const file = join(folder, "pod-with-secrets.yaml");
  await writeFile(file, changed);
  return file;
}

function isNew({ metadata, status }: Pod): boolean {
  return status?.phase === "Pending" && metadata.annotations?.[ANNOTATION] === undefined;
}

async function hasSecrets(api: ApiClient, pod: Pod): Promise<boolean> {
  const { namespace } = pod.metadata;
  const [manifest] = parseManifests(JSON.stringify(pod), "the cluster");
  const workload = manifest && toWorkload(manifest);
  if (workload === undefined) return true;
  for (const { kind, name, optional } of podReferences(workload)) {
    if (kind !== "Secret" || optional) continue;
    if (!(await api.exists({ apiVersion: "v1", kind, namespace, name }))) return false;
  }
  return true;
}
