import { describeObject, type Manifest } from "../../manifest/kubernetes-object.ts";
import { isObject, objectAt, objectsIn, stringAt } from "../../manifest/values.ts";
import { WORKLOAD_KINDS } from "../../manifest/workload.ts";
import type { Plan } from "../../plan/plan.ts";
import { fieldPath } from "../../schemas/field-path.ts";
import type { KindLookup } from "../../schemas/kind-catalogue.ts";
import type { Problem } from "../rule.ts";

/** Kinds beside Kubernetes' own that autoscalers aim at: Argo Rollouts. */
const WORKLOADS: ReadonlySet<string> = new Set([...WORKLOAD_KINDS, "Rollout"]);
/** How far below `spec` a pod template is looked for: TFJob's is at `tfReplicaSpecs.Worker.template`. */
const DEPTH = 6;

/**
 * A custom object that makes pods, or changes those of a workload, and that the plan's `dynamicPods` do not
 * name as owner: nothing counts what it adds.
 */
export function uncountedPods(
  manifest: Manifest,
  lookup: KindLookup,
  plan: Plan,
): Problem<"unknown-kind-makes-pods"> | undefined {
  if (!isCustom(lookup)) return undefined;
  const influence = influenceOf(manifest);
  if (influence === undefined) return undefined;
  const owner = describeObject(manifest);
  if (Object.values(plan.dynamicPods).some((entry) => entry.enabled && entry.owner === owner))
    return undefined;
  const { path, does, remedy } = influence;
  return {
    code: "unknown-kind-makes-pods",
    manifest,
    path,
    message: `${owner} ${does}, and no enabled entry of global.dynamicPods names it as owner: nothing counts these pods`,
    actual: manifest.kind,
    fix: `${remedy}, or declare what it adds under global.dynamicPods with owner «${owner}».`,
  };
}

/** Outside Kubernetes' own API, whether or not its CRD is in the stream: the accounting knows none of them. */
function isCustom(lookup: KindLookup): boolean {
  return lookup.found === "nothing" || (lookup.found === "schema" && lookup.settings.reading === "schema");
}

interface Influence {
  readonly path: string;
  /** Reads on after the object. */
  readonly does: string;
  readonly remedy: string;
}

function influenceOf({ object, kind, group }: Manifest): Influence | undefined {
  const template = templatePath(objectAt(object, "spec"), "spec", DEPTH);
  if (template !== undefined) {
    return {
      path: template,
      does: "holds a pod template",
      remedy: "Render a Deployment, StatefulSet or Job",
    };
  }
  const scaled = objectAt(object, "spec", "scaleTargetRef");
  if (scaled !== undefined) {
    const target = `${stringAt(scaled, "kind") ?? "Deployment"} ${stringAt(scaled, "name") ?? ""}`.trimEnd();
    const does = `changes the number of pods of ${target}`;
    return { path: "spec.scaleTargetRef", does, remedy: "Use a HorizontalPodAutoscaler" };
  }
  const target = objectAt(object, "spec", "targetRef");
  const targetKind = stringAt(target, "kind") ?? "";
  if (target === undefined || !WORKLOADS.has(targetKind)) return undefined;
  const isVertical = group === "autoscaling.k8s.io" && kind === "VerticalPodAutoscaler";
  if (isVertical && stringAt(object, "spec", "updatePolicy", "updateMode") === "Off") return undefined;
  return {
    path: "spec.targetRef",
    does: `changes the pods of ${targetKind} ${stringAt(target, "name") ?? ""}`.trimEnd(),
    remedy: isVertical ? `Set updateMode: "Off", so that it only recommends` : "Remove it",
  };
}

/** The first field named `template`, or ending so, that holds a list of containers. */
function templatePath(value: unknown, path: string, depth: number): string | undefined {
  if (depth === 0) return undefined;
  const children = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  for (const [key, child] of children) {
    const place = fieldPath(path, key);
    const isTemplate = typeof key === "string" && /template$/i.test(key);
    if (isTemplate && objectsIn(objectAt(child, "spec")?.containers).length > 0) return place;
    const found = templatePath(child, place, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
