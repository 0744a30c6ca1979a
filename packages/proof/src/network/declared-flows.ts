import { FOUNDATION } from "../order/applications.ts";
import type { Plan } from "../plan/plan.ts";
import { isProduced } from "../plan/produced-secret.ts";
import type { FlowEnd, Network } from "./flow-ends.ts";
import type { IntervalSet } from "./interval-set.ts";
import { NAME_LABEL, ROLE_LABEL } from "./pod-group.ts";
import { portsNumbered } from "./port-set.ts";

/** A flow of the plan, or one of its `from` entries, between ends that are both enabled. */
export interface DeclaredFlow {
  /** Values path: `global.flows.web-store`. */
  readonly path: string;
  readonly from: FlowEnd;
  readonly to: FlowEnd;
  readonly numbers: readonly number[];
  /** The numbers on every protocol: flows name none. */
  readonly ports: IntervalSet;
}

/** An end of an enabled flow that neither the plan nor the rendering knows. */
export interface UnknownPeer {
  readonly path: string;
  readonly peer: string;
  readonly reason: string;
}

/** The plan's flows, one for each `from` entry. Flows of disabled components are left out. */
export function declaredFlows(
  plan: Plan,
  network: Network,
): { flows: DeclaredFlow[]; unknown: UnknownPeer[] } {
  const flows: DeclaredFlow[] = [];
  const unknown: UnknownPeer[] = [];
  for (const [name, flow] of Object.entries(plan.flows)) {
    if (!flow.enabled) continue;
    const path = `global.flows.${name}`;
    const end = (
      peer: string,
      field: string,
      others: Readonly<Record<string, FlowEnd>>,
    ): FlowEnd | undefined => {
      const found = Object.hasOwn(others, peer) ? others[peer] : componentEnd(peer, plan, network);
      if (typeof found !== "string") return found;
      unknown.push({ path: `${path}.${field}`, peer, reason: found });
      return undefined;
    };
    const { node, apiServer, lan, internet } = network;
    const dns: FlowEnd = { kind: "pods", name: "dns", pods: [network.dns] };
    const ingress = ingressEnd(plan, network);
    const to = end(flow.to, "to", { dns, "kube-apiserver": apiServer, node, lan, internet });
    for (const [position, entry] of flow.from.entries()) {
      const from =
        entry === "ingress"
          ? ingress
          : end(entry, `from[${position}]`, { node, lan, "kube-apiserver": apiServer });
      if (from === undefined || to === undefined) continue;
      flows.push({ path, from, to, numbers: flow.ports, ports: portsNumbered(flow.ports) });
    }
  }
  return { flows, unknown };
}

/** The ingress controller's pods; undefined while the component that runs them is disabled. */
export function ingressEnd(plan: Plan, network: Network): FlowEnd | undefined {
  const provider = plan.components[plan.ingress.provider];
  if (provider !== undefined && !provider.enabled) return undefined;
  return { kind: "pods", name: "ingress", pods: network.ingress };
}

/** The pods of a component or of one role; undefined while it is disabled; a sentence if it does not exist. */
function componentEnd(peer: string, plan: Plan, network: Network): FlowEnd | string | undefined {
  const [component = "", role] = peer.split("/");
  const enabled = isEnabled(component, plan);
  if (enabled === undefined) return "the plan has no such component";
  if (!enabled) return undefined;
  const pods = network.groups.filter(
    ({ labels }) => labels[NAME_LABEL] === component && (role === undefined || labels[ROLE_LABEL] === role),
  );
  // Pods on the host's network have the node's address, and no policy knows them by their labels.
  if (pods.length > 0 && pods.every(({ hostNetwork }) => hostNetwork)) return { ...network.node, name: peer };
  if (pods.length > 0) return { kind: "pods", name: peer, pods };
  const labels =
    role === undefined ? `${NAME_LABEL}=${component}` : `${NAME_LABEL}=${component},${ROLE_LABEL}=${role}`;
  return `no rendered pod is labelled ${labels}`;
}

/**
 * Undefined for what the plan does not know. Foundation's only pod is that of the Job which creates Secrets, as long
 * as there are some to create.
 */
function isEnabled(component: string, plan: Plan): boolean | undefined {
  const { generate, ledger } = plan.secrets;
  if (component === FOUNDATION)
    return generate.enabled && Object.values(ledger).some((secret) => isProduced(secret, plan));
  return Object.hasOwn(plan.components, component) ? plan.components[component]?.enabled : undefined;
}
