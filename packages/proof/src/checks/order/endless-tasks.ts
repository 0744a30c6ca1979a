import { describeObject, type Manifest, referenceOf } from "../../manifest/kubernetes-object.ts";
import { at } from "../../manifest/values.ts";
import type { Application } from "../../order/applications.ts";
import { isLaterStep } from "../../order/precedence.ts";
import { isHook } from "../../order/sync-phase.ts";
import type { Problem } from "../rule.ts";

export type EndlessCode = "never-healthy" | "recreated-for-ever";

/** Objects whose own settings keep a sync, or the repair after it, from coming to an end. */
export function* endlessTasks(applications: readonly Application[]): Generator<Problem<EndlessCode>> {
  const seen = new Set<Manifest>();
  for (const { tasks, band } of applications) {
    const [first] = tasks;
    const last = tasks.at(-1);
    // A sync of one step waits for hooks alone; a layer of the plan is waited for by the next one.
    const waited =
      band !== undefined || (first !== undefined && last !== undefined && isLaterStep(last, first));
    for (const { manifest } of tasks) {
      if (seen.has(manifest)) continue;
      seen.add(manifest);
      if (waited || isHook(manifest)) yield* neverHealthy(manifest);
      yield* recreated(manifest);
    }
  }
}

const RESTING: Readonly<Record<string, { readonly field: string; readonly state: string }>> = {
  "batch/Job": { field: "suspend", state: "suspended: it creates no pods" },
  "apps/Deployment": { field: "paused", state: "paused: a new one creates no pods at all" },
};

function* neverHealthy(manifest: Manifest): Generator<Problem<EndlessCode>> {
  const kind = `${manifest.group}/${manifest.kind}`;
  const resting = Object.hasOwn(RESTING, kind) ? RESTING[kind] : undefined;
  if (resting === undefined || at(manifest.object, "spec", resting.field) !== true) return;
  yield {
    code: "never-healthy",
    manifest,
    path: `spec.${resting.field}`,
    message: `${describeObject(referenceOf(manifest))} is ${resting.state}. Its health is Suspended, and a sync goes on after Healthy alone`,
    actual: "true",
    limit: "false",
    fix: `Remove spec.${resting.field}; what must not run yet is not rendered.`,
  };
}

function* recreated(manifest: Manifest): Generator<Problem<EndlessCode>> {
  const path = "spec.ttlSecondsAfterFinished";
  const seconds = at(manifest.object, "spec", "ttlSecondsAfterFinished");
  if (manifest.group !== "batch" || manifest.kind !== "Job" || typeof seconds !== "number") return;
  if (isHook(manifest)) return;
  yield {
    code: "recreated-for-ever",
    manifest,
    path,
    message: `${describeObject(referenceOf(manifest))} is deleted ${seconds} s after it has finished. Argo CD then finds it missing: under self-heal it is created and run again, for ever`,
    actual: seconds,
    fix: "Remove the field, so that the finished Job stays; or make it a hook with a hook-delete-policy.",
  };
}
