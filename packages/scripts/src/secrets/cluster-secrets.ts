import { createHmac, randomBytes } from "node:crypto";
import { InputError, isInputError, type SecretFacts, secretFacts } from "@t495/proof";
import type { Kubectl } from "../cluster/kubectl.ts";

/** A Secret as the API server gave it. */
export interface ClusterSecret {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** The Secrets of these names that exist in a namespace; none when it does not exist itself. */
export async function readSecrets(
  kubectl: Kubectl,
  namespace: string,
  names: readonly string[],
): Promise<readonly ClusterSecret[]> {
  if (names.length === 0) return [];
  const args = ["get", "secrets", ...names, "--namespace", namespace, "--ignore-not-found", "--output=json"];
  const text = await kubectl.run(args);
  if (text.trim() === "") return [];
  const answer = JSON.parse(text) as ClusterSecret & { readonly items?: readonly ClusterSecret[] };
  // One name is answered with the object itself.
  return answer.items ?? [answer];
}

/** The Secrets of a ledger wherever they should be. */
export async function readLedger(
  kubectl: Kubectl,
  places: ReadonlyMap<string, readonly string[]>,
): Promise<readonly ClusterSecret[]> {
  const byNamespace = new Map<string, string[]>();
  for (const [name, namespaces] of places) {
    for (const namespace of new Set(namespaces))
      byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), name]);
  }
  const found = await Promise.all(
    [...byNamespace].map(([namespace, names]) => readSecrets(kubectl, namespace, names)),
  );
  return found.flat();
}

/** What is known of Secrets without their values: each run has digests of its own, which nobody can look up. */
export function factsOf(secrets: readonly ClusterSecret[]): SecretFacts {
  const key = randomBytes(32);
  return secretFacts(secrets, (value) => createHmac("sha256", key).update(value).digest("base64url"));
}

/** Replaces a Secret, provided that it still is what was read. */
export async function replaceSecret(kubectl: Kubectl, secret: object): Promise<void> {
  await send(kubectl, "replace", [secret]);
}

/** Creates Secrets; where one cannot be, the others are made all the same. */
export async function createSecrets(kubectl: Kubectl, secrets: readonly object[]): Promise<void> {
  if (secrets.length > 0) await send(kubectl, "create", secrets);
}

/** An API server that refuses an object may quote it: no value of it is passed on. */
async function send(kubectl: Kubectl, verb: string, secrets: readonly object[]): Promise<void> {
  try {
    const list = { apiVersion: "v1", kind: "List", items: secrets };
    await kubectl.run([verb, "--filename=-"], JSON.stringify(list));
  } catch (error) {
    if (!isInputError(error)) throw error;
    let { what } = error;
    for (const { data = {}, metadata } of secrets as readonly Partial<ClusterSecret>[]) {
      // A value that is part of the object's name is a name too: `root` of `minio-root`.
      const values = Object.values(data)
        .flatMap((value) => [value, Buffer.from(value, "base64").toString()])
        .filter((text) => text !== "" && !metadata?.name.includes(text));
      for (const text of values) what = what.replaceAll(text, "…");
    }
    throw new InputError({
      what,
      ...(error.where !== undefined && { where: error.where }),
      ...(error.fix !== undefined && { fix: error.fix }),
    });
  }
}
