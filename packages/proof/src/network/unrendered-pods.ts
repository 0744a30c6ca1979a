import { isObject, type JsonObject, objectAt, objectsIn, stringAt, stringsIn } from "../manifest/values.ts";
import type { Plan } from "../plan/plan.ts";
import type { Network } from "./flow-ends.ts";
import { type IntervalSet, union } from "./interval-set.ts";
import { type Labels, matchesLabels, NAMESPACE_NAME_LABEL, namedNamespace } from "./label-selector.ts";
import type { Direction, PolicyPeer, PolicyRule } from "./network-policy.ts";
import { NAME_LABEL, type PodGroup, ROLE_LABEL } from "./pod-group.ts";
import { portsNumbered } from "./port-set.ts";

/** Pods that a peer admits and no rendering shows: whoever makes a pod with these labels is one of them. */
export interface UnrenderedPods {
  /** `any pod of namespace default`. */
  readonly name: string;
  /** Undefined for namespaces that the plan does not know. */
  readonly namespace: string | undefined;
  readonly labels: Labels;
}

/** What a selector asks of a pod's labels; several when a label may have one of several values. */
interface Wanted {
  readonly labels: Labels;
  /** The selector also wants labels to be there, with any value. */
  readonly described: string;
}

/** A selector that matches a namespace of this name reaches beyond the plan. */
const ANY_OTHER = "not-in-the-plan";

/** The pods of `rule`'s peers that nothing rendered stands for. */
export function unrenderedPods(
  { policy, peers }: PolicyRule,
  network: Network,
  plan: Plan,
): readonly UnrenderedPods[] {
  if (peers === "every-peer") return [];
  return peers.flatMap(({ pods }) => {
    if (pods === undefined) return [];
    const { podSelector, namespaceSelector } = pods;
    return namespacesOf(namespaceSelector, policy.namespace, network, plan).flatMap(({ name, described }) =>
      wantedOf(podSelector ?? {})
        .filter(
          ({ labels, described: words }) => words === "" || !isRendered(labels, podSelector, name, network),
        )
        .map(({ labels, described: words }) => ({
          name: words === "" ? `any pod of ${described}` : `pods with ${words} of ${described}`,
          namespace: name,
          labels,
        })),
    );
  });
}

/** The ports of enabled flows between `own` and pods that carry the labels of a component that is off. */
export function portsDeclaredWith(
  pods: UnrenderedPods,
  direction: Direction,
  own: PodGroup,
  plan: Plan,
): IntervalSet {
  const isOwn = (peer: string): boolean => namesPods(peer, own.labels, own.namespace, plan);
  const isOther = (peer: string): boolean => namesPods(peer, pods.labels, pods.namespace, plan);
  const flows = Object.values(plan.flows).filter(
    ({ enabled, from, to }) =>
      enabled &&
      (direction === "ingress" ? isOwn(to) && from.some(isOther) : from.some(isOwn) && isOther(to)),
  );
  return union(...flows.map(({ ports }) => portsNumbered(ports)));
}

function namesPods(peer: string, labels: Labels, namespace: string | undefined, plan: Plan): boolean {
  const [component = "", role] = peer.split("/");
  return (
    Object.hasOwn(plan.components, component) &&
    plan.components[component]?.namespace === namespace &&
    labels[NAME_LABEL] === component &&
    (role === undefined || labels[ROLE_LABEL] === role)
  );
}

interface PeerNamespace {
  readonly name: string | undefined;
  readonly described: string;
}

function namespacesOf(
  selector: NonNullable<PolicyPeer["pods"]>["namespaceSelector"],
  own: string,
  network: Network,
  plan: Plan,
): readonly PeerNamespace[] {
  if (selector === undefined || selector === null) return [{ name: own, described: `namespace ${own}` }];
  // Where it reaches beyond the plan, that says it all: one name, not one for each namespace.
  if (matchesLabels(selector, { [NAMESPACE_NAME_LABEL]: ANY_OTHER }))
    return [{ name: undefined, described: "any other namespace" }];
  const named = namedNamespace(selector);
  const candidates = named === undefined ? Object.keys(plan.namespaces) : [named];
  const planned = candidates.filter(
    (name) => Object.hasOwn(plan.namespaces, name) && matchesLabels(selector, network.namespaceLabels(name)),
  );
  if (planned.length > 0) return planned.map((name) => ({ name, described: `namespace ${name}` }));
  return wantedOf(selector).map(({ labels, described }) => {
    const name = labels[NAMESPACE_NAME_LABEL];
    return {
      name: undefined,
      described: name === undefined ? `namespaces with ${described}` : `namespace ${name}`,
    };
  });
}

function isRendered(
  labels: Labels,
  selector: unknown,
  namespace: string | undefined,
  { groups }: Network,
): boolean {
  return groups.some(
    (group) =>
      group.namespace === namespace &&
      Object.entries(labels).every(([key, value]) => group.labels[key] === value) &&
      matchesLabels(selector, group.labels),
  );
}

function wantedOf(selector: unknown): readonly Wanted[] {
  // The API server refuses a selector that is no structure; it admits nobody.
  if (!isObject(selector)) return [];
  const exact = Object.entries(objectAt(selector, "matchLabels") ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  let combinations: readonly (readonly [string, string])[][] = [[...exact]];
  const present: string[] = [];
  for (const expression of objectsIn((selector as JsonObject).matchExpressions)) {
    const key = stringAt(expression, "key") ?? "";
    if (expression.operator === "Exists") present.push(key);
    if (expression.operator !== "In") continue;
    combinations = combinations.flatMap((pairs) =>
      stringsIn(expression.values).map((value): (readonly [string, string])[] => [...pairs, [key, value]]),
    );
  }
  return combinations.map((pairs) => ({
    labels: Object.fromEntries(pairs),
    described: [...pairs.map(([key, value]) => `${key}=${value}`), ...present].join(", "),
  }));
}
