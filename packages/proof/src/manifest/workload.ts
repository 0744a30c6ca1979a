import type { Manifest, ObjectMeta } from "./kubernetes-object.ts";

/** As written; quantities are strings, integers or floats (`cpu: 0.5`). */
interface ResourceRequirements {
  readonly requests?: Readonly<Record<string, string | number>>;
  readonly limits?: Readonly<Record<string, string | number>>;
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly Readonly<Record<string, unknown>>[];
  readonly envFrom?: readonly Readonly<Record<string, unknown>>[];
  readonly ports?: readonly Readonly<Record<string, unknown>>[];
  readonly resources?: ResourceRequirements;
  /** `Always` on an init container makes it a sidecar. */
  readonly restartPolicy?: string;
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly volumeMounts?: readonly Readonly<Record<string, unknown>>[];
  readonly [field: string]: unknown;
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
  readonly serviceAccountName?: string;
  readonly priorityClassName?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly resources?: ResourceRequirements;
  readonly overhead?: Readonly<Record<string, string | number>>;
  readonly [field: string]: unknown;
}

export type WorkloadKind =
  | "Pod"
  | "Deployment"
  | "ReplicaSet"
  | "ReplicationController"
  | "StatefulSet"
  | "DaemonSet"
  | "Job"
  | "CronJob";

/** Every object that makes pods, with its pod template. */
export interface Workload {
  readonly manifest: Manifest;
  readonly kind: WorkloadKind;
  /** The workload's own `spec` (a CronJob's Job spec is at `spec.jobTemplate.spec`). */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly podMetadata: Partial<ObjectMeta>;
  readonly podSpec: PodSpec;
  /** Path of the pod spec in the object: `spec.template.spec`. */
  readonly podSpecPath: string;
}

const PREFIX: Readonly<Record<WorkloadKind, readonly string[]>> = {
  Pod: [],
  Deployment: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  ReplicationController: ["spec", "template"],
  StatefulSet: ["spec", "template"],
  DaemonSet: ["spec", "template"],
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
};

export const WORKLOAD_KINDS = Object.keys(PREFIX) as readonly WorkloadKind[];

const GROUP: Readonly<Record<WorkloadKind, string>> = {
  Pod: "",
  Deployment: "apps",
  ReplicaSet: "apps",
  ReplicationController: "",
  StatefulSet: "apps",
  DaemonSet: "apps",
  Job: "batch",
  CronJob: "batch",
};

/**
 * The typed view of a workload; undefined for other kinds and for a workload whose pod template is not an
 * object with a list of containers (`valid-object` reports that one).
 */
export function toWorkload(manifest: Manifest): Workload | undefined {
  if (!isWorkloadKind(manifest.kind) || manifest.group !== GROUP[manifest.kind]) return undefined;
  const prefix = PREFIX[manifest.kind];
  let template: unknown = manifest.object;
  for (const key of prefix) template = isRecord(template) ? template[key] : undefined;
  if (!isRecord(template) || !isRecord(template.spec)) return undefined;
  const podSpec = template.spec;
  if (!isListOfRecords(podSpec.containers)) return undefined;
  if (podSpec.initContainers !== undefined && !isListOfRecords(podSpec.initContainers)) return undefined;
  const spec = manifest.object.spec;
  return {
    manifest,
    kind: manifest.kind,
    spec: isRecord(spec) ? spec : {},
    podMetadata: (isRecord(template.metadata) ? template.metadata : {}) as Partial<ObjectMeta>,
    podSpec: podSpec as unknown as PodSpec,
    podSpecPath: [...prefix, "spec"].join("."),
  };
}

/** Every container with its field path, init containers first (the order in which they run). */
export function containersOf(
  workload: Workload,
): readonly { container: Container; path: string; init: boolean }[] {
  const { podSpec, podSpecPath } = workload;
  const init = (podSpec.initContainers ?? []).map((container, at) => ({
    container,
    path: `${podSpecPath}.initContainers[${at}]`,
    init: true,
  }));
  const main = podSpec.containers.map((container, at) => ({
    container,
    path: `${podSpecPath}.containers[${at}]`,
    init: false,
  }));
  return [...init, ...main];
}

function isWorkloadKind(kind: string): kind is WorkloadKind {
  return Object.hasOwn(PREFIX, kind);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOfRecords(value: unknown): value is readonly Record<string, unknown>[] {
  return Array.isArray(value) && value.every(isRecord);
}
