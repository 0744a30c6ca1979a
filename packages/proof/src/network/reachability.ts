import { EVERY_ADDRESS } from "./address-set.ts";
import { covers, type IntervalSet, intersect, union } from "./interval-set.ts";
import { type Labels, matchesLabels, namedNamespace } from "./label-selector.ts";
import type { Direction, NetworkPolicy, PolicyPeer, PolicyRule } from "./network-policy.ts";
import type { PodGroup } from "./pod-group.ts";
import { PodLookup } from "./pod-lookup.ts";
import { EVERY_PORT, portRange, portsOf } from "./port-set.ts";

/** What one end permits, and the rules that do. */
export interface Permission {
  readonly ports: IntervalSet;
  /** Empty when no policy isolates the pods in this direction. */
  readonly rules: readonly PolicyRule[];
}

/**
 * Who can reach whom, by the semantics of `networking.k8s.io/v1` NetworkPolicy (kubernetes v1.36
 * staging/src/k8s.io/api/networking/v1/types.go): pods are isolated in a direction once a policy of that
 * direction selects them, all rules of all such policies add up, and both ends have to permit a connection.
 */
export class Reachability {
  readonly #pods: PodLookup;
  readonly #namespaceLabels: (namespace: string) => Labels;
  readonly #podAddresses: IntervalSet;
  readonly #rules: Readonly<Record<Direction, Map<PodGroup, PolicyRule[]>>> = {
    ingress: new Map(),
    egress: new Map(),
  };
  readonly #admitted = new Map<PolicyRule, ReadonlySet<PodGroup>>();

  /**
   * @param groups every pod that can be asked about
   * @param namespaceLabels labels of a namespace, `kubernetes.io/metadata.name` among them
   * @param podAddresses the pods' network; an `ipBlock` that holds all of it admits pods too. Empty if unknown.
   */
  constructor(
    policies: readonly NetworkPolicy[],
    groups: readonly PodGroup[],
    namespaceLabels: (namespace: string) => Labels,
    podAddresses: IntervalSet = [],
  ) {
    this.#pods = new PodLookup(groups.filter(({ hostNetwork }) => !hostNetwork));
    this.#namespaceLabels = namespaceLabels;
    this.#podAddresses = podAddresses;
    for (const policy of policies) this.#isolate(policy);
  }

  /** The rules of all policies that isolate the pods in this direction; undefined when none does. */
  rulesOf(direction: Direction, pods: PodGroup): readonly PolicyRule[] | undefined {
    return this.#rules[direction].get(pods);
  }

  /** The pods, of any namespace, that a rule admits; undefined for a rule that admits everybody. */
  admittedBy(rule: PolicyRule): ReadonlySet<PodGroup> | undefined {
    if (rule.peers === "every-peer") return undefined;
    let admitted = this.#admitted.get(rule);
    if (admitted === undefined) {
      admitted = new Set(rule.peers.flatMap((peer) => this.#podsOfPeer(rule.policy, peer)));
      this.#admitted.set(rule, admitted);
    }
    return admitted;
  }

  /** What the policies of `pods` permit with `peer` in this direction; named ports are the target's. */
  permission(direction: Direction, pods: PodGroup, peer: PodGroup): Permission {
    const rules = this.rulesOf(direction, pods);
    if (rules === undefined) return { ports: EVERY_PORT, rules: [] };
    const target = direction === "ingress" ? pods : peer;
    const permitting = rules.filter((rule) => this.admittedBy(rule)?.has(peer) ?? true);
    return { ports: union(...permitting.map((rule) => portsOfRule(rule, target))), rules: permitting };
  }

  /** The ports of `to` that pods of `from` can open: what both ends permit. */
  portsBetween(from: PodGroup, to: PodGroup): IntervalSet {
    const egress = this.permission("egress", from, to).ports;
    return egress.length === 0 ? [] : intersect(egress, this.permission("ingress", to, from).ports);
  }

  /** Whether `pods` may talk with all of these addresses on all of these ports, each interval by one rule. */
  permitsAddresses(
    direction: Direction,
    pods: PodGroup,
    addresses: IntervalSet,
    ports: IntervalSet,
  ): boolean {
    const rules = this.rulesOf(direction, pods);
    if (rules === undefined) return true;
    const target = direction === "ingress" ? pods : { namedPorts: [] };
    return ports.every((interval) => {
      const fitting = rules.filter((rule) => covers(portsOfRule(rule, target), [interval]));
      return covers(union(...fitting.map(addressesOfRule)), addresses);
    });
  }

  #isolate(policy: NetworkPolicy): void {
    const selected = this.#pods.select(policy.podSelector, policy.namespace);
    for (const direction of ["ingress", "egress"] as const) {
      const rules = policy[direction];
      if (rules === undefined) continue;
      for (const pods of selected) {
        const others = this.#rules[direction].get(pods);
        if (others === undefined) this.#rules[direction].set(pods, [...rules]);
        else others.push(...rules);
      }
    }
  }

  #podsOfPeer(policy: NetworkPolicy, peer: PolicyPeer): readonly PodGroup[] {
    if (peer.pods === undefined) {
      const isPodNetwork = this.#podAddresses.length > 0 && covers(peer.addresses, this.#podAddresses);
      return isPodNetwork ? this.#pods.select({}) : [];
    }
    const { podSelector, namespaceSelector } = peer.pods;
    const isOwn = namespaceSelector === undefined || namespaceSelector === null;
    const selected = this.#pods.select(
      podSelector ?? {},
      isOwn ? policy.namespace : namedNamespace(namespaceSelector),
    );
    if (isOwn) return selected;
    return selected.filter(({ namespace }) =>
      matchesLabels(namespaceSelector, this.#namespaceLabels(namespace)),
    );
  }
}

/** The ports that a rule admits on `target`; a name that no container of it has admits none. */
export function portsOfRule(rule: PolicyRule, target: Pick<PodGroup, "namedPorts">): IntervalSet {
  if (rule.ports === "every-port") return EVERY_PORT;
  return union(
    ...rule.ports.map(({ protocol, port, endPort }) => {
      if (port === undefined) return portsOf(protocol);
      if (typeof port === "number") return portRange(protocol, port, endPort ?? port);
      return union(
        ...target.namedPorts
          .filter((named) => named.name === port && named.protocol === protocol)
          .map((named) => portRange(protocol, named.port, named.port)),
      );
    }),
  );
}

/** The addresses outside the pods' network that a rule admits by `ipBlock`, or all without any peer. */
export function addressesOfRule(rule: PolicyRule): IntervalSet {
  if (rule.peers === "every-peer") return EVERY_ADDRESS;
  return union(...rule.peers.map((peer) => peer.addresses));
}
