import { EVERY_ADDRESS } from "../../network/address-set.ts";
import { covers } from "../../network/interval-set.ts";
import { selectsEverything } from "../../network/label-selector.ts";
import {
  closedDirections,
  type Direction,
  type NetworkPolicy,
  type PolicyPeer,
  policyType,
  toNetworkPolicy,
} from "../../network/network-policy.ts";
import { SYSTEM_NAMESPACE } from "../../plan/system-namespace.ts";
import { defineRule, type Problem } from "../rule.ts";

type Code =
  | "missing-default-deny"
  | "direction-left-open"
  | "selects-some-pods"
  | "namespace-not-planned"
  | "allows-everything"
  | "open-namespace";

export const defaultDeny = defineRule<Code>({
  id: "default-deny",
  group: "network",
  severity: "error",
  title: "Nothing talks that was not allowed to",
  explanation: {
    protects:
      "That each namespace for which the plan says default-deny (or deny-ingress) has a policy that selects every " +
      "pod, names the directions and permits nothing, that no other policy for every pod undoes it, and that a " +
      "namespace which the plan leaves open has an exception with the reason (kube-system is K3s' own).",
    incident:
      "The deny policy lacks Egress in policyTypes: what comes in is blocked and looks well guarded, while a " +
      "compromised notebook sends the data out.",
    fix: "One policy per namespace: podSelector {}, policyTypes [Ingress, Egress], no rules.",
    source:
      "kubernetes v1.36 pkg/apis/networking/v1/defaults.go (policyTypes); networkpolicy pages of kubernetes.io",
  },
  codes: {
    "missing-default-deny": "A namespace has no policy that denies for every pod.",
    "direction-left-open": "The deny policy leaves a direction open.",
    "selects-some-pods": "A policy that is named a deny policy selects only some pods.",
    "namespace-not-planned":
      "A deny policy stands in a namespace that the plan leaves open or does not know.",
    "allows-everything": "A policy for every pod permits everybody.",
    "open-namespace": "The plan leaves a namespace open: an exception has to say why.",
  },
  needs: "plan",
  *check({ index, plan }) {
    const policies = new Map<string, NetworkPolicy[]>();
    for (const manifest of index.filter({ kind: "NetworkPolicy" })) {
      const policy = toNetworkPolicy(manifest);
      if (policy === undefined) continue;
      const others = policies.get(policy.namespace);
      if (others === undefined) policies.set(policy.namespace, [policy]);
      else others.push(policy);
    }
    for (const [name, { network }] of Object.entries(plan.namespaces)) {
      if (network === "open") {
        if (name !== SYSTEM_NAMESPACE) yield openNamespace(name);
        continue;
      }
      const directions = closedDirections(network);
      const own = policies.get(name) ?? [];
      yield* missingDenies(name, directions, own);
      for (const policy of own) yield* wideOpen(policy, directions);
    }
    for (const [name, found] of policies) {
      const planned = Object.hasOwn(plan.namespaces, name) ? plan.namespaces[name] : undefined;
      if (planned !== undefined && planned.network !== "open") continue;
      const why = planned === undefined ? "the plan does not know" : "the plan leaves open";
      for (const { manifest } of found.filter(
        (policy) => selectsEveryPod(policy) && permitsNothing(policy),
      )) {
        yield {
          code: "namespace-not-planned",
          manifest,
          path: "metadata.namespace",
          message: `the policy denies every connection in namespace ${name}, which ${why}`,
          actual: name,
          fix: "Correct metadata.namespace, or set global.namespaces.<name>.network to what is meant.",
        };
      }
    }
  },
});

/** Rendering and rule read the same line of the plan, so the line itself needs a reason. */
function openNamespace(name: string): Problem<Code> {
  return {
    code: "open-namespace",
    object: { apiVersion: "v1", kind: "Namespace", name },
    path: `global.namespaces.${name}.network`,
    message: `the plan leaves the network of namespace ${name} open: its pods call, and are called by, anybody`,
    actual: "open",
    limit: "default-deny",
    fix: "Write default-deny, or list an exception under global.exceptions that says why it has to be open.",
  };
}

function* missingDenies(
  namespace: string,
  directions: readonly Direction[],
  policies: readonly NetworkPolicy[],
): Generator<Problem<Code>> {
  const denied = new Set(policies.filter(selectsEveryPod).flatMap(deniedDirections));
  const open = directions.filter((direction) => !denied.has(direction));
  if (open.length === 0) return;
  const partly = policies.find((policy) => selectsEveryPod(policy) && deniedDirections(policy).length > 0);
  // A component that talks to nobody has such a policy too: the name says what it was meant for.
  const narrow = policies.find(
    (policy) => !selectsEveryPod(policy) && permitsNothing(policy) && /deny/.test(policy.manifest.name),
  );
  const names = open.map(policyType).join(" and ");
  const wanted = directions.map(policyType).join(", ");
  if (partly !== undefined) {
    yield {
      code: "direction-left-open",
      manifest: partly.manifest,
      path: "spec.policyTypes",
      message: `the policy denies for every pod of ${namespace}, but leaves ${names} open`,
      actual: deniedDirections(partly).map(policyType).join(", "),
      limit: wanted,
      fix: `Write out policyTypes: [${wanted}]; without it Egress counts only if there is an egress rule.`,
    };
  } else if (narrow !== undefined) {
    yield {
      code: "selects-some-pods",
      manifest: narrow.manifest,
      path: "spec.podSelector",
      message: `the policy permits nothing, but selects only some pods of ${namespace}: ${names} of the others stays open`,
      fix: "Set podSelector to {}.",
    };
  } else {
    yield {
      code: "missing-default-deny",
      object: { apiVersion: "v1", kind: "Namespace", name: namespace },
      path: `global.namespaces.${namespace}.network`,
      message: `namespace ${namespace} has no policy that denies ${names} for every pod`,
      limit: wanted,
      fix: `Add a NetworkPolicy to ${namespace}: podSelector {}, policyTypes [${wanted}], no rules.`,
    };
  }
}

/** No flow of the plan has such peers: `internet` too is without the private ranges. */
function* wideOpen(policy: NetworkPolicy, directions: readonly Direction[]): Generator<Problem<Code>> {
  if (!selectsEveryPod(policy)) return;
  for (const direction of directions) {
    for (const { path, peers } of policy[direction] ?? []) {
      const wide = peers === "every-peer" ? path : peers.find(isEverybody)?.path;
      if (wide === undefined) continue;
      yield {
        code: "allows-everything",
        manifest: policy.manifest,
        path: wide,
        message: `the policy opens ${policyType(direction)} of every pod of ${policy.namespace} to everybody, so that the deny policy has no effect`,
        fix: "Name the peers, and select the pods that need them.",
      };
    }
  }
}

function isEverybody({ pods, addresses, cidr }: PolicyPeer): boolean {
  if (pods === undefined) return cidr === "::/0" || covers(addresses, EVERY_ADDRESS);
  const { podSelector, namespaceSelector } = pods;
  return (
    selectsEverything(namespaceSelector) &&
    (podSelector === undefined || podSelector === null || selectsEverything(podSelector))
  );
}

/** The directions that a policy isolates without permitting anything. */
function deniedDirections(policy: NetworkPolicy): readonly Direction[] {
  return (["ingress", "egress"] as const).filter((direction) => policy[direction]?.length === 0);
}

function permitsNothing({ ingress, egress }: NetworkPolicy): boolean {
  return (ingress ?? []).length === 0 && (egress ?? []).length === 0;
}

function selectsEveryPod(policy: NetworkPolicy): boolean {
  return selectsEverything(policy.podSelector);
}
