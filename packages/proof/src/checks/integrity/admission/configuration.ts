import type { Manifest } from "../../../manifest/kubernetes-object.ts";
import { isObject, objectAt, stringAt } from "../../../manifest/values.ts";
import { fieldPath } from "../../../schemas/field-path.ts";
import { type AdmissionProblem, conflicting, invalid, missing } from "./admission-problem.ts";
import { isDataKey } from "./names.ts";

/** core `MaxSecretSize`, which bounds ConfigMaps too. */
const MAX_BYTES = 1024 * 1024;

/** Keys that a Secret of a type must have. */
const KEYS_BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
};

/** Keys and size of a ConfigMap. */
export function* checkConfigMap({ object }: Manifest): Generator<AdmissionProblem> {
  yield* checkKeys(object, ["data", "binaryData"]);
  const binary = objectAt(object, "binaryData") ?? {};
  for (const key of Object.keys(objectAt(object, "data") ?? {})) {
    if (!Object.hasOwn(binary, key)) continue;
    yield conflicting(fieldPath("data", key), "stands in binaryData too", "Keep one of the two.");
  }
  yield* checkSize(sizeOf(object.data, textBytes) + sizeOf(object.binaryData, decodedBytes), "ConfigMap");
}

/** Keys, size and the keys that the type demands of a Secret. */
export function* checkSecret({ object }: Manifest): Generator<AdmissionProblem> {
  yield* checkKeys(object, ["data", "stringData"]);
  yield* checkSize(sizeOf(object.data, decodedBytes) + sizeOf(object.stringData, textBytes), "Secret");
  const type = stringAt(object, "type") ?? "Opaque";
  const present = new Set([...keysOf(object.data), ...keysOf(object.stringData)]);
  for (const key of Object.hasOwn(KEYS_BY_TYPE, type) ? (KEYS_BY_TYPE[type] ?? []) : []) {
    if (present.has(key)) continue;
    yield missing(
      fieldPath("data", key),
      `a Secret of type ${type} needs it`,
      `Add ${key}, or change the type.`,
    );
  }
}

function* checkKeys(object: Manifest["object"], fields: readonly string[]): Generator<AdmissionProblem> {
  for (const field of fields) {
    for (const key of keysOf(object[field])) {
      if (isDataKey(key)) continue;
      const expected = "a key: letters, digits, - _ and dots, at most 253, as it becomes a file name";
      yield invalid(fieldPath(field, key), key, expected);
    }
  }
}

function* checkSize(bytes: number, kind: string): Generator<AdmissionProblem> {
  if (bytes <= MAX_BYTES) return;
  const fix = `Split the ${kind}, or put the data on a volume.`;
  yield invalid("data", bytes, `at most ${MAX_BYTES} bytes`, fix);
}

function keysOf(data: unknown): readonly string[] {
  return isObject(data) ? Object.keys(data) : [];
}

function sizeOf(data: unknown, measure: (text: string) => number): number {
  if (!isObject(data)) return 0;
  return Object.values(data).reduce<number>(
    (sum, text) => sum + (typeof text === "string" ? measure(text) : 0),
    0,
  );
}

function textBytes(text: string): number {
  return Buffer.byteLength(text);
}

function decodedBytes(base64: string): number {
  return Buffer.byteLength(base64, "base64");
}
