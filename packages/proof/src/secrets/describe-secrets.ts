import { describeObject } from "../manifest/kubernetes-object.ts";
import type { PlannedSecret } from "../plan/plan.ts";
import type { SecretConsumer } from "./consumers.ts";
import { rotationEffect } from "./rotation-effects.ts";
import { type SecretFacts, SOURCE_NAMESPACE } from "./secret-facts.ts";

/** One Secret of the ledger, against the cluster; written out as `secrets list --format json`. */
export interface SecretRow {
  readonly name: string;
  readonly component: string;
  /** Its keys, with the type that the ledger gives them and the time of their last change, if it is known. */
  readonly keys: readonly {
    readonly key: string;
    readonly type: string;
    /** ISO 8601: when it was rotated last, else when its source was made. */
    readonly since: string | null;
    /** What a rotation would lose; null when nothing. */
    readonly loses: string | null;
  }[];
  readonly copies: readonly { readonly namespace: string; readonly present: boolean }[];
  /** `Deployment data/redis`, or whose pods are made at run time. */
  readonly consumers: readonly string[];
  /** What is not as the ledger says; empty when all is. */
  readonly problems: readonly string[];
}

/**
 * The ledger against a cluster.
 *
 * @param generated whether foundation's Job makes the Secrets: only then there is a source
 */
export function describeSecrets(
  ledger: ReadonlyMap<string, PlannedSecret>,
  consumers: ReadonlyMap<string, readonly SecretConsumer[]>,
  facts: SecretFacts,
  generated: boolean,
): readonly SecretRow[] {
  return [...ledger].map(([name, entry]) => {
    const places = [...new Set([...(generated ? [SOURCE_NAMESPACE] : []), ...entry.namespaces])];
    const leading = facts.get(`${places[0]}/${name}`);
    return {
      name,
      component: entry.component,
      keys: Object.entries(entry.keys).map(([key, { type }]) => ({
        key,
        type,
        since: leading?.digests[key] ? (leading.rotated[key] ?? leading.created) : null,
        loses: rotationEffect(name, key).loses ?? null,
      })),
      copies: places.map((namespace) => ({ namespace, present: facts.has(`${namespace}/${name}`) })),
      consumers: (consumers.get(name) ?? []).map(describeConsumer),
      problems: [...problemsOf(name, entry, places, facts)],
    };
  });
}

/** A configuration reads nothing itself: the pods that are made by it do. */
function describeConsumer(consumer: SecretConsumer): string {
  return consumer.kind === "ConfigMap"
    ? `pods that ${consumer.component ?? consumer.name} starts`
    : describeObject(consumer);
}

function* problemsOf(
  name: string,
  { keys }: PlannedSecret,
  places: readonly string[],
  facts: SecretFacts,
): Generator<string> {
  const [leading = ""] = places;
  const first = facts.get(`${leading}/${name}`);
  if (first?.rotation !== undefined) {
    yield `a rotation of ${first.rotation.keys.join(", ")} that began ${first.rotation.begun} is not finished`;
  }
  for (const namespace of places) {
    const found = facts.get(`${namespace}/${name}`);
    if (found === undefined) {
      yield `it is not in ${namespace}`;
      continue;
    }
    for (const key of Object.keys(keys)) {
      const digest = found.digests[key];
      if (digest === undefined) yield `${namespace} has no ${key}`;
      else if (digest === "") yield `${key} is empty in ${namespace}`;
      else if (first?.digests[key] !== undefined && first.digests[key] !== digest)
        yield `${key} in ${namespace} differs from ${leading}`;
    }
  }
}
