import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { isObject } from "../manifest/values.ts";
import type { DynamicPod, Plan } from "../plan/plan.ts";
import type { DynamicPodCharge } from "./accounting.ts";
import type { ResourceList } from "./quantity.ts";
import { readResourceList } from "./resource-list.ts";

/** The plan's dynamic pods that are enabled and whose component is, counted over the rendering. */
export function dynamicPodCharges(plan: Plan, index: ManifestIndex): readonly DynamicPodCharge[] {
  return Object.entries(plan.dynamicPods)
    .filter(
      ([, entry]) =>
        entry.enabled && (entry.component === "" || plan.components[entry.component]?.enabled === true),
    )
    .map(([name, entry]) => {
      const counted = countOf(entry.count, index);
      const steady = typeof counted === "number" ? counted : 0;
      const surged = steady + entry.surge;
      return {
        name,
        entry,
        subject: entry.owner,
        namespace: entry.namespace,
        pod: {
          requests: listOf(entry.requests),
          limits: listOf(entry.limits),
          unbounded: entry.bounded ? [] : [name],
        },
        pods: { steady, rollout: surged, terminating: surged },
        transient: false,
        problem: typeof counted === "number" ? undefined : counted.problem,
      };
    });
}

function countOf(count: DynamicPod["count"], index: ManifestIndex): number | { readonly problem: string } {
  if (count.object === "") return count.value;
  const [kind = "", ...rest] = count.object.split("/");
  const namespace = rest.length > 1 ? rest[0] : undefined;
  const name = rest.at(-1) ?? "";
  const manifest = index.filter({ kind, name }).find((candidate) => candidate.namespace === namespace);
  if (manifest === undefined) return { problem: `${count.object} is not in the rendering` };
  const value = valueAt(manifest.object, count.path);
  if (value === undefined) return { problem: `${count.object} has nothing at ${count.path}` };
  if (count.match === "")
    return toCount(value) ?? { problem: `${count.object}, ${count.path} is no whole number` };
  let pattern: RegExp;
  try {
    pattern = new RegExp(count.match, "m");
  } catch {
    return { problem: `${count.match} is no regular expression` };
  }
  const matched = typeof value === "string" ? pattern.exec(value)?.[1] : undefined;
  return (
    toCount(matched) ?? {
      problem: `${count.object}, ${count.path} has no number that matches ${count.match}`,
    }
  );
}

/**
 * The value at a field path: `spec.replicas`, `spec.template.spec.containers[0].env[name=REPLICAS].value`,
 * `data[config.yaml]`.
 */
function valueAt(object: unknown, path: string): unknown {
  let current = object;
  for (const [, key, selector = ""] of path.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)) {
    if (key !== undefined)
      current = isObject(current) && Object.hasOwn(current, key) ? current[key] : undefined;
    else if (Array.isArray(current)) current = itemOf(current, selector);
    else current = isObject(current) && Object.hasOwn(current, selector) ? current[selector] : undefined;
  }
  return current;
}

function itemOf(list: readonly unknown[], selector: string): unknown {
  const equals = selector.indexOf("=");
  if (equals === -1) return list[Number(selector)];
  const [field, wanted] = [selector.slice(0, equals), selector.slice(equals + 1)];
  return list.find((item) => isObject(item) && item[field] === wanted);
}

function toCount(value: unknown): number | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && /^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;
}

function listOf(quantities: DynamicPod["limits"]): ResourceList {
  return readResourceList(quantities, "", []);
}
