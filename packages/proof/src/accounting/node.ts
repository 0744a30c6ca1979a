import type { Plan } from "../plan/plan.ts";
import type { Accounting, NamespaceCharge } from "./accounting.ts";
import { limitOf, requestOf } from "./charge-totals.ts";
import { type Amount, countAmount, parseQuantity, type ResourceList } from "./quantity.ts";
import { amountOf } from "./resource-list.ts";

/** The node's own ledger. */
interface NodeLedger {
  readonly memory: {
    readonly installed: Amount;
    /** What firmware, graphics and the kernel keep: installed − capacity. */
    readonly hidden: Amount;
    readonly capacity: Amount;
    readonly reserved: Amount;
    readonly evictionThreshold: Amount;
    /** capacity − reserved − evictionThreshold */
    readonly allocatable: Amount;
  };
  readonly cpu: { readonly capacity: Amount; readonly reserved: Amount; readonly allocatable: Amount };
  readonly storage: { readonly capacity: Amount; readonly reserved: Amount; readonly allocatable: Amount };
  readonly pods: number;
}

/** What a namespace may take of the node at its worst. */
export interface NamespaceDemand {
  readonly name: string;
  /** From the plan; undefined for a namespace that the plan does not know. */
  readonly budget: NamespaceBudget | undefined;
  /** Memory limits: the budget where a quota enforces it, else the greater of budget and charge. */
  readonly memory: Amount;
  readonly cpuRequests: Amount;
  readonly storage: Amount;
  /** Pods at the worst moment; the budget for a namespace in which nothing runs yet. */
  readonly pods: number;
}

/** A namespace's budget in amounts. */
export interface NamespaceBudget {
  readonly memory: Amount;
  readonly cpuLimits: Amount;
  readonly cpuRequests: Amount;
  readonly storage: Amount;
  readonly pods: number;
  readonly loadBalancers: number;
}

/**
 * Allocatable is what pods may request: capacity − reserved − hard eviction threshold.
 * @see k8s.io/kubernetes v1.36.3 pkg/kubelet/cm/node_container_manager_linux.go
 */
export function nodeLedger({ node }: Plan): NodeLedger {
  const installed = planned(node.memory.installed);
  const capacity = planned(node.memory.capacity);
  const reserved = planned(node.memory.reserved);
  const evictionThreshold = planned(node.memory.evictionThreshold);
  return {
    memory: {
      installed,
      hidden: installed - capacity,
      capacity,
      reserved,
      evictionThreshold,
      allocatable: capacity - reserved - evictionThreshold,
    },
    cpu: remaining(node.cpu),
    storage: remaining(node.storage),
    pods: node.maxPods,
  };
}

/**
 * What the scheduler may place on the node; a resource that it does not name is not there. Ephemeral storage
 * (writable layers, logs, volumes of type emptyDir) lies on the file system of the volumes.
 */
export function nodeAllocatable(plan: Plan): ResourceList {
  const { cpu, memory, storage, pods } = nodeLedger(plan);
  return {
    cpu: cpu.allocatable,
    memory: memory.allocatable,
    "ephemeral-storage": storage.allocatable,
    pods: countAmount(pods),
  };
}

/**
 * The labels of a K3s server: those of the kubelet and of K3s' own cloud provider, and the role, whose value
 * is `true` with K3s.
 * @see k8s.io/api v0.36.3 core/v1/well_known_labels.go, https://docs.k3s.io/cli/server
 */
export function nodeLabels({ node }: Plan): Readonly<Record<string, string>> {
  return {
    "kubernetes.io/hostname": node.name,
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "beta.kubernetes.io/os": "linux",
    "beta.kubernetes.io/arch": "amd64",
    "node.kubernetes.io/instance-type": "k3s",
    "beta.kubernetes.io/instance-type": "k3s",
    "node-role.kubernetes.io/control-plane": "true",
  };
}

export function budgetOf(plan: Plan, namespace: string): NamespaceBudget | undefined {
  if (!Object.hasOwn(plan.namespaces, namespace)) return undefined;
  const budget = plan.namespaces[namespace]?.budget;
  return (
    budget && {
      memory: planned(budget.memory),
      cpuLimits: planned(budget.cpuLimits),
      cpuRequests: planned(budget.cpuRequests),
      storage: planned(budget.storage),
      pods: budget.pods,
      loadBalancers: budget.loadBalancers,
    }
  );
}

/** Whether the plan has a quota bound the CPU and memory of a namespace; else its pods are declared one by one. */
export function isBounded(plan: Plan, namespace: string): boolean {
  const quota = Object.hasOwn(plan.namespaces, namespace) ? plan.namespaces[namespace]?.quota : undefined;
  return quota?.enabled === true && quota.compute;
}

/** What the ResourceQuota of a namespace must name, by the plan; undefined where the plan has none. */
export function plannedHard(plan: Plan, namespace: string): ResourceList | undefined {
  const budget = budgetOf(plan, namespace);
  if (budget === undefined || plan.namespaces[namespace]?.quota.enabled !== true) return undefined;
  return {
    ...(isBounded(plan, namespace) && {
      "limits.memory": budget.memory,
      "requests.memory": budget.memory,
      "limits.cpu": budget.cpuLimits,
      "requests.cpu": budget.cpuRequests,
    }),
    pods: countAmount(budget.pods),
    "requests.storage": budget.storage,
    "services.loadbalancers": countAmount(budget.loadBalancers),
  };
}

/** The demand of every namespace of the plan and of the rendering. */
export function demandsOn(plan: Plan, { namespaces }: Accounting): readonly NamespaceDemand[] {
  return [...namespaces.values()].map((namespace) => demandOf(plan, namespace));
}

/** Whether a namespace only waits: all components that the plan puts there are disabled, and nothing is rendered. */
export function isDormant(plan: Plan, name: string, { namespaces }: Accounting): boolean {
  const components = Object.values(plan.components).filter(({ namespace }) => namespace === name);
  const charge = namespaces.get(name);
  const inhabitants = (charge?.workloads.length ?? 0) + (charge?.dynamicPods.length ?? 0);
  return components.length > 0 && !components.some(({ enabled }) => enabled) && inhabitants === 0;
}

/** Reads a quantity of the plan; the plan's schema admits no other text. */
export function planned(quantity: string): Amount {
  return parseQuantity(quantity) ?? 0n;
}

function demandOf(plan: Plan, namespace: NamespaceCharge): NamespaceDemand {
  // A pod that terminates holds its memory, its CPU and its place on the node until it is gone.
  const { name, terminating: worst, objects, workloads, dynamicPods } = namespace;
  const budget = budgetOf(plan, name);
  const bounded = isBounded(plan, name);
  const counted = plan.namespaces[name]?.quota.enabled === true;
  const atLeast = (budgeted: Amount | undefined, actual: Amount, enforced: boolean): Amount =>
    budgeted === undefined || (!enforced && actual > budgeted) ? actual : budgeted;
  const populated = workloads.length + dynamicPods.length > 0;
  return {
    name,
    budget,
    memory: atLeast(budget?.memory, limitOf(worst, "memory"), bounded),
    cpuRequests: atLeast(budget?.cpuRequests, requestOf(worst, "cpu"), bounded),
    storage: atLeast(budget?.storage, amountOf(objects, "requests.storage") ?? 0n, counted),
    pods: populated ? worst.pods : (budget?.pods ?? 0),
  };
}

function remaining(resource: { readonly capacity: string; readonly reserved: string }): NodeLedger["cpu"] {
  const capacity = planned(resource.capacity);
  const reserved = planned(resource.reserved);
  return { capacity, reserved, allocatable: capacity - reserved };
}
