import { namespaceOf } from "../../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../../manifest/manifest-index.ts";
import { isObject, stringAt } from "../../../manifest/values.ts";
import type { Workload } from "../../../manifest/workload.ts";
import { textsOf } from "../../../network/pod-texts.ts";
import type { SecretUse } from "./secret-use.ts";

/**
 * Secrets of the pods that a workload makes at run time, as a spawner makes notebook servers: its configuration, a
 * JSON text of a ConfigMap, holds the `secretKeyRef` that it writes into them. They stand in its own namespace.
 */
export function* runtimePodUses(workload: Workload, index: ManifestIndex): Generator<SecretUse> {
  for (const { text, manifest: user, path } of textsOf(workload, index)) {
    if (!text.includes("secretKeyRef")) continue;
    for (const { name, key, optional } of keyReferencesIn(parseJson(text))) {
      yield { user, namespace: namespaceOf(workload.manifest), name, keys: [key], path, optional };
    }
  }
}

interface KeyReference {
  readonly name: string;
  readonly key: string;
  readonly optional: boolean;
}

/** Without recursion: foreign texts may be nested more deeply than the stack. */
function keyReferencesIn(document: unknown): KeyReference[] {
  const found: KeyReference[] = [];
  const open: unknown[] = [document];
  // What is pushed meanwhile is visited too.
  for (const value of open) {
    if (Array.isArray(value)) for (const item of value) open.push(item);
    if (!isObject(value)) continue;
    for (const child of Object.values(value)) open.push(child);
    const name = stringAt(value, "secretKeyRef", "name");
    const key = stringAt(value, "secretKeyRef", "key");
    if (name === undefined || key === undefined) continue;
    const reference = value.secretKeyRef;
    found.push({ name, key, optional: isObject(reference) && reference.optional === true });
  }
  return found;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
