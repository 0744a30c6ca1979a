import type { Manifest } from "../manifest/kubernetes-object.ts";
import type { Workload } from "../manifest/workload.ts";
import type { DynamicPod } from "../plan/plan.ts";
import type { LimitRange } from "./limit-range.ts";
import type { AdmittedPod } from "./pod-resources.ts";
import type { Amount, ResourceList } from "./quantity.ts";

/** What one pod is charged, after the API server's defaulting and the namespace's LimitRanges. */
interface PodCharge {
  readonly requests: ResourceList;
  readonly limits: ResourceList;
  /** Containers without a memory limit of their own: the summed limit is finite, the pod is not. */
  readonly unbounded: readonly string[];
}

/** Pods of one workload that a quota charges at one time. */
export interface PodCounts {
  readonly steady: number;
  /** During its own rollout, if old pods end at once. */
  readonly rollout: number;
  /** During its own rollout, while old pods are still terminating. */
  readonly terminating: number;
}

/** Pods of one origin: a rendered workload or an entry of the plan's `dynamicPods`. */
export interface Charge {
  /** `Deployment data/redis`, or the owner of the dynamic pods, as people read it. */
  readonly subject: string;
  readonly namespace: string;
  readonly pod: PodCharge;
  readonly pods: PodCounts;
  /** Job and CronJob pods come and go: they are added to the peak, not to the steady state. */
  readonly transient: boolean;
}

export interface WorkloadCharge extends Charge {
  readonly workload: Workload;
  readonly admitted: AdmittedPod;
  /** A CronJob whose runs may overlap without end is counted once. */
  readonly unlimited: boolean;
  /** Paths in the object of quantities that nobody can read; they count as absent. */
  readonly unreadable: readonly string[];
}

/** Pods that a program makes at run time, counted by the plan's formula. */
export interface DynamicPodCharge extends Charge {
  /** Key in `global.dynamicPods`. */
  readonly name: string;
  readonly entry: DynamicPod;
  /** Why the formula gives no number; the entry then counts no pods. */
  readonly problem: string | undefined;
}

/** A ResourceQuota of the rendering, or one that the plan announces. */
export interface Quota {
  /** Undefined while only the plan knows it. */
  readonly manifest: Manifest | undefined;
  readonly hard: ResourceList;
  readonly scopes: readonly QuotaScope[];
  /** Paths of quantities that nobody can read. */
  readonly unreadable: readonly string[];
}

export interface QuotaScope {
  /** `Terminating`, `BestEffort`, `PriorityClass`, … */
  readonly name: string;
  /** `Exists`, `DoesNotExist`, `In`, `NotIn`. */
  readonly operator: string;
  readonly values: readonly string[];
}

/** One PersistentVolumeClaim of the rendering, or a StatefulSet's template for several. */
export interface Claim {
  readonly manifest: Manifest;
  readonly path: string;
  /** Its `spec`. */
  readonly spec: unknown;
  readonly count: number;
  /** Bytes of one claim; undefined when absent or unreadable. */
  readonly storage: Amount | undefined;
}

/** Totals of one namespace; every figure is a sum over its workloads and the declared dynamic pods. */
export interface NamespaceCharge {
  readonly name: string;
  readonly workloads: readonly WorkloadCharge[];
  /** Only entries that are enabled and whose component is. */
  readonly dynamicPods: readonly DynamicPodCharge[];
  readonly limitRanges: readonly LimitRange[];
  readonly quotas: readonly Quota[];
  readonly claims: readonly Claim[];
  /** What Services, claims and other objects take, by quota resource: `requests.storage`, `services.loadbalancers`, … */
  readonly objects: ResourceList;
  readonly steady: ChargeTotals;
  /** All Jobs at once. */
  readonly jobs: ChargeTotals;
  /** Steady state, plus all Jobs at once, plus the biggest single rollout. */
  readonly peak: ChargeTotals;
  /** The workload whose rollout adds most memory to the peak, if any surges. */
  readonly biggestRollout: WorkloadCharge | undefined;
  /** The peak while every old pod of one rollout is still terminating. */
  readonly terminating: ChargeTotals;
}

export interface ChargeTotals {
  readonly requests: ResourceList;
  readonly limits: ResourceList;
  readonly pods: number;
}

export interface Accounting {
  /** Every namespace that a workload, a quota or the plan names. */
  readonly namespaces: ReadonlyMap<string, NamespaceCharge>;
  readonly workloads: readonly WorkloadCharge[];
}
