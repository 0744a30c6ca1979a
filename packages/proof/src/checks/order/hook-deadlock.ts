import { describeObject, type Manifest, referenceOf } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { at } from "../../manifest/values.ts";
import { groupPods } from "../../network/pod-group.ts";
import { textsOf } from "../../network/pod-texts.ts";
import { type NetworkService, ServiceDirectory } from "../../network/service-directory.ts";
import { findServiceReferences } from "../../network/service-references.ts";
import { applicationsOf } from "../../order/applications.ts";
import { isLaterStep, type Position, Positions } from "../../order/precedence.ts";
import { isHook } from "../../order/sync-phase.ts";
import { type WaitingPods, waitingPods } from "../../order/waiting-pods.ts";
import { defineRule, type Problem } from "../rule.ts";
import { type EndlessCode, endlessTasks } from "./endless-tasks.ts";
import { type LatePolicyCode, latePolicies } from "./late-policies.ts";

type CallCode = "hook-calls-later-phase" | "job-calls-later-wave" | "init-calls-later-wave" | "calls-itself";

export const hookDeadlock = defineRule<CallCode | LatePolicyCode | EndlessCode>({
  id: "hook-deadlock",
  group: "order",
  severity: "error",
  title: "Every sync comes to its end: no hook, Job or init container waits for what comes after it",
  explanation: {
    protects:
      "The first installation. A sync goes on when a wave's Jobs have succeeded and its pods are ready; what calls a workload, a Service or through a policy of a later wave never is.",
    incident:
      "A chart migrated its database in a pre-install hook. Argo CD runs every such hook before the first wave, the database among what waits, and the Application stayed in PreSync for ever. Another Deployment was paused while somebody debugged it, and its layer was the last that anybody installed.",
    fix: "Make hooks ordinary Jobs, and give Services, workloads and policies a wave up to that of the first who needs them.",
    source:
      "argo-cd v3.5.5: gitops-engine/pkg/sync/sync_tasks.go (phases come before waves), sync_context.go (only Healthy and Degraded end the wait), pkg/health, hook/helm/type.go",
  },
  codes: {
    "hook-calls-later-phase": "A hook calls a workload or Service of a later phase or wave.",
    "job-calls-later-wave": "A Job calls a workload or Service of a later wave.",
    "init-calls-later-wave": "An init container calls a workload or Service of a later wave.",
    "calls-itself": "An init container calls its own pods, which are not ready before it has ended.",
    "policy-in-later-wave": "The NetworkPolicy that permits a call of a Job or init container comes later.",
    "never-healthy":
      "A suspended Job or a paused Deployment is never healthy: nothing after it is installed.",
    "recreated-for-ever": "A Job deletes itself when it has finished, and Argo CD creates it again.",
  },
  *check({ index, workloads, plan }) {
    const applications = applicationsOf(index, plan);
    const positions = new Positions(applications);
    const services = new ServiceDirectory(index, groupPods(workloads));
    const waiting = waitingPods(workloads);
    for (const pods of waiting) yield* checkCalls(pods, index, services, positions);
    yield* latePolicies(waiting, { index, workloads, plan }, positions);
    yield* endlessTasks(applications);
  },
});

function* checkCalls(
  pods: WaitingPods,
  index: ManifestIndex,
  services: ServiceDirectory,
  positions: Positions,
): Generator<Problem<CallCode>> {
  const { manifest } = pods.workload;
  const position = positions.of(manifest);
  if (position === undefined) return;
  const reported = new Set<NetworkService>();
  for (const text of textsOf(pods.waiting, index))
    for (const { service, host } of findServiceReferences(text, manifest.namespace ?? "default", services)) {
      if (reported.has(service)) continue;
      const problem = isItself(pods, service)
        ? selfCall(manifest, host)
        : lateCall(pods, position, host, lastOf(service, position, positions));
      if (problem === undefined) continue;
      reported.add(service);
      yield { ...problem, manifest, path: text.path };
    }
}

/** Among a Service and the workloads behind it, what the sync applies last after the caller. */
function lastOf(service: NetworkService, caller: Position, positions: Positions): Position | undefined {
  let last = caller;
  const workloads = service.pods.flatMap((pods) => pods.workloads);
  for (const needed of [...workloads.map(({ manifest }) => manifest), service.manifest]) {
    const position = positions.of(needed);
    // Other Applications are ordered by their layers, which order-before-use holds against dependsOn.
    if (position?.application === caller.application && isLaterStep(position.task, last.task))
      last = position;
  }
  return last === caller ? undefined : last;
}

function lateCall(
  { workload, init }: WaitingPods,
  position: Position,
  host: string,
  later: Position | undefined,
): Problem<CallCode> | undefined {
  if (later === undefined) return undefined;
  const hook = isHook(workload.manifest);
  const caller = describeObject(referenceOf(workload.manifest));
  return {
    code: hook ? "hook-calls-later-phase" : init ? "init-calls-later-wave" : "job-calls-later-wave",
    message: `${init ? `An init container of ${caller}` : caller} in ${place(position)} calls ${host}, which needs ${describeObject(referenceOf(later.task.manifest))} in ${place(later)}: the sync waits for the first before it starts the second`,
    actual: place(position),
    limit: place(later),
    fix: hook
      ? `Make it an ordinary Job in a wave after ${later.task.wave}.`
      : `Give it a wave after ${later.task.wave}, or ${describeObject(referenceOf(later.task.manifest))} one up to ${position.task.wave}.`,
  };
}

/** Whether nobody but the caller's own pods, none of which is ready yet, can answer for a Service. */
function isItself({ workload, init }: WaitingPods, { manifest, pods }: NetworkService): boolean {
  const behind = pods.flatMap((group) => group.workloads);
  if (!init || behind.length === 0 || behind.some((other) => other.manifest !== workload.manifest))
    return false;
  // A later ordinal of a StatefulSet may ask the first one.
  const ordinals = workload.kind === "StatefulSet" && Number(workload.spec.replicas ?? 1) > 1;
  return !ordinals && at(manifest.object, "spec", "publishNotReadyAddresses") !== true;
}

function selfCall(manifest: Manifest, host: string): Problem<CallCode> {
  return {
    code: "calls-itself",
    message: `An init container of ${describeObject(referenceOf(manifest))} calls ${host}, which leads to its own pods alone: none of them is ready before the init container has ended`,
    actual: host,
    fix: "Ask in a probe or in a container that runs beside the server, or remove the init container.",
  };
}

function place({ task: { phase, wave } }: Position): string {
  return `${phase} wave ${wave}`;
}
