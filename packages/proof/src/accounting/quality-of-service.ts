import { type AdmittedContainer, type AdmittedPod, aggregate } from "./pod-resources.ts";
import { type Amount, bytes, type ResourceList } from "./quantity.ts";
import { addResources, amountOf } from "./resource-list.ts";

type QualityOfService = "Guaranteed" | "Burstable" | "BestEffort";

/** The kernel spares these to the end; also every pod of class system-node-critical. */
const SPARED = -997;
const FIRST = 1000;

/**
 * The pod's class: only CPU and memory count, zero counts as absent, init containers count too, and
 * pod-level resources, if there are any, decide alone.
 * @see k8s.io/kubernetes v1.36.3 pkg/apis/core/v1/helper/qos/qos.go `ComputePodQOS`
 */
export function qualityOfService(pod: AdmittedPod): QualityOfService {
  const parts: readonly { requests: ResourceList; limits: ResourceList }[] =
    pod.podLevel === undefined ? pod.containers : [pod.podLevel];
  const requests = addResources(...parts.map((part) => computed(part.requests)));
  const limits = addResources(...parts.map((part) => computed(part.limits)));
  const requested = Object.keys(requests);
  const limited = Object.keys(limits);
  if (requested.length === 0 && limited.length === 0) return "BestEffort";
  const complete = parts.every((part) => Object.keys(computed(part.limits)).length === 2);
  const equal =
    requested.length === limited.length && requested.every((name) => requests[name] === limits[name]);
  return complete && equal ? "Guaranteed" : "Burstable";
}

/**
 * The kubelet's `oom_score_adj` of one container: −997 is killed last, 1000 first. The priority class plays
 * no part, save system-node-critical.
 * @param memoryCapacity what the kubelet reports for the node
 * @see k8s.io/kubernetes v1.36.3 pkg/kubelet/qos/policy.go `GetContainerOOMScoreAdjust`
 */
export function oomScoreAdjust(
  pod: AdmittedPod,
  container: AdmittedContainer,
  priorityClassName: string | undefined,
  memoryCapacity: Amount,
): number {
  if (priorityClassName === "system-node-critical") return SPARED;
  const quality = qualityOfService(pod);
  if (quality === "Guaranteed") return SPARED;
  if (quality === "BestEffort") return FIRST;
  const share = unclaimedShare(pod);
  const capacity = bytes(memoryCapacity);
  const score = (request: number): number => FIRST - Math.floor((FIRST * (request + share)) / capacity);
  let adjust = score(memoryRequest(container));
  if (container.sidecar) {
    const regular = pod.containers.filter(({ init }) => !init).map(memoryRequest);
    adjust = Math.min(adjust, score(Math.min(...regular)));
  }
  return Math.min(Math.max(adjust, FIRST + SPARED), FIRST - 1);
}

function memoryRequest(container: AdmittedContainer): number {
  return bytes(amountOf(container.requests, "memory") ?? 0n);
}

/** What the pod requests beyond its containers, shared equally among all of them. */
function unclaimedShare(pod: AdmittedPod): number {
  const requested = pod.podLevel === undefined ? undefined : amountOf(pod.podLevel.requests, "memory");
  if (requested === undefined || requested === 0n) return 0;
  const claimed = amountOf(aggregate(pod.containers, "requests"), "memory") ?? 0n;
  return Math.trunc((bytes(requested) - bytes(claimed)) / pod.containers.length);
}

function computed(list: ResourceList): ResourceList {
  return Object.fromEntries(
    Object.entries(list).filter(
      ([resource, amount]) => (resource === "cpu" || resource === "memory") && amount > 0n,
    ),
  );
}
