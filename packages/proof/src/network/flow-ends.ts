import type { ManifestIndex } from "../manifest/manifest-index.ts";
import type { Workload } from "../manifest/workload.ts";
import type { Plan } from "../plan/plan.ts";
import { addressesOf, firstAddresses, INTERNET, ROUTABLE_INTERNET } from "./address-set.ts";
import { type IntervalSet, union } from "./interval-set.ts";
import { type Labels, labelsOf, NAMESPACE_NAME_LABEL } from "./label-selector.ts";
import { toNetworkPolicy } from "./network-policy.ts";
import { groupPods, NAME_LABEL, type PodGroup, ROLE_LABEL } from "./pod-group.ts";
import { type PodText, textsOf } from "./pod-texts.ts";
import { Reachability } from "./reachability.ts";
import { ServiceDirectory } from "./service-directory.ts";

/** One side of a flow: pods, or addresses outside the pods' network. */
export type FlowEnd = PodEnd | AddressEnd;

export interface PodEnd {
  readonly kind: "pods";
  readonly name: string;
  readonly pods: readonly PodGroup[];
}

interface AddressEnd {
  readonly kind: "addresses";
  readonly name: string;
  /** What has to be permitted. */
  readonly required: IntervalSet;
  /** The most that may be permitted. */
  readonly admitted: IntervalSet;
}

/** The network of one rendering: its pods, those that no rendering shows, and who may reach whom. */
export interface Network {
  /** Rendered pods, run-time pods of declared roles, DNS, the ingress controller and Argo CD. */
  readonly groups: readonly PodGroup[];
  /** What the pods of a group are given to read. */
  readonly texts: ReadonlyMap<PodGroup, readonly PodText[]>;
  readonly services: ServiceDirectory;
  readonly reachability: Reachability;
  readonly namespaceLabels: (namespace: string) => Labels;
  readonly dns: PodGroup;
  readonly ingress: readonly PodGroup[];
  readonly node: AddressEnd;
  readonly apiServer: AddressEnd;
  readonly lan: AddressEnd;
  readonly internet: AddressEnd;
}

/** Builds the network of a rendering on the plan's node. */
export function createNetwork(index: ManifestIndex, workloads: readonly Workload[], plan: Plan): Network {
  const groups = groupPods(workloads);
  const dns = firstOr(groups, "kube-system", { "k8s-app": "kube-dns" }, "dns", [
    { name: "dns", protocol: "UDP", port: 53 },
    { name: "dns-tcp", protocol: "TCP", port: 53 },
  ]);
  const ingress = firstOr(groups, plan.ingress.namespace, { [NAME_LABEL]: "traefik" }, "ingress", []);
  const { address, lan, podCidr, apiServerPort } = plan.node.network;
  const podAddresses = addressesOf(podCidr) ?? [];
  const nodeAddress = addressesOf(address) ?? [];
  const all = [...new Set([...groups, ...dns, ...ingress, ...runtimePods(groups, plan)])];
  const policies = index
    .filter({ kind: "NetworkPolicy" })
    .map(toNetworkPolicy)
    .filter((policy) => policy !== undefined);
  const namespaces = namespaceLabels(index);
  const labelsOfNamespace = (name: string): Labels =>
    namespaces.get(name) ?? { [NAMESPACE_NAME_LABEL]: name };
  // The node's packets to its own pods leave by the bridge, whose address is at the start of the pods' network.
  const fromNode = union(nodeAddress, firstAddresses(podAddresses, 2));
  const lanAddresses = addressesOf(lan) ?? [];
  return {
    groups: all,
    texts: new Map(
      all.map((group) => [group, group.workloads.flatMap((workload) => textsOf(workload, index))] as const),
    ),
    services: new ServiceDirectory(index, all),
    reachability: new Reachability(policies, all, labelsOfNamespace, podAddresses),
    namespaceLabels: labelsOfNamespace,
    dns: dns[0] as PodGroup,
    ingress,
    node: { kind: "addresses", name: "node", required: nodeAddress, admitted: fromNode },
    apiServer: {
      kind: "addresses",
      name: `kube-apiserver (${address}:${apiServerPort})`,
      required: nodeAddress,
      admitted: fromNode,
    },
    lan: { kind: "addresses", name: "lan", required: lanAddresses, admitted: lanAddresses },
    internet: { kind: "addresses", name: "internet", required: ROUTABLE_INTERNET, admitted: INTERNET },
  };
}

/** Labels of rendered Namespaces, with the one that the API server adds to each. */
function namespaceLabels(index: ManifestIndex): ReadonlyMap<string, Labels> {
  return new Map(
    index
      .filter({ group: "", kind: "Namespace" })
      .map(({ name, object }) => [name, { ...labelsOf(object.metadata), [NAMESPACE_NAME_LABEL]: name }]),
  );
}

/** The rendered pods with these labels, or a stand-in where a program outside the rendering runs them. */
function firstOr(
  groups: readonly PodGroup[],
  namespace: string,
  labels: Labels,
  name: string,
  namedPorts: PodGroup["namedPorts"],
): readonly PodGroup[] {
  const rendered = groups.filter(
    (group) =>
      group.namespace === namespace &&
      Object.entries(labels).every(([key, value]) => group.labels[key] === value),
  );
  return rendered.length > 0 ? rendered : [{ ...virtualPods(name, namespace, labels), namedPorts }];
}

/** Pods of declared roles that a component makes at run time, such as notebooks. */
function runtimePods(groups: readonly PodGroup[], plan: Plan): PodGroup[] {
  const makers = new Set(
    Object.values(plan.dynamicPods).flatMap((pods) => (pods.enabled ? [pods.component] : [])),
  );
  const rendered = new Set(groups.map((group) => `${group.labels[NAME_LABEL]}/${group.labels[ROLE_LABEL]}`));
  const named = Object.values(plan.flows).flatMap((flow) => (flow.enabled ? [...flow.from, flow.to] : []));
  return [...new Set(named)].flatMap((peer) => {
    const [component = "", role] = peer.split("/");
    const planned = plan.components[component];
    if (role === undefined || planned?.enabled !== true || !makers.has(component) || rendered.has(peer))
      return [];
    return [virtualPods(peer, planned.namespace, { [NAME_LABEL]: component, [ROLE_LABEL]: role })];
  });
}

function virtualPods(name: string, namespace: string, labels: Labels): PodGroup {
  return { name, namespace, labels, workloads: [], hostNetwork: false, namedPorts: [] };
}
