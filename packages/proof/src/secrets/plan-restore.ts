import { InputError } from "../errors.ts";
import { at, isObject, type JsonObject, objectAt, objectsIn, stringAt } from "../manifest/values.ts";
import { annotationsOf } from "./rotate-secret.ts";
import { SOURCE_NAMESPACE } from "./secret-facts.ts";

/** What a restored file means for a cluster. */
export interface Restore {
  readonly create: readonly JsonObject[];
  /** Secrets that are there and lack keys. */
  readonly extend: readonly { readonly name: string; readonly data: Readonly<Record<string, string>> }[];
  /** Secrets that have every value of the file already. */
  readonly same: readonly string[];
  /** Values that are there and are others: `redis: password`. */
  readonly conflicts: readonly string[];
}

/**
 * The sources as they are kept outside the cluster: what names and orders an object, its values, and nothing that
 * belongs to the cluster that made it. kubectl can apply it too.
 */
export function backupOf(secrets: readonly unknown[]): JsonObject {
  return {
    apiVersion: "v1",
    kind: "List",
    items: secrets.map((secret) => ({
      apiVersion: "v1",
      kind: "Secret",
      type: stringAt(secret, "type") ?? "Opaque",
      metadata: {
        name: stringAt(secret, "metadata", "name"),
        namespace: SOURCE_NAMESPACE,
        labels: objectAt(secret, "metadata", "labels") ?? {},
        annotations: annotationsOf(secret),
      },
      data: objectAt(secret, "data") ?? {},
    })),
  };
}

/** @throws InputError when the text is no such backup */
export function readBackup(text: string): readonly JsonObject[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = undefined;
  }
  const items = objectsIn(at(list, "items"));
  const isBackup = items.every(
    (item) =>
      item.kind === "Secret" &&
      item.apiVersion === "v1" &&
      stringAt(item, "metadata", "namespace") === SOURCE_NAMESPACE &&
      stringAt(item, "metadata", "name") !== undefined &&
      Object.values(objectAt(item, "data") ?? {}).every((value) => typeof value === "string"),
  );
  if (items.length > 0 && isBackup) return items;
  throw new InputError({
    what: `the decrypted file is no list of Secrets of ${SOURCE_NAMESPACE}`,
    fix: "name a file that `platform secrets export` wrote",
  });
}

/** What is missing is restored; what is there and differs is somebody's to decide. */
export function planRestore(backup: readonly JsonObject[], present: readonly unknown[]): Restore {
  const there = new Map(
    present.map((secret) => [stringAt(secret, "metadata", "name"), objectAt(secret, "data")]),
  );
  const restore = {
    create: [] as JsonObject[],
    extend: [] as { name: string; data: Record<string, string> }[],
    same: [] as string[],
    conflicts: [] as string[],
  };
  for (const secret of backup) {
    const name = stringAt(secret, "metadata", "name") ?? "";
    if (!there.has(name)) {
      restore.create.push(secret);
      continue;
    }
    const data = there.get(name) ?? {};
    const values = Object.entries(objectAt(secret, "data") ?? {}) as [string, string][];
    const missing = values.filter(([key]) => !Object.hasOwn(data, key));
    const differing = values.filter(([key, value]) => Object.hasOwn(data, key) && data[key] !== value);
    if (differing.length > 0) restore.conflicts.push(`${name}: ${differing.map(([key]) => key).join(", ")}`);
    else if (missing.length > 0) restore.extend.push({ name, data: Object.fromEntries(missing) });
    else restore.same.push(name);
  }
  return restore;
}

/** Secrets of the ledger whose value the file would not bring back. */
export function missingFromBackup(
  ledger: ReadonlyMap<string, { readonly keys: Readonly<Record<string, unknown>> }>,
  backup: JsonObject,
): readonly string[] {
  const kept = new Map(
    objectsIn(backup.items).map((item) => [stringAt(item, "metadata", "name"), objectAt(item, "data")]),
  );
  return [...ledger].flatMap(([name, { keys }]) => {
    const data = kept.get(name);
    if (!isObject(data)) return [name];
    const lost = Object.keys(keys).filter((key) => !data[key]);
    return lost.length === 0 ? [] : [`${name} (${lost.join(", ")})`];
  });
}
