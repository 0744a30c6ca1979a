import type { Manifest } from "../manifest/kubernetes-object.ts";
import { stringAt } from "../manifest/values.ts";
import { SYNC_PHASES, type SyncPhase, syncPhasesOf } from "./sync-phase.ts";
import { waveOf } from "./sync-wave.ts";

/** One application of one object during the sync of one Application. */
export interface SyncTask {
  readonly manifest: Manifest;
  /** After Argo CD has pulled namespaces and CRDs forward to their first user. */
  readonly phase: SyncPhase;
  readonly wave: number;
  /** What the object asked for; differs from phase and wave only where Argo CD overrode it. */
  readonly declared: { readonly phase: SyncPhase; readonly wave: number };
  /**
   * Number of the batch, counted through the whole sync: objects of one batch are applied at the same time or in an
   * order that changes from sync to sync, batches one after another. Argo CD waits for health only between waves, never
   * between batches.
   */
  readonly step: number;
}

const KINDS_IN_ORDER = [
  "Namespace",
  "NetworkPolicy",
  "ResourceQuota",
  "LimitRange",
  "PodSecurityPolicy",
  "PodDisruptionBudget",
  "ServiceAccount",
  "Secret",
  "SecretList",
  "ConfigMap",
  "StorageClass",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "CustomResourceDefinition",
  "ClusterRole",
  "ClusterRoleList",
  "ClusterRoleBinding",
  "ClusterRoleBindingList",
  "Role",
  "RoleList",
  "RoleBinding",
  "RoleBindingList",
  "Service",
  "DaemonSet",
  "Pod",
  "ReplicationController",
  "ReplicaSet",
  "Deployment",
  "HorizontalPodAutoscaler",
  "StatefulSet",
  "Job",
  "CronJob",
  "IngressClass",
  "Ingress",
  "APIService",
];

const KIND_RANKS: ReadonlyMap<string, number> = new Map(KINDS_IN_ORDER.map((kind, at) => [kind, at]));

/** Where a kind stands inside a wave; a kind that Argo CD does not list (PriorityClass, any custom one) is last. */
function kindRank(kind: string): number {
  return KIND_RANKS.get(kind) ?? KINDS_IN_ORDER.length;
}

interface MutableTask {
  manifest: Manifest;
  phase: SyncPhase;
  wave: number;
  declared: { phase: SyncPhase; wave: number };
}

/**
 * The order in which Argo CD applies the objects of one Application: phase, wave, kind, name; then each
 * Namespace and each CRD moved before its first user, whose phase and wave it takes over.
 *
 * @param destination The Application's namespace, which Argo CD gives to every object that names none, even
 *   to cluster-scoped ones.
 *
 * Source: argo-cd v3.5.5, gitops-engine/pkg/sync/sync_tasks.go and sync_context.go (`runTasks`).
 */
export function argocdOrder(manifests: readonly Manifest[], destination?: string): readonly SyncTask[] {
  const tasks = manifests.flatMap((manifest) =>
    syncPhasesOf(manifest).map((phase): MutableTask => {
      const wave = waveOf(manifest);
      return { manifest, phase, wave, declared: { phase, wave } };
    }),
  );
  tasks.sort(compareTasks);
  pullForward(tasks, namespaceName, ({ namespace }) => namespace ?? destination);
  pullForward(tasks, definedKind, ({ group, kind }) => `${group}/${kind}`);
  return withSteps(tasks);
}

function compareTasks(a: MutableTask, b: MutableTask): number {
  return (
    SYNC_PHASES.indexOf(a.phase) - SYNC_PHASES.indexOf(b.phase) ||
    a.wave - b.wave ||
    kindRank(a.manifest.kind) - kindRank(b.manifest.kind) ||
    compareBytes(a.manifest.name, b.manifest.name)
  );
}

function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function namespaceName({ group, kind, name }: Manifest): string | undefined {
  return group === "" && kind === "Namespace" ? name : undefined;
}

/** `group/Kind` that a CRD defines; undefined for everything else. */
export function definedKind(manifest: Manifest): string | undefined {
  if (manifest.group !== "apiextensions.k8s.io" || manifest.kind !== "CustomResourceDefinition")
    return undefined;
  const group = stringAt(manifest.object, "spec", "group");
  const kind = stringAt(manifest.object, "spec", "names", "kind");
  return group === undefined || kind === undefined ? undefined : `${group}/${kind}`;
}

/** Moves each task that others depend on in front of the first of them, in place. */
function pullForward(
  tasks: MutableTask[],
  keyProvided: (manifest: Manifest) => string | undefined,
  keyUsed: (manifest: Manifest) => string | undefined,
): void {
  const firstUser = new Map<string, number>();
  for (let at = 0; at < tasks.length; at++) {
    const task = tasks[at] as MutableTask;
    const provided = keyProvided(task.manifest);
    if (provided === undefined) {
      const used = keyUsed(task.manifest);
      if (used !== undefined && !firstUser.has(used)) firstUser.set(used, at);
      continue;
    }
    const to = firstUser.get(provided);
    if (to === undefined) continue;
    const user = tasks[to] as MutableTask;
    task.phase = user.phase;
    task.wave = user.wave;
    tasks.copyWithin(to + 1, to, at);
    tasks[to] = task;
    for (const [key, first] of firstUser) if (first >= to) firstUser.set(key, first + 1);
  }
}

function withSteps(tasks: readonly MutableTask[]): readonly SyncTask[] {
  let step = -1;
  let previous: MutableTask | undefined;
  return tasks.map((task) => {
    const sameBatch =
      previous?.phase === task.phase &&
      previous.wave === task.wave &&
      // Namesakes of two kinds that Argo CD does not list are alike to its sort, which starts from a map.
      (previous.manifest.kind === task.manifest.kind || compareTasks(previous, task) === 0);
    if (!sameBatch) step++;
    previous = task;
    return { ...task, step };
  });
}
