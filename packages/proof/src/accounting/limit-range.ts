import type { Manifest } from "../manifest/kubernetes-object.ts";
import { at, objectsIn, stringAt } from "../manifest/values.ts";
import { type Amount, countAmount, type ResourceList } from "./quantity.ts";
import { amountOf, NO_RESOURCES, readResourceList, withDefaults } from "./resource-list.ts";

/** One entry of `spec.limits`, after the API server's own defaulting. */
interface LimitRangeItem {
  /** `Container`, `Pod` or `PersistentVolumeClaim`. */
  readonly type: string;
  /** Field path of the entry: `spec.limits[0]`. */
  readonly path: string;
  readonly default: ResourceList;
  readonly defaultRequest: ResourceList;
  readonly min: ResourceList;
  readonly max: ResourceList;
  readonly maxLimitRequestRatio: ResourceList;
}

export interface LimitRange {
  readonly manifest: Manifest;
  readonly items: readonly LimitRangeItem[];
  /** What it fills into a container; a later Container entry overwrites an earlier one. */
  readonly fills: { readonly limits: ResourceList; readonly requests: ResourceList };
  /** Paths of quantities that nobody can read. */
  readonly unreadable: readonly string[];
}

/** What a LimitRange refuses. */
export interface LimitRangeViolation {
  readonly limitRange: LimitRange;
  readonly item: LimitRangeItem;
  readonly resource: string;
  readonly constraint: "max" | "min" | "ratio";
  /** `limit`, `request` or, for a ratio, `limit / request`. */
  readonly measured: "limit" | "request" | "ratio";
  /** Undefined when the constraint needs a value and there is none. A ratio is in thousandths. */
  readonly actual: Amount | undefined;
  readonly allowed: Amount;
}

/**
 * Reads a LimitRange and applies `SetDefaults_LimitRangeItem`: of a Container entry, `max` becomes the
 * default limit, the default limit the default request, `min` the default request, each only where absent.
 * @see k8s.io/kubernetes v1.36.3 pkg/apis/core/v1/defaults.go
 */
export function readLimitRange(manifest: Manifest): LimitRange {
  const unreadable: string[] = [];
  const items = objectsIn(at(manifest.object, "spec", "limits")).map((entry, position): LimitRangeItem => {
    const path = `spec.limits[${position}]`;
    const list = (field: string): ResourceList =>
      readResourceList(at(entry, field), `${path}.${field}`, unreadable);
    const item = {
      type: stringAt(entry, "type") ?? "",
      path,
      default: list("default"),
      defaultRequest: list("defaultRequest"),
      min: list("min"),
      max: list("max"),
      maxLimitRequestRatio: list("maxLimitRequestRatio"),
    };
    if (item.type !== "Container") return item;
    const limit = withDefaults(item.default, item.max);
    return {
      ...item,
      default: limit,
      defaultRequest: withDefaults(withDefaults(item.defaultRequest, limit), item.min),
    };
  });
  return { manifest, items, fills: filledIn(items), unreadable };
}

/**
 * Holds requests and limits of a container, a pod or a claim against one entry.
 * @see k8s.io/kubernetes v1.36.3 plugin/pkg/admission/limitranger/admission.go
 */
export function* violationsOf(
  limitRange: LimitRange,
  item: LimitRangeItem,
  requests: ResourceList,
  limits: ResourceList,
): Generator<LimitRangeViolation> {
  const found = (
    constraint: LimitRangeViolation["constraint"],
    measured: LimitRangeViolation["measured"],
    resource: string,
    actual: Amount | undefined,
    allowed: Amount,
  ): LimitRangeViolation => ({ limitRange, item, resource, constraint, measured, actual, allowed });
  for (const [resource, min] of Object.entries(item.min)) {
    const request = amountOf(requests, resource);
    const limit = amountOf(limits, resource);
    if (request === undefined || request < min) yield found("min", "request", resource, request, min);
    else if (limit !== undefined && limit < min) yield found("min", "limit", resource, limit, min);
  }
  for (const [resource, max] of Object.entries(item.max)) {
    const request = amountOf(requests, resource);
    const limit = amountOf(limits, resource);
    if (item.type === "PersistentVolumeClaim") {
      if (request === undefined || request > max) yield found("max", "request", resource, request, max);
    } else if (limit === undefined || limit > max) yield found("max", "limit", resource, limit, max);
    else if (request !== undefined && request > max) yield found("max", "request", resource, request, max);
  }
  for (const [resource, ratio] of Object.entries(item.maxLimitRequestRatio)) {
    const request = amountOf(requests, resource);
    const limit = amountOf(limits, resource);
    if (!request || !limit) yield found("ratio", "ratio", resource, undefined, ratio);
    else if (limit * countAmount(1) > ratio * request) {
      yield found("ratio", "ratio", resource, (limit * countAmount(1)) / request, ratio);
    }
  }
}

function filledIn(items: readonly LimitRangeItem[]): LimitRange["fills"] {
  let limits = NO_RESOURCES;
  let requests = NO_RESOURCES;
  for (const item of items) {
    if (item.type !== "Container") continue;
    limits = withDefaults(item.default, limits);
    requests = withDefaults(item.defaultRequest, requests);
  }
  return { limits, requests };
}
