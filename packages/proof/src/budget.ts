import type { Accounting, ChargeTotals, NamespaceCharge } from "./accounting/accounting.ts";
import { limitOf, requestOf } from "./accounting/charge-totals.ts";
import { budgetOf, demandsOn, nodeLedger, planned } from "./accounting/node.ts";
import { bytes, milliCpu } from "./accounting/quantity.ts";
import type { Plan } from "./plan/plan.ts";
import type { Budget, LayerBudget, NamespaceBudget, NodeBudget } from "./proof.ts";

/** The layer that pays for firmware, kernel, K3s and the eviction threshold. */
const SYSTEM_LAYER = "system";

type Totals = NamespaceBudget["steady"];

const NOTHING: Totals = { memoryLimits: 0, memoryRequests: 0, cpuLimits: 0, cpuRequests: 0, pods: 0 };

/** The budget as reports show it; without a plan only what the namespaces use. */
export function summariseBudget(accounting: Accounting, plan: Plan | undefined): Budget {
  const namespaces = [...accounting.namespaces.values()].map((charge) => namespaceBudget(charge, plan));
  if (plan === undefined) return { node: null, layers: [], namespaces };
  return {
    node: nodeBudget(plan, accounting, namespaces),
    // In rollout order: maps of a rendered plan are sorted by name.
    layers: Object.keys(plan.layers)
      .map((name) => layerBudget(name, plan, namespaces))
      .sort((a, b) => a.wave - b.wave),
    namespaces,
  };
}

function namespaceBudget(charge: NamespaceCharge, plan: Plan | undefined): NamespaceBudget {
  const budget = plan && budgetOf(plan, charge.name);
  const terminating = totalsOf(charge.terminating);
  return {
    name: charge.name,
    layer: (budget && plan.namespaces[charge.name]?.chargedTo) ?? null,
    budget: budget
      ? {
          memory: bytes(budget.memory),
          cpuLimits: milliCpu(budget.cpuLimits),
          cpuRequests: milliCpu(budget.cpuRequests),
          pods: budget.pods,
        }
      : null,
    steady: totalsOf(charge.steady),
    peak: totalsOf(charge.peak),
    terminating,
    // The gates hold the budget against this moment, so nothing else is free.
    headroom: budget ? bytes(budget.memory) - terminating.memoryLimits : null,
  };
}

function layerBudget(name: string, plan: Plan, namespaces: readonly NamespaceBudget[]): LayerBudget {
  const own = namespaces.filter(({ layer }) => layer === name);
  const steady = sum(own.map((namespace) => namespace.steady));
  const { memory } = nodeLedger(plan);
  const reserved = name === SYSTEM_LAYER ? bytes(memory.installed - memory.allocatable) : 0;
  const budget = bytes(planned(plan.layers[name]?.memory ?? "0"));
  const terminating = reserved + sum(own.map((namespace) => namespace.terminating)).memoryLimits;
  return {
    name,
    wave: plan.layers[name]?.wave ?? 0,
    budget,
    reserved,
    limits: reserved + steady.memoryLimits,
    requests: steady.memoryRequests,
    peak: reserved + sum(own.map((namespace) => namespace.peak)).memoryLimits,
    terminating,
    headroom: budget - terminating,
    cpuRequests: steady.cpuRequests,
    cpuLimits: steady.cpuLimits,
    namespaces: own.map((namespace) => namespace.name),
  };
}

function nodeBudget(plan: Plan, accounting: Accounting, namespaces: readonly NamespaceBudget[]): NodeBudget {
  const ledger = nodeLedger(plan);
  const demands = demandsOn(plan, accounting);
  const memory = demands.reduce((total, demand) => total + demand.memory, 0n);
  const cpuRequests = demands.reduce((total, demand) => total + demand.cpuRequests, 0n);
  const steady = sum(namespaces.map((namespace) => namespace.steady));
  const peak = sum(namespaces.map((namespace) => namespace.peak));
  const terminating = sum(namespaces.map((namespace) => namespace.terminating));
  return {
    name: plan.node.name,
    memory: {
      installed: bytes(ledger.memory.installed),
      capacity: bytes(ledger.memory.capacity),
      reserved: bytes(ledger.memory.reserved),
      evictionThreshold: bytes(ledger.memory.evictionThreshold),
      allocatable: bytes(ledger.memory.allocatable),
      budgeted: bytes(memory),
      limits: steady.memoryLimits,
      peak: peak.memoryLimits,
      terminating: terminating.memoryLimits,
      free: bytes(ledger.memory.allocatable - memory),
      unbounded: unboundedMemory(accounting),
    },
    cpu: {
      capacity: milliCpu(ledger.cpu.capacity),
      reserved: milliCpu(ledger.cpu.reserved),
      allocatable: milliCpu(ledger.cpu.allocatable),
      budgeted: milliCpu(cpuRequests),
      requests: steady.cpuRequests,
      limits: namespaces.reduce(
        (total, { budget, terminating: own }) => total + Math.max(budget?.cpuLimits ?? 0, own.cpuLimits),
        0,
      ),
      free: milliCpu(ledger.cpu.allocatable - cpuRequests),
    },
    pods: { max: ledger.pods, steady: steady.pods, peak: peak.pods, terminating: terminating.pods },
  };
}

/** What the plan sets aside for pods whose memory nothing limits. */
function unboundedMemory({ namespaces }: Accounting): number {
  return [...namespaces.values()]
    .flatMap(({ dynamicPods }) => dynamicPods)
    .filter(({ entry }) => !entry.bounded)
    .reduce((total, { pod, pods }) => total + bytes(pod.limits.memory ?? 0n) * pods.rollout, 0);
}

function totalsOf(totals: ChargeTotals): Totals {
  return {
    memoryLimits: bytes(limitOf(totals, "memory")),
    memoryRequests: bytes(requestOf(totals, "memory")),
    cpuLimits: milliCpu(limitOf(totals, "cpu")),
    cpuRequests: milliCpu(requestOf(totals, "cpu")),
    pods: totals.pods,
  };
}

function sum(parts: readonly Totals[]): Totals {
  return parts.reduce(
    (total, part) => ({
      memoryLimits: total.memoryLimits + part.memoryLimits,
      memoryRequests: total.memoryRequests + part.memoryRequests,
      cpuLimits: total.cpuLimits + part.cpuLimits,
      cpuRequests: total.cpuRequests + part.cpuRequests,
      pods: total.pods + part.pods,
    }),
    NOTHING,
  );
}
