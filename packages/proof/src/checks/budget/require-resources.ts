import type { AdmittedContainer, AdmittedPod } from "../../accounting/pod-resources.ts";
import { formatAmount } from "../../accounting/quantity.ts";
import { amountOf } from "../../accounting/resource-list.ts";
import { at } from "../../manifest/values.ts";
import { type Container, containersOf } from "../../manifest/workload.ts";
import { defineRule, type Problem } from "../rule.ts";

const codes = {
  "memory-limit-missing": "A container without a memory limit of its own can take the whole node.",
  "memory-request-missing": "The scheduler counts the container as needing no memory.",
  "cpu-limit-missing": "A container without a CPU limit is outside the CPU budget.",
  "cpu-request-missing": "The scheduler counts the container as needing no CPU.",
  "request-exceeds-limit": "Kubernetes refuses a pod that requests more than its limit.",
  "unreadable-quantity": "Kubernetes refuses the quantity.",
  "fraction-of-a-byte": "A memory quantity with the suffix m is thousandths of a byte.",
} as const;

type Code = keyof typeof codes;

/** Every container says what it needs and what it may take. */
export const requireResources = defineRule({
  id: "require-resources",
  group: "budget",
  severity: "error",
  title: "Every container sets requests and limits of memory and CPU",
  explanation: {
    protects: "The budget: what no container declares, no sum can hold.",
    incident:
      "A helper container without a memory limit leaks until the kernel kills the database beside it, although the quota looked half empty.",
    fix: "Set resources.requests and resources.limits for memory and cpu. A limit alone is enough where the request may be as high; the memory limit must stand in the chart, since the default of a LimitRange fits no container in particular.",
    source: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
  },
  codes,
  *check({ accounting }) {
    for (const { workload, admitted, unreadable } of accounting.workloads) {
      const { manifest, podSpecPath } = workload;
      for (const path of unreadable) {
        yield {
          code: "unreadable-quantity",
          manifest,
          path,
          message: `${path} is no Kubernetes quantity`,
          fix: "write it as 512Mi, 1.5Gi, 250m or 2",
        };
      }
      const written = new Map(containersOf(workload).map(({ container, path }) => [path, container]));
      for (const container of admitted.containers) {
        const path = `${podSpecPath}.${container.path}`;
        for (const problem of shortcomings(container, written.get(path), admitted)) {
          yield { ...problem, manifest, path: `${path}.resources.${problem.path}` };
        }
      }
    }
  },
});

function* shortcomings(
  container: AdmittedContainer,
  written: Container | undefined,
  pod: AdmittedPod,
): Generator<Problem<Code>> {
  const who = `${container.sidecar ? "sidecar" : container.init ? "init container" : "container"} ${container.name}`;
  for (const resource of ["memory", "cpu"] as const) {
    const request = amountOf(container.requests, resource) ?? podLevel(pod, "requests", resource);
    const limit = amountOf(container.limits, resource) ?? podLevel(pod, "limits", resource);
    const isWritten = at(written?.resources, "limits", resource) !== undefined;
    // A limit of zero is none: the kubelet then sets no maximum.
    const bounded = limit !== undefined && limit > 0n;
    const explicit = resource === "cpu" || isWritten || podLevel(pod, "limits", resource) !== undefined;
    if (!bounded || !explicit) {
      yield {
        code: `${resource}-limit-missing`,
        path: `limits.${resource}`,
        message: bounded
          ? `${who} takes its ${resource} limit of ${formatAmount(resource, limit)} from a LimitRange`
          : `${who} has no ${resource} limit`,
        fix: `set resources.limits.${resource}`,
      };
    }
    if (request === undefined) {
      yield {
        code: `${resource}-request-missing`,
        path: `requests.${resource}`,
        message: `${who} has no ${resource} request`,
        fix: `set resources.requests.${resource}`,
      };
    }
    const ownLimit = amountOf(container.limits, resource);
    const ownRequest = amountOf(container.requests, resource);
    if (isWritten && ownLimit !== undefined && ownRequest !== undefined && ownRequest > ownLimit) {
      yield {
        code: "request-exceeds-limit",
        path: `requests.${resource}`,
        message: `${who} requests ${formatAmount(resource, ownRequest)} of ${resource}, more than its limit of ${formatAmount(resource, ownLimit)}`,
        actual: formatAmount(resource, ownRequest),
        limit: formatAmount(resource, ownLimit),
        fix: "lower the request or raise the limit",
      };
    }
  }
  for (const kind of ["requests", "limits"] as const) {
    const memory = at(written?.resources, kind, "memory");
    if (
      typeof memory !== "string" ||
      !/^\d+m$/.test(memory) ||
      (amountOf(container[kind], "memory") ?? 0n) % 1000n === 0n
    )
      continue;
    yield {
      code: "fraction-of-a-byte",
      path: `${kind}.memory`,
      message: `${who}: ${memory} of memory is thousandths of a byte`,
      actual: memory,
      fix: `write ${memory.slice(0, -1)}Mi`,
    };
  }
}

function podLevel(pod: AdmittedPod, kind: "requests" | "limits", resource: string): bigint | undefined {
  return pod.podLevel === undefined ? undefined : amountOf(pod.podLevel[kind], resource);
}
