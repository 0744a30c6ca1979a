import { isObject, objectAt, stringAt } from "../manifest/values.ts";

/** Where foundation's Job keeps the source of every value. */
export const SOURCE_NAMESPACE = "platform-system";

/** On a source while a rotation of it is not finished: what is made anew, and since when. */
export const ROTATION_ANNOTATION = "t495.dev/rotation";
/** On a source: when each key was last rotated. */
export const ROTATED_ANNOTATION = "t495.dev/rotated";

/** What `kubectl apply` keeps of an object, values of Secrets included. */
export const LAST_APPLIED_ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

/** A rotation that has begun: the source has the new values already. */
interface BegunRotation {
  readonly keys: readonly string[];
  /** ISO 8601. */
  readonly begun: string;
}

/** What is known of one Secret of a cluster. It holds no value. */
export interface SecretFact {
  readonly namespace: string;
  readonly name: string;
  /** ISO 8601; empty when the cluster does not say. */
  readonly created: string;
  /** A digest of each value, equal where values are; empty for an empty value. */
  readonly digests: Readonly<Record<string, string>>;
  readonly rotation: BegunRotation | undefined;
  /** ISO 8601 by key. */
  readonly rotated: Readonly<Record<string, string>>;
}

export type SecretFacts = ReadonlyMap<string, SecretFact>;

/**
 * The facts of Secrets as the API server gave them.
 *
 * @param digest makes of a value (base64) what only tells whether two are equal
 */
export function secretFacts(secrets: readonly unknown[], digest: (value: string) => string): SecretFacts {
  return new Map(
    secrets.map((secret) => {
      const [namespace, name] = [
        stringAt(secret, "metadata", "namespace") ?? "",
        stringAt(secret, "metadata", "name") ?? "",
      ];
      const digests = Object.entries(objectAt(secret, "data") ?? {}).map(([key, value]) => [
        key,
        value === "" || typeof value !== "string" ? "" : digest(value),
      ]);
      return [
        `${namespace}/${name}`,
        {
          namespace,
          name,
          created: stringAt(secret, "metadata", "creationTimestamp") ?? "",
          digests: Object.fromEntries(digests),
          rotation: begunRotation(annotation(secret, ROTATION_ANNOTATION)),
          rotated: stringsByKey(annotation(secret, ROTATED_ANNOTATION)),
        },
      ];
    }),
  );
}

function begunRotation(written: unknown): BegunRotation | undefined {
  if (!isObject(written) || typeof written.begun !== "string" || !Array.isArray(written.keys))
    return undefined;
  return { keys: written.keys.filter((key) => typeof key === "string"), begun: written.begun };
}

function stringsByKey(written: unknown): Readonly<Record<string, string>> {
  if (!isObject(written)) return {};
  return Object.fromEntries(
    Object.entries(written).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** An annotation that somebody has spoilt counts as none. */
function annotation(secret: unknown, name: string): unknown {
  try {
    return JSON.parse(stringAt(secret, "metadata", "annotations", name) ?? "");
  } catch {
    return undefined;
  }
}
