import type { Plan } from "../plan/plan.ts";
import { describeAddresses, EVERY_ADDRESS, PRIVATE_ADDRESSES } from "./address-set.ts";
import type { DeclaredFlow } from "./declared-flows.ts";
import type { Network } from "./flow-ends.ts";
import { covers, type IntervalSet, intersect, subtract, union } from "./interval-set.ts";
import type { Direction, PolicyRule } from "./network-policy.ts";
import type { PodGroup } from "./pod-group.ts";
import { addressesOfRule, portsOfRule, type Reachability } from "./reachability.ts";
import { portsDeclaredWith, type UnrenderedPods, unrenderedPods } from "./unrendered-pods.ts";

/** A connection that both ends permit and the plan does not declare. */
interface UndeclaredFlow {
  readonly from: string;
  readonly to: string;
  readonly ports: IntervalSet;
}

/** What one rule of a policy permits beyond the plan. */
export interface Surplus {
  readonly rule: PolicyRule;
  readonly flows: UndeclaredFlow[];
  /** Private addresses that a rule for the internet forgot to take out. */
  privateAddresses: IntervalSet;
}

/** Everything that the policies permit and the plan does not declare, by the rule that lets it through. */
export function undeclaredFlows(network: Network, flows: readonly DeclaredFlow[], plan: Plan): Surplus[] {
  const found = new Map<PolicyRule, Surplus>();
  const surplusOf = (rule: PolicyRule): Surplus => {
    const surplus = found.get(rule) ?? { rule, flows: [], privateAddresses: [] };
    found.set(rule, surplus);
    return surplus;
  };
  const add = (rule: PolicyRule, flow: UndeclaredFlow): void => void surplusOf(rule).flows.push(flow);
  const groups = network.groups.filter(({ hostNetwork }) => !hostNetwork);
  betweenPods(network, groups, flows, add);
  withUnrenderedPods(network, groups, plan, add);
  for (const group of groups) {
    for (const direction of ["ingress", "egress"] as const) {
      const declared = flowsWithAddresses(direction, group, flows);
      for (const rule of network.reachability.rulesOf(direction, group) ?? []) {
        for (const region of undeclaredRegions(direction, group, rule, declared)) {
          const throughInternet = declared.some(({ end }) => end === network.internet);
          if (throughInternet && covers(PRIVATE_ADDRESSES, region.addresses)) {
            const surplus = surplusOf(rule);
            surplus.privateAddresses = union(surplus.privateAddresses, region.addresses);
            continue;
          }
          const others = covers(region.addresses, EVERY_ADDRESS)
            ? "any address"
            : describeAddresses(region.addresses);
          const [from, to] = direction === "ingress" ? [others, group.name] : [group.name, others];
          add(rule, { from, to, ports: region.ports });
        }
      }
    }
  }
  return [...found.values()];
}

function betweenPods(
  network: Network,
  groups: readonly PodGroup[],
  flows: readonly DeclaredFlow[],
  add: (rule: PolicyRule, flow: UndeclaredFlow) => void,
): void {
  const { reachability } = network;
  const declared = declaredPorts(flows);
  for (const to of groups) {
    const rules = reachability.rulesOf("ingress", to);
    const isTargetIsolated = rules !== undefined;
    for (const from of sourcesOf(rules, groups, reachability)) {
      if (
        from === to ||
        from.hostNetwork ||
        !(isTargetIsolated || reachability.rulesOf("egress", from) !== undefined)
      )
        continue;
      const ingress = reachability.permission("ingress", to, from);
      if (ingress.ports.length === 0) continue;
      const egress = reachability.permission("egress", from, to);
      const ports = subtract(intersect(ingress.ports, egress.ports), declared.get(from)?.get(to) ?? []);
      if (ports.length === 0) continue;
      for (const rule of isTargetIsolated ? ingress.rules : egress.rules) {
        const through = intersect(portsOfRule(rule, to), ports);
        if (through.length > 0) add(rule, { from: from.name, to: to.name, ports: through });
      }
    }
  }
}

/**
 * A rule for pods that nobody has rendered stands open for whoever makes one, so their own policies, which may
 * change with their namespace, are no excuse.
 */
function withUnrenderedPods(
  network: Network,
  groups: readonly PodGroup[],
  plan: Plan,
  add: (rule: PolicyRule, flow: UndeclaredFlow) => void,
): void {
  const found = new Map<PolicyRule, readonly UnrenderedPods[]>();
  for (const group of groups) {
    for (const direction of ["ingress", "egress"] as const) {
      for (const rule of network.reachability.rulesOf(direction, group) ?? []) {
        const others = found.get(rule) ?? unrenderedPods(rule, network, plan);
        found.set(rule, others);
        const permitted = portsOfRule(rule, direction === "ingress" ? group : { namedPorts: [] });
        for (const other of others) {
          const ports = subtract(permitted, portsDeclaredWith(other, direction, group, plan));
          if (ports.length === 0) continue;
          const [from, to] = direction === "ingress" ? [other.name, group.name] : [group.name, other.name];
          add(rule, { from, to, ports });
        }
      }
    }
  }
}

/** The pods that any of the rules admits: few, where looking at every pair would be slow. */
function sourcesOf(
  rules: readonly PolicyRule[] | undefined,
  groups: readonly PodGroup[],
  reachability: Reachability,
): Iterable<PodGroup> {
  const admitted = rules?.map((rule) => reachability.admittedBy(rule));
  if (admitted === undefined || admitted.includes(undefined)) return groups;
  return new Set(admitted.flatMap((pods) => [...(pods ?? [])]));
}

function declaredPorts(flows: readonly DeclaredFlow[]): Map<PodGroup, Map<PodGroup, IntervalSet>> {
  const declared = new Map<PodGroup, Map<PodGroup, IntervalSet>>();
  for (const { from, to, ports } of flows) {
    if (from.kind !== "pods" || to.kind !== "pods") continue;
    for (const source of from.pods) {
      const targets = declared.get(source) ?? new Map<PodGroup, IntervalSet>();
      declared.set(source, targets);
      for (const target of to.pods) targets.set(target, union(targets.get(target) ?? [], ports));
    }
  }
  return declared;
}

interface Region {
  readonly addresses: IntervalSet;
  readonly ports: IntervalSet;
}

type AddressFlow = Region & { readonly end: unknown };

function flowsWithAddresses(
  direction: Direction,
  group: PodGroup,
  flows: readonly DeclaredFlow[],
): AddressFlow[] {
  return flows.flatMap(({ from, to, ports }) => {
    const [own, other] = direction === "ingress" ? [to, from] : [from, to];
    if (own.kind !== "pods" || other.kind !== "addresses" || !own.pods.includes(group)) return [];
    return [{ addresses: other.admitted, ports, end: other }];
  });
}

/** Addresses times ports of a rule, without those of each declared flow. */
function undeclaredRegions(
  direction: Direction,
  group: PodGroup,
  rule: PolicyRule,
  declared: readonly Region[],
): readonly Region[] {
  const whole: Region = {
    addresses: addressesOfRule(rule),
    ports: portsOfRule(rule, direction === "ingress" ? group : { namedPorts: [] }),
  };
  let regions: readonly Region[] = [whole];
  for (const { addresses, ports } of declared) {
    regions = regions
      .flatMap((region) => [
        { addresses: subtract(region.addresses, addresses), ports: region.ports },
        { addresses: intersect(region.addresses, addresses), ports: subtract(region.ports, ports) },
      ])
      .filter(isInhabited);
  }
  return regions.filter(isInhabited);
}

function isInhabited({ addresses, ports }: Region): boolean {
  return addresses.length > 0 && ports.length > 0;
}
