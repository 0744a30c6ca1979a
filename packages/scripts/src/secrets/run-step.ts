import { setTimeout } from "node:timers/promises";
import {
  type CheckContext,
  describeStep,
  InputError,
  isInputError,
  jobAgain,
  type Rotation,
  type RotationStep,
  type RotationTarget,
} from "@t495/proof";
import type { Kubectl } from "../cluster/kubectl.ts";
import { writeNote } from "../output.ts";

/** A slow image and a slow start; PostgreSQL replays its log. */
const ROLLOUT_SECONDS = 900;
/** A Job has a deadline of its own; this is for one that never starts. */
const JOB_SECONDS = 1200;
const PAUSE_MS = 2000;

/**
 * Makes sure that the cluster runs what the rendering says, before anything is written.
 *
 * @throws InputError when a consumer is missing
 */
export async function requireTargets({ steps, begun }: Rotation, kubectl: Kubectl): Promise<void> {
  const targets = steps.flatMap((step) => {
    // A Job that was deleted when the rotation was interrupted is made again.
    if (step.do !== "command") return step.do === "restart" || begun === undefined ? step.targets : [];
    const [kind = "", name = ""] = step.workload.split("/");
    return [{ kind, namespace: step.namespace, name }];
  });
  for (const target of targets) {
    if (await kubectl.exists(wordsOf(target))) continue;
    throw new InputError({
      what: `the cluster has no ${target.kind} ${target.namespace}/${target.name}, which uses the Secret`,
      fix: "name the profile that the cluster runs with --profile, and check out the revision that it is synced to",
    });
  }
}

/** @param values the rotated values in base64 */
export async function runStep(
  step: RotationStep,
  values: Readonly<Record<string, string>>,
  { index }: CheckContext,
  kubectl: Kubectl,
): Promise<void> {
  writeNote(describeStep(step));
  if (step.do === "command") {
    const words = ["exec", "--stdin", "--namespace", step.namespace, step.workload, "--", ...step.arguments];
    await kubectl.run(words, Buffer.from(values[step.key] ?? "", "base64").toString());
    return;
  }
  if (step.do === "restart") {
    // All before any is waited for: two that share a token wait for one another.
    for (const target of step.targets) await kubectl.run(["rollout", "restart", ...wordsOf(target)]);
    for (const target of step.targets)
      await kubectl.run(["rollout", "status", ...wordsOf(target), `--timeout=${ROLLOUT_SECONDS}s`]);
    return;
  }
  for (const target of step.targets) {
    const rendered = index.find("batch", "Job", target.namespace, target.name)?.object;
    await runAgain(target, rendered, kubectl);
  }
}

/** Deletes a Job and creates the same; Argo CD, which heals, may be faster. */
async function runAgain(
  target: RotationTarget,
  rendered: Readonly<Record<string, unknown>> | undefined,
  kubectl: Kubectl,
): Promise<void> {
  const words = wordsOf(target);
  const live = await kubectl.run(["get", ...words, "--ignore-not-found", "--output=json"]);
  const job = live.trim() === "" ? rendered : jobAgain(JSON.parse(live));
  await kubectl.run(["delete", ...words, "--ignore-not-found", "--cascade=foreground", "--wait"]);
  try {
    await kubectl.run(["create", "--filename=-"], JSON.stringify(job));
  } catch (error) {
    if (!isInputError(error) || !error.what.includes("AlreadyExists")) throw error;
  }
  await completed(target, kubectl);
}

async function completed(target: RotationTarget, kubectl: Kubectl): Promise<void> {
  const end = Date.now() + JOB_SECONDS * 1000;
  for (;;) {
    const { status } = (await kubectl.get(wordsOf(target))) as {
      readonly status?: {
        readonly conditions?: readonly { readonly type: string; readonly status: string }[];
      };
    };
    const holds = (type: string): boolean =>
      status?.conditions?.some((condition) => condition.type === type && condition.status === "True") ===
      true;
    if (holds("Complete")) return;
    const job = `Job ${target.namespace}/${target.name}`;
    if (holds("Failed") || Date.now() > end)
      throw new InputError({
        what: holds("Failed") ? `${job} has failed` : `${job} does not end`,
        fix: `kubectl --namespace ${target.namespace} logs job/${target.name} says why`,
      });
    await setTimeout(PAUSE_MS);
  }
}

function wordsOf({ kind, namespace, name }: RotationTarget): readonly string[] {
  return [`${kind.toLowerCase()}/${name}`, "--namespace", namespace];
}
