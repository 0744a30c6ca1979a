import { type Amount, bytes, parseQuantity } from "../accounting/quantity.ts";
import { at, isObject } from "../manifest/values.ts";

/** The signals that the kubelet's own defaults name; a configuration that names some of them loses the others. */
export const EVICTION_SIGNALS = [
  "memory.available",
  "nodefs.available",
  "nodefs.inodesFree",
  "imagefs.available",
  "imagefs.inodesFree",
] as const;

/** Resource by the eviction signal that is taken from it. */
const SIGNAL_OF: Readonly<Record<string, string>> = {
  memory: "memory.available",
  "ephemeral-storage": "nodefs.available",
};

/**
 * What a kubelet with this configuration keeps from pods: kubeReserved + systemReserved + the hard eviction
 * threshold.
 * @returns undefined when a figure is no quantity
 * @see k8s.io/kubernetes v1.36.3 pkg/kubelet/cm/node_container_manager_linux.go `getNodeAllocatableAbsolute`
 */
export function keptFromPods(kubelet: unknown, resource: string, capacity: Amount): Amount | undefined {
  const kube = quantityAt(kubelet, "kubeReserved", resource);
  const system = quantityAt(kubelet, "systemReserved", resource);
  const signal = SIGNAL_OF[resource];
  const threshold = signal === undefined ? 0n : evictionThreshold(kubelet, signal, capacity);
  if (kube === undefined || system === undefined) return undefined;
  return kube + system + (threshold ?? 0n);
}

/**
 * The hard threshold of an eviction signal as an amount; a percentage is one of the capacity, in whole bytes.
 * @returns undefined when the signal is not named or no quantity
 */
export function evictionThreshold(kubelet: unknown, signal: string, capacity: Amount): Amount | undefined {
  const text = at(kubelet, "evictionHard", signal);
  const percent = typeof text === "string" ? /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1] : undefined;
  if (percent === undefined) return textQuantity(text);
  return BigInt(Math.floor((bytes(capacity) * Number(percent)) / 100)) * 1000n;
}

/** Zero for a resource that is not named. */
function quantityAt(kubelet: unknown, field: string, resource: string): Amount | undefined {
  const list = at(kubelet, field);
  if (!isObject(list) || !Object.hasOwn(list, resource)) return 0n;
  return textQuantity(list[resource]);
}

/** These maps hold strings: the kubelet does not start with a number in one of them. */
function textQuantity(value: unknown): Amount | undefined {
  return typeof value === "string" ? parseQuantity(value) : undefined;
}
