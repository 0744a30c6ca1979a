import type { WorkloadCharge } from "../../accounting/accounting.ts";
import { nodeAllocatable, nodeLabels } from "../../accounting/node.ts";
import { formatAmount } from "../../accounting/quantity.ts";
import { amountOf } from "../../accounting/resource-list.ts";
import { objectsIn, stringAt } from "../../manifest/values.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem } from "../rule.ts";
import { unmetSelections } from "./node-selection.ts";
import { repulsions } from "./pod-repulsion.ts";

const codes = {
  unschedulable: "The only node lacks a resource, a label or the name that the pod demands.",
  "repels-on-one-node": "Pods must not share a node, and there is only one.",
  "scheduler-unknown": "Nobody schedules for the scheduler that the pod names.",
  "scheduling-gated": "The pod waits until somebody removes its scheduling gate.",
} as const;

type Code = keyof typeof codes;

const DEFAULT_SCHEDULER = "default-scheduler";

/** Every pod can be placed on the plan's only node. */
export const podsSchedulable = defineRule({
  id: "pods-schedulable",
  group: "budget",
  severity: "error",
  needs: "plan",
  title: "The plan's only node can run every pod",
  explanation: {
    protects:
      "The roll-out: a pod that no node can take stays Pending, and a sync that waits for its health waits for ever.",
    incident:
      "A chart made for a cluster keeps its replicas on different nodes; on one node the first rollout hangs, since the new pod refuses the node of the old one.",
    fix: "Demand only what the plan's node has. It is known by its hostname, as linux on amd64, as K3s' control plane (the label's value is true, not empty), and by the CPU, memory and pods of the plan; GPUs and huge pages are not in the plan and count as none. Ephemeral storage lies on the file system of the volumes, so no pod gets more than that has beside what is reserved. Where something outside the rendering adds a label, a device or a scheduler, or removes a gate, write an exception that says who.",
    source: "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/",
  },
  codes,
  *check({ index, plan, accounting }) {
    const labels = nodeLabels(plan);
    for (const charge of accounting.workloads) {
      // Whoever is scaled to zero or suspended demands nothing yet.
      if (charge.pods.terminating === 0) continue;
      const { manifest, podSpecPath } = charge.workload;
      const found = [
        ...lackingResources(charge, plan),
        ...selections(charge, plan),
        ...handling(charge),
        ...[...repulsions(charge, accounting.workloads, index, labels)].map((repulsion) => ({
          code: "repels-on-one-node" as const,
          ...repulsion,
        })),
      ];
      for (const problem of found) yield { ...problem, manifest, path: `${podSpecPath}.${problem.path}` };
    }
  },
});

function* lackingResources({ pod, admitted }: WorkloadCharge, plan: Plan): Generator<Problem<Code>> {
  const allocatable = nodeAllocatable(plan);
  for (const [resource, requested] of Object.entries(pod.requests)) {
    const available = amountOf(allocatable, resource) ?? 0n;
    if (requested <= available) continue;
    const container = admitted.containers.find(({ requests }) => (amountOf(requests, resource) ?? 0n) > 0n);
    yield {
      code: "unschedulable",
      path: container === undefined ? `resources.requests[${resource}]` : `${container.path}.resources`,
      message: `one pod requests ${resource} ${formatAmount(resource, requested)}, node ${plan.node.name} has ${available === 0n ? "none" : formatAmount(resource, available)} to allocate`,
      actual: formatAmount(resource, requested),
      limit: formatAmount(resource, available),
      fix: available === 0n ? `do not request ${resource}` : "request less, or spread it over several pods",
    };
  }
}

function* selections({ workload }: WorkloadCharge, plan: Plan): Generator<Problem<Code>> {
  // A DaemonSet makes no pod for a node that it does not select.
  const outcome = workload.kind === "DaemonSet" ? "so there is no pod at all" : "so the pods stay Pending";
  for (const { path, message } of unmetSelections(workload.podSpec, plan)) {
    yield {
      code: "unschedulable",
      path,
      message: `${message}, ${outcome}`,
      fix: "remove it: with one node there is nothing to choose",
    };
  }
}

function* handling({ workload: { podSpec } }: WorkloadCharge): Generator<Problem<Code>> {
  const scheduler = stringAt(podSpec, "schedulerName") ?? "";
  const isBound = (stringAt(podSpec, "nodeName") ?? "") !== "";
  if (scheduler !== "" && scheduler !== DEFAULT_SCHEDULER && !isBound) {
    yield {
      code: "scheduler-unknown",
      path: "schedulerName",
      message: `the pods wait for scheduler ${scheduler}, the plan's node only has ${DEFAULT_SCHEDULER}`,
      actual: scheduler,
      limit: DEFAULT_SCHEDULER,
      fix: "remove schedulerName",
    };
  }
  const gates = objectsIn(podSpec.schedulingGates).map((gate) => stringAt(gate, "name") ?? "");
  if (gates.length > 0) {
    yield {
      code: "scheduling-gated",
      path: "schedulingGates",
      message: `the pods wait until somebody removes the scheduling gate ${gates.join(", ")}`,
      fix: "remove schedulingGates",
    };
  }
}
