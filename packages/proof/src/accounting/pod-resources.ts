import { isObject } from "../manifest/values.ts";
import type { Container, PodSpec } from "../manifest/workload.ts";
import type { LimitRange } from "./limit-range.ts";
import type { ResourceList } from "./quantity.ts";
import {
  addResources,
  amountOf,
  maxResources,
  NO_RESOURCES,
  readResourceList,
  withDefaults,
} from "./resource-list.ts";

/** One container as admitted: after the API server's defaulting and the namespace's LimitRanges. */
export interface AdmittedContainer {
  readonly name: string;
  /** Relative to the pod spec: `initContainers[0]`. */
  readonly path: string;
  readonly init: boolean;
  /** An init container that keeps running (`restartPolicy: Always`). */
  readonly sidecar: boolean;
  readonly requests: ResourceList;
  readonly limits: ResourceList;
}

/** The resources of one pod as admitted. */
export interface AdmittedPod {
  /** Init containers first, in the order in which they run. */
  readonly containers: readonly AdmittedContainer[];
  /** `spec.resources`, only the resources that it may name; undefined when not set. */
  readonly podLevel: { readonly requests: ResourceList; readonly limits: ResourceList } | undefined;
  readonly overhead: ResourceList;
  /** Paths, relative to the pod spec, of quantities that nobody can read. */
  readonly unreadable: readonly string[];
}

/** What admission adds from other objects of the rendering. */
interface AdmissionInputs {
  /** Of the pod's namespace, in stream order: the first that sets a default wins. */
  readonly limitRanges: readonly LimitRange[];
  /** `overhead.podFixed` by name of the RuntimeClass. */
  readonly overheads: ReadonlyMap<string, ResourceList>;
}

export const NO_ADMISSION: AdmissionInputs = { limitRanges: [], overheads: new Map() };

/**
 * Requests and limits that the API server stores for a pod of this template: a limit without request becomes
 * the request too, pod-level requests are completed, LimitRanges fill what is missing, and the RuntimeClass
 * adds its overhead, in this order.
 * @see k8s.io/kubernetes v1.36.3 pkg/apis/core/v1/defaults.go `SetDefaults_Pod`,
 * plugin/pkg/admission/limitranger and plugin/pkg/admission/runtimeclass
 */
export function admitPod(podSpec: PodSpec, inputs: AdmissionInputs): AdmittedPod {
  const unreadable: string[] = [];
  const read = (container: Container, position: number, list: string): AdmittedContainer => {
    const path = `${list}[${position}]`;
    const resources: unknown = container.resources;
    const of = (field: "requests" | "limits"): ResourceList =>
      readResourceList(
        isObject(resources) ? resources[field] : undefined,
        `${path}.resources.${field}`,
        unreadable,
      );
    const limits = of("limits");
    const init = list === "initContainers";
    return {
      name: typeof container.name === "string" ? container.name : path,
      path,
      init,
      sidecar: init && container.restartPolicy === "Always",
      limits,
      requests: withDefaults(of("requests"), limits),
    };
  };
  const containers = [
    ...(podSpec.initContainers ?? []).map((container, at) => read(container, at, "initContainers")),
    ...podSpec.containers.map((container, at) => read(container, at, "containers")),
  ];
  const podLevel = completePodLevel(podSpec.resources, containers, unreadable);
  const runtimeClass: unknown = podSpec.runtimeClassName;
  const overhead =
    (typeof runtimeClass === "string" ? inputs.overheads.get(runtimeClass) : undefined) ??
    readResourceList(podSpec.overhead, "overhead", unreadable);
  return {
    containers: containers.map((container) => fill(container, inputs)),
    podLevel,
    overhead,
    unreadable,
  };
}

/** What the scheduler and `requests.*` of a quota count; without overhead for a LimitRange of type Pod. */
export function podRequests(pod: AdmittedPod, overhead: "with" | "without" = "with"): ResourceList {
  const own = overridden(aggregate(pod.containers, "requests"), pod.podLevel?.requests);
  return overhead === "with" ? addResources(own, pod.overhead) : own;
}

/** What `limits.*` of a quota counts: overhead is added only to limits that exist and are not zero. */
export function podLimits(pod: AdmittedPod, overhead: "with" | "without" = "with"): ResourceList {
  const own = overridden(aggregate(pod.containers, "limits"), pod.podLevel?.limits);
  if (overhead === "without") return own;
  const extra = Object.entries(pod.overhead).filter(([resource]) => (amountOf(own, resource) ?? 0n) !== 0n);
  return addResources(own, Object.fromEntries(extra));
}

/**
 * App containers and sidecars together, or the biggest step of initialisation if that is more: an init
 * container runs beside the sidecars before it.
 * @see k8s.io/component-helpers v0.36.3 resource/helpers.go `AggregateContainerRequests`
 */
export function aggregate(
  containers: readonly AdmittedContainer[],
  kind: "requests" | "limits",
): ResourceList {
  const running: ResourceList[] = [];
  let sidecars = NO_RESOURCES;
  let initialising = NO_RESOURCES;
  for (const container of containers) {
    const own = container[kind];
    if (container.sidecar) {
      running.push(own);
      sidecars = addResources(sidecars, own);
      initialising = maxResources(initialising, sidecars);
    } else if (container.init) initialising = maxResources(initialising, addResources(sidecars, own));
    else running.push(own);
  }
  return maxResources(addResources(...running), initialising);
}

/** Pod-level values replace the sums, even where they are smaller. */
function overridden(sums: ResourceList, podLevel: ResourceList | undefined): ResourceList {
  return podLevel === undefined ? sums : { ...sums, ...podLevel };
}

function completePodLevel(
  resources: unknown,
  containers: readonly AdmittedContainer[],
  unreadable: string[],
): AdmittedPod["podLevel"] {
  if (!isObject(resources)) return undefined;
  const written = readResourceList(resources.requests, "resources.requests", unreadable);
  let limits = readResourceList(resources.limits, "resources.limits", unreadable);
  if (Object.keys(written).length === 0 && Object.keys(limits).length === 0) return undefined;
  const hugePages = only(
    aggregate(containers, "limits"),
    (name) => isHugePage(name) && !Object.hasOwn(written, name),
  );
  limits = withDefaults(limits, hugePages);
  let requests = written;
  if (Object.keys(limits).length > 0) {
    const summed = only(aggregate(containers, "requests"), (name) => isPodLevel(name) && !isHugePage(name));
    requests = withDefaults(withDefaults(written, summed), only(limits, isPodLevel));
  }
  return { requests: only(requests, isPodLevel), limits: only(limits, isPodLevel) };
}

function fill(container: AdmittedContainer, { limitRanges }: AdmissionInputs): AdmittedContainer {
  let { limits, requests } = container;
  for (const { fills } of limitRanges) {
    limits = withDefaults(limits, fills.limits);
    requests = withDefaults(requests, fills.requests);
  }
  return { ...container, limits, requests };
}

function only(list: ResourceList, wanted: (resource: string) => boolean): ResourceList {
  return Object.fromEntries(Object.entries(list).filter(([resource]) => wanted(resource)));
}

function isPodLevel(resource: string): boolean {
  return resource === "cpu" || resource === "memory" || isHugePage(resource);
}

function isHugePage(resource: string): boolean {
  return resource.startsWith("hugepages-");
}
