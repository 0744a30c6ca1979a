import type { Accounting } from "../../accounting/accounting.ts";
import { demandsOn, type NamespaceDemand, nodeLedger } from "../../accounting/node.ts";
import { type Amount, countAmount, formatAmount, parseQuantity } from "../../accounting/quantity.ts";
import { at, objectsIn } from "../../manifest/values.ts";
import { defineRule, type Problem } from "../rule.ts";

const codes = {
  "memory-overcommitted": "The memory budgets are more than pods may have.",
  "cpu-requests-overcommitted": "The CPU requests are more than the node can promise.",
  "too-many-pods": "The kubelet admits fewer pods than the peak needs.",
  "storage-overcommitted": "The claims are more than the node's file system holds.",
  "scratch-overcommitted": "Claims and temporary volumes together are more than the file system holds.",
  "unknown-namespace": "Something runs in a namespace that the plan does not know.",
} as const;

type Code = keyof typeof codes;

/** All namespaces together fit the node. */
export const nodeFits = defineRule({
  id: "node-fits",
  group: "budget",
  severity: "error",
  needs: "plan",
  title: "All namespaces together fit what the node can allocate",
  explanation: {
    protects:
      "The node: memory limits, CPU requests, pods and storage of everything at once, at the worst moment.",
    incident:
      "Every namespace keeps its quota, yet the quotas together are more than the machine; under load the kernel kills whatever it likes.",
    fix: "Shrink a budget, or free memory of the node; memory limits are never overcommitted, CPU limits may be.",
    source: "k8s.io/kubernetes v1.36.3 pkg/kubelet/cm/node_container_manager_linux.go",
  },
  codes,
  *check({ plan, accounting }) {
    const ledger = nodeLedger(plan);
    const demands = demandsOn(plan, accounting);
    for (const { name, budget } of demands) {
      if (budget !== undefined) continue;
      const inhabitant = accounting.namespaces.get(name)?.workloads[0];
      yield {
        code: "unknown-namespace",
        manifest: inhabitant?.workload.manifest,
        object: { apiVersion: "v1", kind: "Namespace", name },
        path: "metadata.namespace",
        message: `namespace ${name} has no budget in the plan`,
        fix: `add global.namespaces.${name}, or move its objects to a namespace of the plan`,
      };
    }
    yield* exceeds(
      "memory-overcommitted",
      "memory",
      "memory limits",
      ledger.memory.allocatable,
      demands,
      ({ memory }) => memory,
    );
    yield* exceeds(
      "cpu-requests-overcommitted",
      "cpu",
      "CPU requests",
      ledger.cpu.allocatable,
      demands,
      ({ cpuRequests }) => cpuRequests,
    );
    yield* exceeds("too-many-pods", "pods", "pods", countAmount(ledger.pods), demands, ({ pods }) =>
      countAmount(pods),
    );
    yield* exceeds(
      "storage-overcommitted",
      "storage",
      "storage",
      ledger.storage.allocatable,
      demands,
      ({ storage }) => storage,
    );
    yield* scratch(accounting, ledger.storage.capacity, demands);
  },
});

/**
 * Temporary volumes on disk lie on the file system of the claims, in what is reserved beside them. Those without a size are bounded by nothing but
 * the kubelet's eviction, so they are left out; those in memory are charged to the container.
 */
function* scratch(
  { workloads }: Accounting,
  capacity: Amount,
  demands: readonly NamespaceDemand[],
): Generator<Problem<Code>> {
  const claims = demands.reduce((total, { storage }) => total + storage, 0n);
  const volumes = workloads.map(({ workload, pods }) => {
    const sizes = objectsIn(workload.podSpec.volumes)
      .filter((volume) => at(volume, "emptyDir", "medium") !== "Memory")
      .map((volume) => parseQuantity(at(volume, "emptyDir", "sizeLimit")) ?? 0n);
    const size = sizes.reduce((total, one) => total + one, 0n) * BigInt(pods.terminating);
    return { manifest: workload.manifest, size };
  });
  const sum = volumes.reduce((total, { size }) => total + size, 0n);
  if (claims > capacity || sum === 0n || claims + sum <= capacity) return;
  const format = (value: Amount): string => formatAmount("storage", value);
  const [largest] = [...volumes].sort((a, b) => Number(b.size - a.size));
  yield {
    code: "scratch-overcommitted",
    manifest: largest?.manifest,
    path: "spec.template.spec.volumes",
    message: `temporary volumes may take ${format(sum)} beside ${format(claims)} of claims, ${format(claims + sum - capacity)} more than the node's ${format(capacity)}; this workload's may take ${format(largest?.size ?? 0n)}`,
    actual: format(claims + sum),
    limit: format(capacity),
    fix: `make sizeLimit of the emptyDir volumes smaller, or take ${format(claims + sum - capacity)} from the claims`,
  };
}

const PATHS: Readonly<Record<string, string>> = {
  memory: "global.node.memory",
  cpu: "global.node.cpu",
  pods: "global.node.maxPods",
  storage: "global.node.storage",
};

function* exceeds(
  code: Code,
  resource: string,
  what: string,
  allocatable: Amount,
  demands: readonly NamespaceDemand[],
  amount: (demand: NamespaceDemand) => Amount,
): Generator<Problem<Code>> {
  const sum = demands.reduce((total, demand) => total + amount(demand), 0n);
  if (sum <= allocatable) return;
  const format = (value: Amount): string => formatAmount(resource, value);
  const largest = [...demands].sort((a, b) => Number(amount(b) - amount(a))).slice(0, 4);
  yield {
    code,
    path: PATHS[resource],
    message: `the namespaces together take ${what} ${format(sum)}, ${format(sum - allocatable)} more than the node's ${format(allocatable)} (${largest.map((demand) => `${demand.name} ${format(amount(demand))}`).join(", ")})`,
    actual: format(sum),
    limit: format(allocatable),
    fix: `take ${format(sum - allocatable)} from the namespaces`,
  };
}
