import { describeObject, referenceOf } from "../../manifest/kubernetes-object.ts";
import { applicationsOf } from "../../order/applications.ts";
import type { Dependency } from "../../order/dependency.ts";
import { dependencyGraph } from "../../order/dependency-graph.ts";
import { type Position, Positions } from "../../order/precedence.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem } from "../rule.ts";

type Code =
  | "used-in-later-wave"
  | "used-later-in-wave"
  | "used-in-later-layer"
  | "not-ready"
  | "unordered"
  | "never-applied"
  | "dependency-in-later-layer"
  | "dependency-disabled";

export const orderBeforeUse = defineRule<Code>({
  id: "order-before-use",
  group: "order",
  severity: "error",
  title: "Whatever an object needs is there before it",
  explanation: {
    protects:
      "The first installation and every restore. A sync waits for each wave to be healthy: what a wave needs from a later one never comes.",
    incident:
      "A Deployment and its PriorityClass shared wave 0. Argo CD knows no order for that kind and applies it last, so every pod was refused, and a Job in the same wave used up its retries.",
    fix: "Move the used object to an earlier wave of the same component, or to a layer below.",
    source:
      "argo-cd v3.5.5: gitops-engine/pkg/sync/sync_tasks.go (kindOrder, adjustDeps), sync_context.go (waves wait for health, batches do not)",
  },
  codes: {
    "used-in-later-wave": "The used object comes in a later wave or phase.",
    "used-later-in-wave": "Both are in one wave, and Argo CD applies the user first.",
    "used-in-later-layer": "The used object belongs to a layer that comes later.",
    "not-ready": "The used object must be ready, and nothing waits for that.",
    unordered: "The used object belongs to another component of the same layer: the two start together.",
    "never-applied": "No sync applies the used object.",
    "dependency-in-later-layer": "A component, enabled or not, declares that it calls one of a later layer.",
    "dependency-disabled": "An enabled component declares that it calls one that is disabled.",
  },
  *check({ index, workloads, plan }) {
    const positions = new Positions(applicationsOf(index, plan));
    for (const dependency of dependencyGraph(index, workloads)) yield* checkDependency(dependency, positions);
    if (plan !== undefined) yield* checkDeclared(plan);
  },
});

function* checkDependency(dependency: Dependency, positions: Positions): Generator<Problem<Code>> {
  const { user, used, needs, since, path, consequence } = dependency;
  if (since !== undefined && positions.precedence(since, user) === "later") return;
  const precedence = positions.precedence(used, user);
  if (precedence === undefined || precedence === "ready") return;
  if (precedence === "applied" && needs === "exists") return;
  const after = positions.of(user);
  const before = positions.of(used);
  const names = `${describeObject(referenceOf(user))} needs ${describeObject(referenceOf(used))}`;
  const problem = { manifest: user, path, actual: place(before), limit: place(after) };
  if (after === undefined || before === undefined) {
    yield {
      ...problem,
      code: "never-applied",
      message: `${names}, but its hook annotation keeps it out of every sync: ${consequence}`,
      fix: `Remove the hook annotation of ${describeObject(referenceOf(used))}.`,
    };
  } else if (before.application !== after.application) {
    const together = precedence === "concurrent";
    yield {
      ...problem,
      code: together ? "unordered" : "used-in-later-layer",
      message: together
        ? `${names}, which component ${nameOf(before)} brings; it starts at the same time as component ${nameOf(after)}: ${consequence}`
        : `${names}, which only comes with ${place(before)}: ${consequence}`,
      fix: `Render ${describeObject(referenceOf(used))} with component ${nameOf(after)} or in a layer below it.`,
    };
  } else if (precedence === "later") {
    const sameWave = before.task.phase === after.task.phase && before.task.wave === after.task.wave;
    yield {
      ...problem,
      code: sameWave ? "used-later-in-wave" : "used-in-later-wave",
      message: sameWave
        ? `${names}; both are in ${place(after)}, where Argo CD applies ${used.kind} after ${user.kind}: ${consequence}`
        : `${names}, which comes in ${place(before)} and itself in ${place(after)}: ${consequence}`,
      fix: `Give ${describeObject(referenceOf(used))} a wave before ${after.task.wave}.`,
    };
  } else {
    yield {
      ...problem,
      code: "not-ready",
      message: `${names} to be ready; both are in ${place(after)}, and Argo CD waits for health only between waves: ${consequence}`,
      fix: `Give ${describeObject(referenceOf(user))} a wave after ${before.task.wave}.`,
    };
  }
}

function* checkDeclared(plan: Plan): Generator<Problem<Code>> {
  for (const [name, component] of Object.entries(plan.components)) {
    for (const [number, needed] of component.dependsOn.entries()) {
      const dependency = Object.hasOwn(plan.components, needed) ? plan.components[needed] : undefined;
      const path = `global.components.${name}.dependsOn[${number}]`;
      if (component.enabled && dependency?.enabled !== true) {
        yield {
          code: "dependency-disabled",
          path,
          message: `Component ${name} is enabled and calls ${needed}, which is ${dependency === undefined ? "not in the plan" : "disabled"}`,
          actual: needed,
          fix: `Set global.components.${needed}.enabled to true, or global.components.${name}.enabled to false; or remove the dependency if ${name} can do without.`,
        };
        continue;
      }
      // Layers are a promise to whoever enables the two later.
      if (dependency === undefined) continue;
      const own = plan.layers[component.layer]?.wave;
      const theirs = plan.layers[dependency.layer]?.wave;
      if (own === undefined || theirs === undefined || theirs <= own) continue;
      yield {
        code: "dependency-in-later-layer",
        path,
        message: `Component ${name} of layer ${component.layer} (wave ${own}) calls ${needed} of layer ${dependency.layer}, which starts in wave ${theirs}, after ${name} is healthy`,
        actual: theirs,
        limit: own,
        fix: `Move ${name} to a layer from wave ${theirs} on, or ${needed} to one up to wave ${own}.`,
      };
    }
  }
}

function nameOf({ application }: Position): string {
  return application.name === "" ? "(none)" : application.name;
}

function place(position: Position | undefined): string {
  if (position === undefined) return "no sync";
  const { phase, wave } = position.task;
  const band = position.application.layer;
  const where = phase === "Sync" ? `wave ${wave}` : `${phase} wave ${wave}`;
  return band === undefined ? where : `${where} of layer ${band}`;
}
