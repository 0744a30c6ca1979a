import { InputError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { PlannedSecret } from "../plan/plan.ts";
import type { SecretConsumer } from "./consumers.ts";
import { rotationEffect } from "./rotation-effects.ts";
import { type SecretFacts, SOURCE_NAMESPACE } from "./secret-facts.ts";

/** An object that a rotation acts on. */
export interface RotationTarget {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** What makes the new values count, in this order; targets of one step are started together and waited for together. */
export type RotationStep =
  | { readonly do: "restart" | "run-again"; readonly targets: readonly RotationTarget[] }
  | {
      readonly do: "command";
      readonly namespace: string;
      readonly workload: string;
      readonly arguments: readonly string[];
      /** Whose value goes to its standard input. */
      readonly key: string;
    };

/** A rotation, decided before anything is changed. */
export interface Rotation {
  readonly name: string;
  /** Keys that get another value, htpasswd lines of them included. */
  readonly keys: readonly string[];
  /** When it began, if it was interrupted: the source has the new values, nothing is made anew. */
  readonly begun: string | undefined;
  /** Where the values are written, the source first. */
  readonly namespaces: readonly string[];
  readonly steps: readonly RotationStep[];
  /** What takes the new values by itself. */
  readonly readAgain: readonly RotationTarget[];
  readonly loses: readonly string[];
  readonly costs: readonly string[];
  readonly afterwards: readonly string[];
  /** Keys that stay, and why. */
  readonly kept: readonly { readonly key: string; readonly reason: string }[];
}

export interface RotationRequest {
  readonly name: string;
  /** Empty: every key that can be rotated without a loss. */
  readonly keys: readonly string[];
  readonly acceptLoss: boolean;
}

/**
 * Decides what a rotation does: from the ledger, the rendering's consumers and what the cluster has. An interrupted
 * one goes on where it can only be the same again: its values are in the source, everything after is repeated.
 *
 * @throws InputError when it must not begin
 */
export function planRotation(
  { name, keys: asked, acceptLoss }: RotationRequest,
  entry: PlannedSecret,
  consumers: readonly SecretConsumer[],
  facts: SecretFacts,
): Rotation {
  const namespaces = [SOURCE_NAMESPACE, ...entry.namespaces.filter((one) => one !== SOURCE_NAMESPACE)];
  requireComplete(name, entry, namespaces, facts);
  for (const key of asked) requireKey(name, key, entry);
  const begun = facts.get(`${SOURCE_NAMESPACE}/${name}`)?.rotation;
  const chosen =
    begun === undefined ? choose(name, asked, entry, acceptLoss) : carryOn(name, asked, begun.keys);
  const keys = [...chosen, ...dependants(chosen, entry)];
  const readers = consumers.filter((consumer) => keys.some((key) => reads(consumer, key)));
  const effects = chosen.map((key) => ({ key, ...rotationEffect(name, key) }));
  const told = (field: "loses" | "costs" | "afterwards"): readonly string[] => [
    ...new Set(effects.flatMap((effect) => effect[field] ?? [])),
  ];
  // A reader restarts for one key at least: one that it neither reads again by itself nor ignores.
  const restarting = keys.filter((key) => {
    const { readAgain, command } = rotationEffect(name, inputOf(key, chosen, entry));
    return readAgain !== true && command === undefined;
  });
  const running = readers.filter(({ kind }) => RESTARTED.has(kind));
  const [restarted, left] = divide(running, (reader) => restarting.some((key) => reads(reader, key)));
  const [own, others] = divide(restarted, ({ component }) => component === entry.component);
  return {
    name,
    keys,
    begun: begun?.begun,
    namespaces,
    steps: [
      // The server knows its new password before its Jobs use it, and these have set the others' before they ask.
      ...step("restart", own),
      ...step(
        "run-again",
        readers.filter(({ kind }) => kind === "Job"),
      ),
      ...step("restart", others),
      ...effects.flatMap(({ key, command }) =>
        command === undefined
          ? []
          : [{ do: "command" as const, namespace: entry.namespaces[0] ?? SOURCE_NAMESPACE, key, ...command }],
      ),
    ],
    readAgain: left
      .filter((reader) =>
        chosen.some(
          (key) =>
            rotationEffect(name, key).readAgain === true &&
            [key, ...dependants([key], entry)].some((one) => reads(reader, one)),
        ),
      )
      .map(target),
    loses: told("loses"),
    costs: told("costs"),
    afterwards: told("afterwards"),
    kept: Object.keys(entry.keys).flatMap((key) => {
      const reason = keys.includes(key) ? undefined : reasonToKeep(name, key, entry);
      return reason === undefined ? [] : [{ key, reason }];
    }),
  };
}

const RESTARTED: ReadonlySet<string> = new Set(["Deployment", "StatefulSet", "DaemonSet"]);

/** The Job adds what is missing; a rotation only replaces. */
function requireComplete(
  name: string,
  { keys }: PlannedSecret,
  namespaces: readonly string[],
  facts: SecretFacts,
): void {
  for (const namespace of namespaces) {
    const found = facts.get(`${namespace}/${name}`);
    const missing = Object.keys(keys).filter((key) => !found?.digests[key]);
    if (missing.length === 0) continue;
    throw new InputError({
      what:
        found === undefined
          ? `Secret ${namespace}/${name} is not there`
          : `Secret ${namespace}/${name} has no ${missing.join(", ")}`,
      fix: `let foundation's Job make it: kubectl -n ${SOURCE_NAMESPACE} delete job -l app.kubernetes.io/component=create-secrets`,
    });
  }
}

function requireKey(name: string, key: string, { keys }: PlannedSecret): void {
  if (Object.hasOwn(keys, key)) return;
  const meant = nearest(key, Object.keys(keys));
  throw new InputError({
    what: `Secret ${name} has no key ${key}`,
    where: `global.secrets.ledger.${name}.keys`,
    fix: meant === undefined ? `it has ${Object.keys(keys).join(", ")}` : `did you mean ${meant}?`,
  });
}

function choose(
  name: string,
  asked: readonly string[],
  entry: PlannedSecret,
  acceptLoss: boolean,
): readonly string[] {
  if (asked.length === 0) {
    const all = Object.keys(entry.keys).filter((key) => reasonToKeep(name, key, entry) === undefined);
    if (all.length > 0) return all;
    throw new InputError({ what: `Secret ${name} has no key that can be rotated` });
  }
  for (const key of asked) {
    const { loses } = rotationEffect(name, key);
    if (entry.keys[key]?.type === "random" && loses !== undefined && acceptLoss) continue;
    const reason = reasonToKeep(name, key, entry);
    if (reason === undefined) continue;
    throw new InputError({
      what: `${key} of Secret ${name} is not rotated: ${reason}`,
      ...(loses !== undefined && { fix: "add --accept-loss if nothing of it is needed" }),
    });
  }
  return [...new Set(asked)];
}

function carryOn(name: string, asked: readonly string[], begun: readonly string[]): readonly string[] {
  const further = asked.filter((key) => !begun.includes(key));
  if (further.length === 0) return begun;
  throw new InputError({
    what: `a rotation of ${begun.join(", ")} of Secret ${name} was interrupted`,
    fix: `finish it first: platform secrets rotate ${name}; then rotate ${further.join(", ")}`,
  });
}

/** Why a key is none of those that a rotation without further words takes. */
function reasonToKeep(name: string, key: string, { keys }: PlannedSecret): string | undefined {
  const recipe = keys[key];
  if (recipe?.type === "literal") return "a name, which the ledger decides";
  if (recipe?.type === "htpasswd") return `made of ${recipe.value.split(":")[1]}, and anew with it`;
  const { loses } = rotationEffect(name, key);
  return loses === undefined ? undefined : `it would lose ${loses}`;
}

/** The htpasswd lines that are made of these keys. */
function dependants(chosen: readonly string[], { keys }: PlannedSecret): readonly string[] {
  return Object.entries(keys).flatMap(([key, { type, value }]) =>
    type === "htpasswd" && !chosen.includes(key) && value.split(":").some((part) => chosen.includes(part))
      ? [key]
      : [],
  );
}

/** The key that an htpasswd line follows; any other is its own. */
function inputOf(key: string, chosen: readonly string[], { keys }: PlannedSecret): string {
  const recipe = keys[key];
  if (recipe?.type !== "htpasswd") return key;
  return recipe.value.split(":").find((part) => chosen.includes(part)) ?? key;
}

function reads({ keys }: SecretConsumer, key: string): boolean {
  return keys === undefined || keys.includes(key);
}

function target({ kind, namespace, name }: SecretConsumer): RotationTarget {
  return { kind, namespace, name };
}

function step(action: "restart" | "run-again", consumers: readonly SecretConsumer[]): RotationStep[] {
  return consumers.length === 0 ? [] : [{ do: action, targets: consumers.map(target) }];
}

function divide<Item>(
  items: readonly Item[],
  belongs: (item: Item) => boolean,
): readonly [readonly Item[], readonly Item[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}
