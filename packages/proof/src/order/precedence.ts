import type { Manifest } from "../manifest/kubernetes-object.ts";
import { type Application, ARGOCD, FOUNDATION } from "./applications.ts";
import type { SyncTask } from "./argocd-order.ts";
import { bootstrapApplies } from "./bootstrap.ts";
import { SYNC_PHASES } from "./sync-phase.ts";

/**
 * How surely one object is there before another is applied.
 * - `ready`: a wave, phase or layer earlier, so Argo CD has seen it healthy;
 * - `applied`: in an earlier batch of the same wave: it exists, nobody waited for its health;
 * - `concurrent`: nothing orders the two;
 * - `later`: certainly not there yet;
 * - `never`: no sync applies it at all.
 */
export type Precedence = "ready" | "applied" | "concurrent" | "later" | "never";

export interface Position {
  readonly application: Application;
  /** The first task of the object: a hook of several phases has one for each. */
  readonly task: SyncTask;
}

/** Where each object stands in the rollout; objects that no sync applies have no position. */
export class Positions {
  readonly #positions = new Map<Manifest, Position>();

  constructor(applications: readonly Application[]) {
    for (const application of applications)
      for (const task of application.tasks)
        if (!this.#positions.has(task.manifest)) this.#positions.set(task.manifest, { application, task });
  }

  of(manifest: Manifest): Position | undefined {
    return this.#positions.get(manifest);
  }

  /** How surely `used` is there before `user`; undefined when no sync applies `user`. */
  precedence(used: Manifest, user: Manifest): Precedence | undefined {
    const after = this.#positions.get(user);
    if (after === undefined) return undefined;
    const before = this.#positions.get(used);
    if (before === undefined) return "never";
    if (isBootstrapped(before, after)) return "ready";
    if (before.application !== after.application) return compareApplications(before, after);
    return compareTasks(before.task, after.task);
  }
}

/** Argo CD is there before everything else, and what its pods need of foundation before it. */
function isBootstrapped(before: Position, after: Position): boolean {
  return (
    after.application.name === ARGOCD &&
    before.application.name === FOUNDATION &&
    bootstrapApplies(before.task.manifest)
  );
}

function compareApplications(before: Position, after: Position): Precedence {
  const first = before.application.band ?? before.task.wave;
  const second = after.application.band ?? after.task.wave;
  if (first === second) return "concurrent";
  return first < second ? "ready" : "later";
}

/** True when Argo CD has waited for `other` and everything beside it before it applies `task`. */
export function isLaterStep(task: SyncTask, other: SyncTask): boolean {
  return stepsBetween(other, task) < 0;
}

/** Inside a wave everything is applied before Argo CD waits; negative when `before` is in an earlier wave or phase. */
function stepsBetween(before: SyncTask, after: SyncTask): number {
  const phases = SYNC_PHASES.indexOf(before.phase) - SYNC_PHASES.indexOf(after.phase);
  return phases === 0 ? before.wave - after.wave : phases;
}

function compareTasks(before: SyncTask, after: SyncTask): Precedence {
  const waves = stepsBetween(before, after);
  if (waves !== 0) return waves < 0 ? "ready" : "later";
  if (before.step === after.step) return "concurrent";
  return before.step < after.step ? "applied" : "later";
}
