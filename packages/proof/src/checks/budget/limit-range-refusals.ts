import type { NamespaceCharge } from "../../accounting/accounting.ts";
import { type LimitRangeViolation, violationsOf } from "../../accounting/limit-range.ts";
import { podLimits, podRequests } from "../../accounting/pod-resources.ts";
import { type Amount, formatAmount } from "../../accounting/quantity.ts";
import { NO_RESOURCES } from "../../accounting/resource-list.ts";
import type { Manifest } from "../../manifest/kubernetes-object.ts";
import type { Problem } from "../rule.ts";

/** An {@link Amount} of one. */
const ONE = 1000;

/** Pods and claims of a namespace that its LimitRanges refuse. */
export function* limitRangeRefusals(namespace: NamespaceCharge): Generator<Problem<"limit-range-refuses">> {
  for (const limitRange of namespace.limitRanges) {
    for (const item of limitRange.items) {
      if (item.type === "PersistentVolumeClaim") {
        for (const { manifest, path, storage } of namespace.claims) {
          const requests = storage === undefined ? NO_RESOURCES : { storage };
          for (const found of violationsOf(limitRange, item, requests, NO_RESOURCES)) {
            yield refusal(found, "the claim", manifest, `${path}.resources.requests.storage`);
          }
        }
        continue;
      }
      for (const { workload, admitted } of namespace.workloads) {
        const { manifest, podSpecPath } = workload;
        if (item.type === "Pod") {
          const [requests, limits] = [podRequests(admitted, "without"), podLimits(admitted, "without")];
          for (const found of violationsOf(limitRange, item, requests, limits)) {
            yield refusal(found, "the pod", manifest, podSpecPath);
          }
        } else if (item.type === "Container") {
          for (const container of admitted.containers) {
            for (const found of violationsOf(limitRange, item, container.requests, container.limits)) {
              yield refusal(
                found,
                `container ${container.name}`,
                manifest,
                `${podSpecPath}.${container.path}.resources`,
              );
            }
          }
        }
      }
    }
  }
}

function refusal(
  { limitRange, resource, constraint, measured, actual, allowed }: LimitRangeViolation,
  who: string,
  manifest: Manifest,
  path: string,
): Problem<"limit-range-refuses"> {
  const format = (amount: Amount): string =>
    constraint === "ratio" ? String(Number(amount) / ONE) : formatAmount(resource, amount);
  const bound = { max: "maximum", min: "minimum", ratio: "greatest ratio of limit to request" }[constraint];
  const what = measured === "ratio" ? `ratio of limit to request for ${resource}` : `${resource} ${measured}`;
  return {
    code: "limit-range-refuses",
    manifest,
    path,
    message: `${who} ${actual === undefined ? `has no ${what}` : `has a ${what} of ${format(actual)}`}, but the ${bound} of LimitRange ${limitRange.manifest.name} is ${format(allowed)}`,
    actual: actual === undefined ? undefined : format(actual),
    limit: format(allowed),
    fix: `change the ${what}, or the LimitRange`,
  };
}
