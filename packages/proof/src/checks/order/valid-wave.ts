import type { Manifest } from "../../manifest/kubernetes-object.ts";
import { describeObject, referenceOf } from "../../manifest/kubernetes-object.ts";
import { at } from "../../manifest/values.ts";
import { annotationItems, annotationsOf } from "../../order/annotations.ts";
import { applicationsOf } from "../../order/applications.ts";
import type { SyncTask } from "../../order/argocd-order.ts";
import { ARGO_HOOK, HELM_HOOK, isHook, SYNC_PHASES } from "../../order/sync-phase.ts";
import { HOOK_WEIGHT, parseGoInteger, SYNC_WAVE } from "../../order/sync-wave.ts";
import { defineRule, type Problem } from "../rule.ts";

type Code =
  | "not-a-string"
  | "not-an-integer"
  | "out-of-range"
  | "weight-as-wave"
  | "overridden-wave"
  | "unknown-hook"
  | "hook-never-runs"
  | "hook-runs-on-every-sync";

const LARGEST_WAVE = 100;
/** Run outside a sync, when an Application is deleted (argo-cd v3.5.5, controller/hook.go). */
const DELETION_HOOKS = ["PreDelete", "PostDelete"];
const HELM_DELETION_AND_TEST_HOOKS = ["pre-delete", "post-delete", "test", "test-success", "test-failure"];
const HELM_ROLLBACK_HOOKS = ["pre-rollback", "post-rollback"];
const HELM_SYNC_HOOKS = ["pre-install", "pre-upgrade", "post-install", "post-upgrade"];

export const validWave = defineRule<Code>({
  id: "valid-wave",
  group: "order",
  severity: "error",
  title: "Every wave and hook means to Argo CD what it says",
  explanation: {
    protects:
      "The order of a sync. Argo CD reports no error for a wave or a hook that it cannot read: it takes wave 0, or leaves the object out.",
    incident:
      'A database with sync-wave "ten" was applied in wave 0, before its namespace had a quota; a Job with hook "Presync" was never created, and nothing said so.',
    fix: "Write the wave as a quoted integer from -100 to 100, and hooks by Argo CD's names (PreSync, Sync, PostSync, SyncFail, Skip).",
    source:
      "argo-cd v3.5.5: gitops-engine/pkg/sync/syncwaves/waves.go, sync_phase.go, sync_tasks.go (adjustDeps), controller/hook.go",
  },
  codes: {
    "not-a-string": "The wave is not quoted: the API server refuses the object.",
    "not-an-integer": "The wave is no integer and is ignored.",
    "out-of-range": "The wave is outside -100 to 100.",
    "weight-as-wave": "Helm's hook weight decides the wave of an object that is no hook.",
    "overridden-wave": "Argo CD moves the namespace or CRD forward to its first user.",
    "unknown-hook": "The hook has a name that nobody runs.",
    "hook-never-runs": "Argo CD never runs Helm's rollback hooks.",
    "hook-runs-on-every-sync": "Argo CD runs the hook at installation and at every later sync.",
  },
  *check({ index, plan }) {
    for (const manifest of index.all) {
      yield* checkWave(manifest);
      yield* checkHooks(manifest);
    }
    for (const { tasks } of applicationsOf(index, plan))
      for (const task of tasks) if (isOverridden(task)) yield overriddenWave(task);
  },
});

function* checkWave(manifest: Manifest): Generator<Problem<Code>> {
  const path = `metadata.annotations["${SYNC_WAVE}"]`;
  const written = at(manifest.object, "metadata", "annotations", SYNC_WAVE);
  const weight = annotationsOf(manifest).get(HOOK_WEIGHT);
  const instead = parseGoInteger(weight ?? "") ?? 0;
  if (written === undefined || written === null) {
    if (isHook(manifest) || instead === 0) return;
    yield {
      code: "weight-as-wave",
      manifest,
      path: `metadata.annotations["${HOOK_WEIGHT}"]`,
      message: `${describeObject(referenceOf(manifest))} is no hook, yet its Helm hook weight ${weight} puts it into wave ${instead}`,
      actual: instead,
      fix: `Remove ${HOOK_WEIGHT}, or say the wave in ${SYNC_WAVE}.`,
    };
    return;
  }
  if (typeof written !== "string") {
    yield {
      code: "not-a-string",
      manifest,
      path,
      message: `${describeObject(referenceOf(manifest))} has the wave ${JSON.stringify(written)} without quotes; annotations are strings, so the API server refuses the object and Argo CD reads none of its annotations`,
      actual: JSON.stringify(written),
      fix: `Quote it: "${JSON.stringify(written)}".`,
    };
    return;
  }
  const wave = parseGoInteger(written);
  if (wave === undefined)
    yield {
      code: "not-an-integer",
      manifest,
      path,
      message: `${describeObject(referenceOf(manifest))} has the wave "${written}", which Argo CD ignores: it is applied in wave ${instead}`,
      actual: written,
      fix: "Write a whole number without spaces, point or unit.",
    };
  else if (Math.abs(wave) > LARGEST_WAVE)
    yield {
      code: "out-of-range",
      manifest,
      path,
      message: `${describeObject(referenceOf(manifest))} has the wave ${written}; every other order that a reader expects lies between -${LARGEST_WAVE} and ${LARGEST_WAVE}`,
      actual: wave,
      limit: LARGEST_WAVE,
      fix: "Give it a wave of its layer's band.",
    };
}

function* checkHooks(manifest: Manifest): Generator<Problem<Code>> {
  const annotations = annotationsOf(manifest);
  const argo = annotationItems(annotations, ARGO_HOOK);
  const argoNames: readonly string[] = [...SYNC_PHASES, "Skip"];
  for (const hook of argo)
    if (!argoNames.includes(hook) && !DELETION_HOOKS.includes(hook))
      yield unknownHook(manifest, ARGO_HOOK, hook);
  if (argo.some((hook) => argoNames.includes(hook))) return;
  const helm = annotationItems(annotations, HELM_HOOK);
  for (const hook of helm)
    if (
      ![...HELM_SYNC_HOOKS, ...HELM_ROLLBACK_HOOKS, ...HELM_DELETION_AND_TEST_HOOKS, "crd-install"].includes(
        hook,
      )
    )
      yield unknownHook(manifest, HELM_HOOK, hook);
  const path = `metadata.annotations["${HELM_HOOK}"]`;
  if (helm.length > 0 && helm.every((hook) => HELM_ROLLBACK_HOOKS.includes(hook)))
    yield {
      code: "hook-never-runs",
      manifest,
      path,
      message: `${describeObject(referenceOf(manifest))} is a Helm ${helm.join(", ")} hook: Argo CD rolls back by an ordinary sync and never runs it`,
      actual: helm.join(","),
      fix: "Do its work in a PostSync hook or an ordinary Job, or remove it.",
    };
  for (const moment of ["pre", "post"]) {
    const found = HELM_SYNC_HOOKS.filter((hook) => hook.startsWith(moment) && helm.includes(hook));
    if (found.length !== 1) continue;
    const [hook = ""] = found;
    const other = hook.endsWith("install") ? `${moment}-upgrade` : `${moment}-install`;
    yield {
      code: "hook-runs-on-every-sync",
      manifest,
      path,
      message: `${describeObject(referenceOf(manifest))} is a Helm ${hook} hook: Argo CD knows no releases and runs it at the first installation and at every sync`,
      actual: hook,
      fix: `If it may run again at any time, add ${other} to say so; else make it an ordinary object that is applied once.`,
    };
  }
}

function unknownHook(manifest: Manifest, annotation: string, hook: string): Problem<Code> {
  return {
    code: "unknown-hook",
    manifest,
    path: `metadata.annotations["${annotation}"]`,
    message: `${describeObject(referenceOf(manifest))} is a hook "${hook}", which does not exist: Argo CD does not apply the object for it`,
    actual: hook,
    fix: `Known are ${[...SYNC_PHASES, "Skip", ...DELETION_HOOKS].join(", ")}, and in ${HELM_HOOK} ${HELM_SYNC_HOOKS.join(", ")}.`,
  };
}

function isOverridden({ phase, wave, declared }: SyncTask): boolean {
  return phase !== declared.phase || wave !== declared.wave;
}

function overriddenWave({ manifest, phase, wave, declared }: SyncTask): Problem<Code> {
  return {
    code: "overridden-wave",
    manifest,
    path: `metadata.annotations["${SYNC_WAVE}"]`,
    message: `${describeObject(referenceOf(manifest))} asks for ${declared.phase} wave ${declared.wave}, but its first user is applied in ${phase} wave ${wave}, so Argo CD applies it there`,
    actual: declared.wave,
    limit: wave,
    fix: "Give it a wave before its first user.",
  };
}
