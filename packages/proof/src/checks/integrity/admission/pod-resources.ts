import { admitPod, aggregate, NO_ADMISSION } from "../../../accounting/pod-resources.ts";
import { writeAmount } from "../../../accounting/quantity.ts";
import { amountOf } from "../../../accounting/resource-list.ts";
import { isObject, stringAt } from "../../../manifest/values.ts";
import type { PodSpec } from "../../../manifest/workload.ts";
import { fieldPath } from "../../../schemas/field-path.ts";
import { type AdmissionProblem, invalid } from "./admission-problem.ts";
import { checkResources } from "./container.ts";

/**
 * Resources of the pod as a whole against those of its containers (core/validation
 * `validatePodResourceConsistency`, 1.36.3): the pod requests at least what its containers do together, and no
 * container's limit is above the pod's.
 */
export function* checkPodResources(podSpec: PodSpec, path: string): Generator<AdmissionProblem> {
  const written: unknown = podSpec.resources;
  if (!isObject(written)) return;
  yield* checkResources(written, `${path}.resources`);
  const { containers, podLevel } = admitPod(podSpec, NO_ADMISSION);
  if (podLevel === undefined || stringAt(podSpec, "os", "name") === "windows") return;
  const { requests, limits } = podLevel;

  for (const [resource, together] of Object.entries(aggregate(containers, "requests"))) {
    const request = amountOf(requests, resource);
    const limit = amountOf(limits, resource);
    const amount = writeAmount(resource, together);
    if (request !== undefined && together > request) {
      const expected = `at least ${amount}, what its containers request together`;
      const place = fieldPath(`${path}.resources.requests`, resource);
      yield invalid(place, writeAmount(resource, request), expected, `Raise it to ${amount}.`);
    } else if (limit !== undefined && together > limit) {
      const expected = `at least ${amount}, what its containers request together and so the pod does`;
      const place = fieldPath(`${path}.resources.limits`, resource);
      yield invalid(place, writeAmount(resource, limit), expected, `Raise it to ${amount}.`);
    }
  }
  for (const container of containers.filter(({ init }) => !init)) {
    for (const [resource, own] of Object.entries(container.limits)) {
      const limit = amountOf(limits, resource);
      if (limit === undefined || own <= limit) continue;
      const amount = writeAmount(resource, limit);
      const place = fieldPath(`${path}.${container.path}.resources.limits`, resource);
      const fix = `Lower it, or raise ${path}.resources.limits.${resource}.`;
      yield invalid(place, writeAmount(resource, own), `at most the pod's own limit, ${amount}`, fix);
    }
  }
}
