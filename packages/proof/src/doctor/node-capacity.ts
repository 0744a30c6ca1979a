import { nodeAllocatable, nodeLedger } from "../accounting/node.ts";
import { type Amount, formatAmount, parseQuantity, writeAmount } from "../accounting/quantity.ts";
import { K3S_VERSION } from "../helm/versions.ts";
import { at, objectsIn, stringAt } from "../manifest/values.ts";
import type { Plan } from "../plan/plan.ts";
import type { Examination, Symptom } from "./examination.ts";
import { installNode } from "./remedies.ts";

/** More than the plan knows by this much is worth a note: 256 MiB. */
const WORTH_MENTIONING = (256n << 20n) * 1000n;

const PRESSURES = ["MemoryPressure", "DiskPressure", "PIDPressure"];

export const nodeCapacity: Examination = {
  id: "node-capacity",
  title: "The node has what the plan gives away",
  needs: ["node"],
  *examine(plan, { node }) {
    const ledger = nodeLedger(plan);
    yield* compareCapacity(plan, node, "memory", ledger.memory.capacity, "global.node.memory.capacity");
    yield* compareCapacity(plan, node, "cpu", ledger.cpu.capacity, "global.node.cpu.capacity");
    yield* compareCapacity(
      plan,
      node,
      "ephemeral-storage",
      ledger.storage.capacity,
      "global.node.storage.capacity",
    );
    yield* compareAllocatable(plan, node);
    yield* conditions(plan, node);
  },
};

export const k3sVersion: Examination = {
  id: "k3s-version",
  title: "The node runs the pinned K3s",
  needs: ["node"],
  *examine(plan, { node }) {
    const version = stringAt(node, "status", "nodeInfo", "kubeletVersion") || "an unknown version";
    if (version === K3S_VERSION) return;
    const isSameMinor = minorOf(version) === minorOf(K3S_VERSION);
    yield {
      severity: isSameMinor ? "warning" : "error",
      object: `Node ${plan.node.name}`,
      message: `it runs ${version}; the charts are proven for ${K3S_VERSION}`,
      actual: version,
      limit: K3S_VERSION,
      fix: `${installNode(plan)} on the node installs the pinned one; skip no minor version on the way`,
    };
  },
};

function* compareCapacity(
  plan: Plan,
  node: unknown,
  resource: string,
  planned: Amount,
  path: string,
): Generator<Symptom> {
  const real = parseQuantity(at(node, "status", "capacity", resource)) ?? 0n;
  const object = `Node ${plan.node.name}`;
  const figures = { actual: formatAmount(resource, real), limit: formatAmount(resource, planned) };
  if (real < planned) {
    yield {
      severity: "error",
      object,
      message: `it has ${figures.actual} of ${resource}; the plan gives away ${figures.limit}`,
      ...figures,
      fix: `set ${path} to ${writeAmount(resource, real)} in the profile, take the difference from a namespace, and prove again`,
    };
  } else if (resource === "memory" && real - planned > WORTH_MENTIONING) {
    yield {
      severity: "warning",
      object,
      message: `${formatAmount(resource, real - planned)} more memory than planned are given to nobody`,
      ...figures,
      fix: `raise ${path} and give it to a namespace`,
    };
  }
}

/** What the kubelet leaves to pods of what it has: less than planned, and the last pods stay pending. */
function* compareAllocatable(plan: Plan, node: unknown): Generator<Symptom> {
  for (const [resource, planned] of Object.entries(nodeAllocatable(plan))) {
    const real = parseQuantity(at(node, "status", "allocatable", resource)) ?? 0n;
    const capacity = parseQuantity(at(node, "status", "capacity", resource)) ?? 0n;
    if (real < planned) {
      yield {
        severity: "error",
        object: `Node ${plan.node.name}`,
        message: `pods may have ${formatAmount(resource, real)} of ${resource}; the plan says ${formatAmount(resource, planned)}`,
        actual: formatAmount(resource, real),
        limit: formatAmount(resource, planned),
        fix: `write the node's configuration again: ${installNode(plan)} on the node`,
      };
    } else if (resource === "memory" && real === capacity) {
      yield {
        severity: "error",
        object: `Node ${plan.node.name}`,
        message: "nothing is reserved: pods may take all memory, K3s' own included",
        actual: formatAmount(resource, real),
        limit: formatAmount(resource, planned),
        fix: `have the kubelet read /etc/rancher/k3s/kubelet.yaml: ${installNode(plan)} on the node`,
      };
    }
  }
}

function* conditions(plan: Plan, node: unknown): Generator<Symptom> {
  for (const condition of objectsIn(at(node, "status", "conditions"))) {
    const type = stringAt(condition, "type") ?? "";
    const isBad =
      type === "Ready"
        ? condition.status !== "True"
        : PRESSURES.includes(type) && condition.status === "True";
    if (!isBad) continue;
    yield {
      severity: "error",
      object: `Node ${plan.node.name}`,
      message: `${type} is ${condition.status}: ${stringAt(condition, "message") ?? "no reason is given"}`,
      fix: "journalctl -u k3s -e on the node; `kubectl top pod -A --sort-by=memory` shows who takes the memory",
    };
  }
}

function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
