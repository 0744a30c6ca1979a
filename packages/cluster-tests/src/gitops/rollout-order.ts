import type { createContext, Manifest, Plan } from "@t495/proof";
import { orderBeforeUse } from "../../../proof/src/checks/order/order-before-use.ts";
import { describeObject } from "../../../proof/src/manifest/kubernetes-object.ts";
import {
  ARGOCD,
  applicationsOf,
  type Application as Component,
} from "../../../proof/src/order/applications.ts";
import { bootstrapApplies } from "../../../proof/src/order/bootstrap.ts";
import { dependencyGraph } from "../../../proof/src/order/dependency-graph.ts";
import type { CreationOrder } from "./creation-order.ts";

export interface Observation {
  /** How many pairs were held against each other. */
  readonly compared: number;
  /** Each pair that came in another order than the proof says. */
  readonly violations: readonly string[];
}

type Rendered = ReturnType<typeof createContext>;

/** Whether whatever an object needs was made before it, but for what the plan takes note of as an exception. */
export async function observeDependencies(
  order: CreationOrder,
  rendered: Rendered,
  { exceptions }: Plan,
): Promise<Observation> {
  const excepted = new Set(
    Object.values(exceptions)
      .filter(({ rule }) => rule === orderBeforeUse.id)
      .map(({ object }) => object),
  );
  const violations: string[] = [];
  let compared = 0;
  for (const { user, used, since } of dependencyGraph(rendered.index, rendered.workloads)) {
    const [after, before] = [await order.of(user), await order.of(used)];
    if (after === undefined || before === undefined || excepted.has(pathOf(user))) continue;
    // A dependency that only binds from some object on, a webhook's configuration for instance.
    if (since !== undefined && ((await order.of(since)) ?? Number.POSITIVE_INFINITY) >= after) continue;
    compared++;
    if (before > after) violations.push(`${describeObject(user)} was made before ${describeObject(used)}`);
  }
  return { compared, violations };
}

/** Whether the objects of each component came in the steps that the proof says. */
export async function observeSteps(
  order: CreationOrder,
  rendered: Rendered,
  plan: Plan,
): Promise<Observation> {
  const violations: string[] = [];
  let compared = 0;
  for (const { name, tasks } of synced(rendered, plan)) {
    // The last one that was made: of all earlier steps, and of this one.
    let [before, inStep, step]: [Made, Made, number] = [NOTHING, NOTHING, -1];
    for (const task of tasks) {
      const revision = await order.of(task.manifest);
      if (revision === undefined || bootstrapApplies(task.manifest)) continue;
      if (task.step !== step) [before, step] = [inStep, task.step];
      const made = { revision, object: describeObject(task.manifest) };
      if (revision > inStep.revision) inStep = made;
      if (before === NOTHING) continue;
      compared++;
      if (revision < before.revision) {
        violations.push(`${name}: ${made.object} was made before ${before.object}`);
      }
    }
  }
  return { compared, violations };
}

/** Whether nothing of a layer was made before everything of the layers below it was there. */
export async function observeLayers(
  order: CreationOrder,
  rendered: Rendered,
  plan: Plan,
): Promise<Observation> {
  const spans = new Map<number, { first: number; last: number; layer: string }>();
  for (const { band, layer = "", tasks } of synced(rendered, plan)) {
    if (band === undefined) continue;
    const span = spans.get(band) ?? { first: Number.POSITIVE_INFINITY, last: 0, layer };
    for (const { manifest } of tasks) {
      const revision = await order.of(manifest);
      if (revision === undefined || bootstrapApplies(manifest)) continue;
      span.first = Math.min(span.first, revision);
      span.last = Math.max(span.last, revision);
    }
    spans.set(band, span);
  }
  const layers = [...spans].sort(([one], [other]) => one - other).map(([, span]) => span);
  const violations = layers.flatMap(({ layer, first }, at) => {
    const below = layers[at - 1];
    return below !== undefined && first < below.last
      ? [`${layer} began (${first}) before everything of ${below.layer} was made (${below.last})`]
      : [];
  });
  return { compared: layers.length, violations };
}

/** What Argo CD applies by itself: its own installation is the bootstrap's. */
function synced({ index }: Rendered, plan: Plan): readonly Component[] {
  return applicationsOf(index, plan).filter(({ name }) => name !== ARGOCD);
}

/** As exceptions write it. */
function pathOf({ kind, namespace, name }: Manifest): string {
  return [kind, namespace, name].filter((part) => part !== undefined).join("/");
}

interface Made {
  readonly revision: number;
  readonly object: string;
}

const NOTHING: Made = { revision: 0, object: "" };
