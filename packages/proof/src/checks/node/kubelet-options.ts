import { nodeAllocatable, nodeLedger } from "../../accounting/node.ts";
import { type Amount, formatAmount, writeAmount } from "../../accounting/quantity.ts";
import { at } from "../../manifest/values.ts";
import { EVICTION_SIGNALS, evictionThreshold, keptFromPods } from "../../node/kubelet-arithmetic.ts";
import type { NodeConfiguration } from "../../node/node-configuration.ts";
import { KUBELET_CONFIG } from "../../node/node-paths.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Problem } from "../rule.ts";
import type { NodeCode } from "./node-codes.ts";

/** The kubelet's own default; K3s leaves it. */
const DEFAULT_COLLECTION_PERCENT = 85;
const DEFAULT_MAX_PODS = 110;

/** The kubelet's file: its own arithmetic gives the plan's allocatable, and it evicts as the plan says. */
export function* checkKubelet({ kubelet }: NodeConfiguration, plan: Plan): Generator<Problem<NodeCode>> {
  const ledger = nodeLedger(plan);
  yield* checkAllocatable(kubelet, plan);
  yield* checkSignals(kubelet, plan);
  const maxPods = at(kubelet, "maxPods") ?? DEFAULT_MAX_PODS;
  if (maxPods !== ledger.pods) {
    yield {
      code: "max-pods-differs",
      path: `${KUBELET_CONFIG}: maxPods`,
      message: `the kubelet admits ${maxPods} pods; the plan says ${ledger.pods}`,
      actual: String(maxPods),
      limit: ledger.pods,
      fix: `write maxPods: ${ledger.pods}`,
    };
  }
  yield* checkCollection(kubelet, ledger.storage.capacity);
}

function* checkAllocatable(kubelet: unknown, plan: Plan): Generator<Problem<NodeCode>> {
  const { cpu, memory, storage } = nodeLedger(plan);
  const allocatable = nodeAllocatable(plan);
  const capacities = { cpu: cpu.capacity, memory: memory.capacity, "ephemeral-storage": storage.capacity };
  for (const [resource, capacity] of Object.entries(capacities)) {
    const kept = keptFromPods(kubelet, resource, capacity);
    const planned = allocatable[resource] ?? 0n;
    if (kept !== undefined && capacity - kept === planned) continue;
    const actual = kept === undefined ? "unreadable" : formatAmount(resource, capacity - kept);
    yield {
      code: "allocatable-differs",
      path: `${KUBELET_CONFIG}: systemReserved.${resource}`,
      message: `of ${formatAmount(resource, capacity)} ${resource} the kubelet would leave ${actual} to pods; the plan says ${formatAmount(resource, planned)}`,
      actual,
      limit: formatAmount(resource, planned),
      fix: `let kubeReserved, systemReserved and the eviction threshold add up to ${writeAmount(resource, capacity - planned)}`,
    };
  }
}

function* checkSignals(kubelet: unknown, plan: Plan): Generator<Problem<NodeCode>> {
  const { memory, storage } = nodeLedger(plan);
  for (const signal of EVICTION_SIGNALS) {
    const path = `${KUBELET_CONFIG}: evictionHard["${signal}"]`;
    const threshold = evictionThreshold(
      kubelet,
      signal,
      signal === "memory.available" ? memory.capacity : storage.capacity,
    );
    if (threshold === undefined || threshold === 0n) {
      yield {
        code: "signal-missing",
        path,
        message: `the kubelet does not evict at ${signal}`,
        fix: `name all of ${EVICTION_SIGNALS.join(", ")}`,
      };
    } else if (signal === "memory.available" && threshold !== memory.evictionThreshold) {
      yield {
        code: "signal-differs",
        path,
        message: `the kubelet evicts at ${formatAmount("memory", threshold)}; the plan says ${formatAmount("memory", memory.evictionThreshold)}`,
        actual: formatAmount("memory", threshold),
        limit: formatAmount("memory", memory.evictionThreshold),
        fix: `write ${writeAmount("memory", memory.evictionThreshold)}`,
      };
    }
  }
}

/** Unused images must go while there is still more space than at the eviction threshold. */
function* checkCollection(kubelet: unknown, capacity: Amount): Generator<Problem<NodeCode>> {
  const high = at(kubelet, "imageGCHighThresholdPercent") ?? DEFAULT_COLLECTION_PERCENT;
  const threshold = evictionThreshold(kubelet, "imagefs.available", capacity);
  if (typeof high !== "number" || threshold === undefined || capacity === 0n) return;
  const evictsAt = 100 - Number((threshold * 100n) / capacity);
  if (high < evictsAt) return;
  yield {
    code: "images-stay-too-long",
    path: `${KUBELET_CONFIG}: imageGCHighThresholdPercent`,
    message: `images are removed from ${high} % of the disk on, pods are evicted from ${evictsAt} % on`,
    actual: high,
    limit: evictsAt,
    fix: `write less than ${evictsAt}`,
  };
}
