import {
  beginRotation,
  endRotation,
  InputError,
  type PlannedSecret,
  type Rotation,
  SOURCE_NAMESPACE,
  withData,
} from "@t495/proof";
import type { Kubectl } from "../cluster/kubectl.ts";
import { writeNote } from "../output.ts";
import { type ClusterSecret, factsOf, readSecrets, replaceSecret } from "./cluster-secrets.ts";
import { makeValues } from "./make-values.ts";

type Values = Readonly<Record<string, string>>;

/**
 * Writes the values of a rotation: new ones into the source, together with the note that it has begun, then the
 * source's into each copy. A Secret that somebody has changed meanwhile is not overwritten.
 *
 * @param secrets the source, then the copies, as they were read
 * @returns the rotated values in base64
 */
export async function writeValues(
  { keys, begun }: Rotation,
  entry: PlannedSecret,
  [source, ...copies]: readonly ClusterSecret[],
  kubectl: Kubectl,
): Promise<Values> {
  if (source === undefined) throw new Error("a rotation was planned without a source");
  const held = source.data ?? {};
  let values: Values = Object.fromEntries(keys.map((key) => [key, held[key] ?? ""]));
  if (begun === undefined) {
    values = await makeValues(keys, entry.keys, held);
    await replaceSecret(kubectl, beginRotation(source, values, new Date().toISOString()));
    writeNote(`wrote Secret ${nameOf(source)}`);
  }
  for (const copy of copies) {
    if (keys.every((key) => copy.data?.[key] === values[key])) continue;
    await replaceSecret(kubectl, withData(copy, values));
    writeNote(`wrote Secret ${nameOf(copy)}`);
  }
  return values;
}

/** Takes the note away that the rotation has begun, and writes down when it was done. */
export async function finishRotation({ name, keys }: Rotation, kubectl: Kubectl): Promise<void> {
  const [source] = await readSecrets(kubectl, SOURCE_NAMESPACE, [name]);
  const fact = source && factsOf([source]).get(`${SOURCE_NAMESPACE}/${name}`);
  if (source === undefined || fact === undefined)
    throw new InputError({ what: `Secret ${SOURCE_NAMESPACE}/${name} is gone` });
  await replaceSecret(kubectl, endRotation(source, keys, fact.rotated, new Date().toISOString()));
}

function nameOf({ metadata: { namespace, name } }: ClusterSecret): string {
  return `${namespace}/${name}`;
}
