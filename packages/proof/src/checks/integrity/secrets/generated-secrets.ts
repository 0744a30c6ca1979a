import { namespaceOf } from "../../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../../manifest/manifest-index.ts";
import { isObject, type JsonObject, objectAt, stringAt, stringsIn } from "../../../manifest/values.ts";
import type { Workload } from "../../../manifest/workload.ts";
import { dataUses } from "../references/key-references.ts";

/** The file by which a Job that creates Secrets knows what to make. */
export const LEDGER_FILE = "ledger.json";

/** A rendered Job that creates Secrets. */
export interface SecretsJob {
  readonly workload: Workload;
  /** Its ServiceAccount. */
  readonly account: { readonly namespace: string; readonly name: string };
  /** What it will make, by name. */
  readonly ledger: ReadonlyMap<string, GeneratedSecret>;
}

interface GeneratedSecret {
  /** Where it will stand, the Job's own namespace included: there the source of the value is kept. */
  readonly namespaces: ReadonlySet<string>;
  /** What is made of each key. */
  readonly keys: ReadonlyMap<string, JsonObject>;
}

/** The Job that reads a ledger from a rendered ConfigMap; undefined when there is none that runs. */
export function findSecretsJob(index: ManifestIndex, workloads: readonly Workload[]): SecretsJob | undefined {
  for (const workload of workloads) {
    if (workload.kind !== "Job" || workload.spec.suspend === true) continue;
    const namespace = namespaceOf(workload.manifest);
    for (const { kind, name } of dataUses(workload)) {
      if (kind !== "ConfigMap") continue;
      const text = stringAt(index.find("", "ConfigMap", namespace, name)?.object, "data", LEDGER_FILE);
      if (text === undefined) continue;
      const account = { namespace, name: workload.podSpec.serviceAccountName ?? "default" };
      return { workload, account, ledger: readLedger(text, namespace) };
    }
  }
  return undefined;
}

function readLedger(text: string, own: string): ReadonlyMap<string, GeneratedSecret> {
  const entries = Object.entries(parseObject(text)).filter(
    ([, entry]) => isObject(entry) && entry.enabled !== false,
  );
  return new Map(
    entries.map(([name, entry]) => [
      name,
      {
        namespaces: new Set([own, ...stringsIn(objectAt(entry)?.namespaces)]),
        keys: new Map(
          Object.entries(objectAt(entry, "keys") ?? {}).flatMap(([key, recipe]) =>
            isObject(recipe) ? [[key, recipe] as const] : [],
          ),
        ),
      },
    ]),
  );
}

/** A ledger that nobody can read makes nothing. */
function parseObject(text: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
