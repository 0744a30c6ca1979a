import type { NamespaceCharge } from "../../accounting/accounting.ts";
import type { LimitRange } from "../../accounting/limit-range.ts";
import { planned, plannedHard } from "../../accounting/node.ts";
import { type Amount, formatAmount } from "../../accounting/quantity.ts";
import { tightest } from "../../accounting/quota.ts";
import { amountOf } from "../../accounting/resource-list.ts";
import { at } from "../../manifest/values.ts";
import { containersOf } from "../../manifest/workload.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem, type Unchecked } from "../rule.ts";

const codes = {
  "several-defaults": "Two LimitRanges set one default; which one wins is chance.",
  "default-exceeds-max": "The default limit is more than the maximum, so it refuses what it fills in.",
  "request-exceeds-default": "The default request is more than the default limit.",
  "max-exceeds-quota": "One container may be larger than the whole namespace.",
  "request-exceeds-limit": "A container requests more than the limit that the LimitRange fills in.",
  "limit-range-missing": "The plan wants a LimitRange and none is rendered.",
  "limit-range-differs": "A LimitRange's figure is not the plan's.",
  "limit-range-not-planned": "A LimitRange stands where the plan has none.",
} as const;

type Code = keyof typeof codes;

/** What LimitRanges fill in is possible, and the same each time. */
export const limitRangeSane = defineRule({
  id: "limit-range-sane",
  group: "budget",
  severity: "error",
  title: "Each namespace has at most one source of defaults, and they are possible",
  explanation: {
    protects:
      "Pods without resources of their own: what is filled in must be admitted, and the same after every restart.",
    incident:
      "A LimitRange sets a default limit of 128Mi; a Deployment requests 256Mi and no limit, so every pod is refused with «must be less than or equal to memory limit».",
    fix: "Keep one LimitRange per namespace with defaultRequest ≤ default ≤ max ≤ quota, and set limits beside requests.",
    source: "k8s.io/kubernetes v1.36.3 plugin/pkg/admission/limitranger/admission.go",
  },
  codes,
  *check({ accounting, plan }) {
    for (const namespace of accounting.namespaces.values()) {
      for (const limitRange of namespace.limitRanges) yield* checkDefaults(limitRange, namespace, plan);
      yield* severalDefaults(namespace);
      yield* requestsOverDefaults(namespace);
      if (plan !== undefined) yield* comparePlan(namespace, plan);
    }
  },
});

function* checkDefaults(
  { manifest, items, unreadable }: LimitRange,
  namespace: NamespaceCharge,
  plan: Plan | undefined,
): Generator<Problem<Code> | Unchecked> {
  for (const path of unreadable) yield { unchecked: `${path} is no quantity`, manifest };
  for (const item of items) {
    if (item.type !== "Container") continue;
    for (const [resource, limit] of Object.entries(item.default)) {
      const max = amountOf(item.max, resource);
      if (max !== undefined && limit > max) {
        yield compared("default-exceeds-max", "the default limit", "the maximum", resource, limit, max, {
          manifest,
          path: `${item.path}.default.${resource}`,
        });
      }
      const request = amountOf(item.defaultRequest, resource);
      if (request !== undefined && request > limit) {
        yield compared(
          "request-exceeds-default",
          "the default request",
          "the default limit",
          resource,
          request,
          limit,
          {
            manifest,
            path: `${item.path}.defaultRequest.${resource}`,
          },
        );
      }
    }
    for (const [resource, max] of Object.entries(item.max)) {
      const hard = hardLimit(namespace, plan, resource);
      if (hard === undefined || max <= hard) continue;
      yield compared(
        "max-exceeds-quota",
        "the maximum of one container",
        "the namespace's quota",
        resource,
        max,
        hard,
        {
          manifest,
          path: `${item.path}.max.${resource}`,
        },
      );
    }
  }
}

function* severalDefaults({ limitRanges }: NamespaceCharge): Generator<Problem<Code>> {
  const owners = new Map<string, LimitRange>();
  for (const limitRange of limitRanges) {
    const { limits, requests } = limitRange.fills;
    const named = [
      ...Object.keys(limits).map((name) => `default.${name}`),
      ...Object.keys(requests).map((name) => `defaultRequest.${name}`),
    ];
    const clash = named.filter((name) => owners.has(name));
    const other = clash[0] === undefined ? undefined : owners.get(clash[0]);
    for (const name of named) if (!owners.has(name)) owners.set(name, limitRange);
    if (other === undefined) continue;
    yield {
      code: "several-defaults",
      manifest: limitRange.manifest,
      path: "spec.limits",
      message: `LimitRange ${other.manifest.name} sets ${clash.join(", ")} too; the API server applies them in no fixed order`,
      fix: "keep the defaults of one of them",
    };
  }
}

function* requestsOverDefaults({ workloads, limitRanges }: NamespaceCharge): Generator<Problem<Code>> {
  if (limitRanges.length === 0) return;
  for (const { workload, admitted } of workloads) {
    const written = new Map(containersOf(workload).map(({ container, path }) => [path, container]));
    for (const container of admitted.containers) {
      const path = `${workload.podSpecPath}.${container.path}`;
      for (const [resource, request] of Object.entries(container.requests)) {
        const limit = amountOf(container.limits, resource);
        const filledIn = at(written.get(path)?.resources, "limits", resource) === undefined;
        if (limit === undefined || request <= limit || !filledIn) continue;
        yield compared(
          "request-exceeds-limit",
          `the request of container ${container.name}`,
          "the limit that the LimitRange fills in",
          resource,
          request,
          limit,
          {
            manifest: workload.manifest,
            path: `${path}.resources.limits.${resource}`,
          },
        );
      }
    }
  }
}

function* comparePlan({ name, limitRanges }: NamespaceCharge, plan: Plan): Generator<Problem<Code>> {
  const namespace = plan.namespaces[name];
  if (namespace === undefined) return;
  const path = `global.namespaces.${name}.limitRange`;
  const filling = limitRanges.filter(({ items }) => items.some(({ type }) => type === "Container"));
  if (namespace.limitRange.enabled && filling.length === 0) {
    yield {
      code: "limit-range-missing",
      object: { apiVersion: "v1", kind: "LimitRange", namespace: name, name },
      path,
      message: `namespace ${name} has no LimitRange for containers`,
      fix: "render it, or set limitRange.enabled to false",
    };
  }
  if (namespace.limitRange.enabled) yield* differences(filling, namespace.limitRange, path);
  if (!namespace.limitRange.enabled) {
    for (const { manifest } of filling) {
      yield {
        code: "limit-range-not-planned",
        manifest,
        path,
        message: `the plan has no LimitRange for ${name}; this one gives limits to pods that must have none`,
        fix: "remove it, or set limitRange.enabled to true",
      };
    }
  }
}

/** The proof fills in what the rendering says, and people read the plan: both must be the same. */
function* differences(
  filling: readonly LimitRange[],
  wanted: Plan["namespaces"][string]["limitRange"],
  path: string,
): Generator<Problem<Code>> {
  const items = filling.flatMap(({ manifest, items: all }) =>
    all.filter(({ type }) => type === "Container").map((item) => ({ manifest, item })),
  );
  const [first] = items;
  if (first === undefined) return;
  for (const field of ["default", "defaultRequest", "max"] as const) {
    for (const resource of ["cpu", "memory"] as const) {
      const amount = planned(wanted[field][resource]);
      const found = items
        .map(({ manifest, item }) => ({ manifest, path: item.path, amount: amountOf(item[field], resource) }))
        .filter((entry) => entry.amount !== undefined);
      if (found.some((entry) => entry.amount === amount)) continue;
      const [other] = found;
      const actual = other?.amount === undefined ? undefined : formatAmount(resource, other.amount);
      yield {
        code: "limit-range-differs",
        manifest: other?.manifest ?? first.manifest,
        path: `${other?.path ?? first.item.path}.${field}.${resource}`,
        message: `${field}.${resource} is ${actual ?? "not set"}, the plan has ${formatAmount(resource, amount)} (${path}.${field}.${resource})`,
        actual,
        limit: formatAmount(resource, amount),
        fix: `set it to ${wanted[field][resource]}`,
      };
    }
  }
}

function hardLimit(
  { name, quotas }: NamespaceCharge,
  plan: Plan | undefined,
  resource: string,
): Amount | undefined {
  const rendered = tightest(quotas, `limits.${resource}`);
  if (rendered !== undefined) return rendered.amount;
  const hard = plan === undefined ? undefined : plannedHard(plan, name);
  return hard && amountOf(hard, `limits.${resource}`);
}

function compared(
  code: Code,
  what: string,
  bound: string,
  resource: string,
  actual: Amount,
  limit: Amount,
  place: Pick<Problem, "manifest" | "path">,
): Problem<Code> {
  return {
    code,
    ...place,
    message: `${what} for ${resource} is ${formatAmount(resource, actual)}, more than ${bound} of ${formatAmount(resource, limit)}`,
    actual: formatAmount(resource, actual),
    limit: formatAmount(resource, limit),
    fix:
      code === "request-exceeds-limit"
        ? `set limits.${resource} to at least the request`
        : `lower it to ${formatAmount(resource, limit)}, or raise ${bound}`,
  };
}
