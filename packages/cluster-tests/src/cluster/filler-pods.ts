import type { KubernetesObject, Plan } from "@t495/proof";
import {
  type Amount,
  parseQuantity,
  type ResourceList,
  writeAmount,
} from "../../../proof/src/accounting/quantity.ts";
import type { ApiClient } from "../api/api-client.ts";
import { QUOTA, type ResourceQuota } from "./quota-use.ts";

export interface FillerPod {
  readonly namespace: string;
  readonly name: string;
  readonly priorityClass: string;
  readonly requests: ResourceList;
  readonly limits: ResourceList;
  /** The pod's amounts are shared by so many containers, since a LimitRange bounds each. */
  readonly containers?: number;
}

/** A pod that takes what it is told to, and that every Pod Security level admits. */
export function fillerPod(options: FillerPod): KubernetesObject {
  const { namespace, name, priorityClass, requests, limits, containers = 1 } = options;
  const share = (list: ResourceList, at: number): Record<string, string> =>
    Object.fromEntries(
      Object.entries(list).map(([resource, amount]) => [
        resource,
        writeAmount(resource, part(resource, amount, containers, at)),
      ]),
    );
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace, name, labels: { "app.kubernetes.io/name": "filler" } },
    spec: {
      priorityClassName: priorityClass,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: "RuntimeDefault" } },
      containers: Array.from({ length: containers }, (_, at) => ({
        name: `filler-${at}`,
        image: "registry.invalid/filler:1",
        resources: { requests: share(requests, at), limits: share(limits, at) },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      })),
    },
  };
}

/** Whole bytes and milli-CPU; the last part has what does not divide. */
function part(resource: string, amount: Amount, parts: number, at: number): Amount {
  const unit = resource === "cpu" ? 1n : 1000n;
  const each = (amount / BigInt(parts) / unit) * unit;
  return at === parts - 1 ? amount - each * BigInt(parts - 1) : each;
}

/**
 * One pod for each namespace with a compute quota, taking all that the quota still admits, and one for each pod that the
 * plan declares where no quota counts. Together with what runs they use every budget to the end.
 */
export async function fillersOf(api: ApiClient, plan: Plan): Promise<KubernetesObject[]> {
  const quotas = (await api.list(QUOTA)) as ResourceQuota[];
  const fillers: KubernetesObject[] = [];
  for (const { metadata, status } of quotas) {
    const left = (resource: string): Amount =>
      (parseQuantity(status?.hard?.[resource] ?? "0") ?? 0n) -
      (parseQuantity(status?.used?.[resource] ?? "0") ?? 0n);
    const memory = left("limits.memory");
    if (memory <= 0n || left("pods") <= 0n) continue;
    const namespace = metadata.namespace ?? "";
    const most = plan.namespaces[namespace]?.limitRange;
    const largest = most?.enabled === true ? (parseQuantity(most.max.memory) ?? memory) : memory;
    const largestCpu = most?.enabled === true ? (parseQuantity(most.max.cpu) ?? 1n) : left("limits.cpu");
    const containers = Math.max(ceil(memory, largest), ceil(left("limits.cpu"), largestCpu));
    fillers.push(
      fillerPod({
        ...{ namespace, name: "filler", containers },
        priorityClass: priorityOf(plan, namespace),
        // No pod may request more than its limit, however much the quota still admits.
        requests: { memory, cpu: least(left("requests.cpu"), left("limits.cpu")) },
        limits: { memory, cpu: left("limits.cpu") },
      }),
    );
  }
  return fillers;
}

/** What the plan declares and no rendering shows, in namespaces that no compute quota bounds. */
export function declaredPods(plan: Plan): KubernetesObject[] {
  return Object.entries(plan.dynamicPods).flatMap(
    ([name, { enabled, component, namespace, count, ...pod }]) => {
      const off = component !== "" && plan.components[component]?.enabled !== true;
      if (!enabled || off || plan.namespaces[namespace]?.quota.compute === true) return [];
      const list = ({ cpu, memory }: { cpu: string; memory: string }): ResourceList => ({
        cpu: parseQuantity(cpu) ?? 0n,
        memory: parseQuantity(memory) ?? 0n,
      });
      return Array.from({ length: count.value }, (_, at) =>
        fillerPod({
          ...{ namespace, name: `${name}-${at}`, priorityClass: priorityOf(plan, namespace) },
          // Memory is what the budget sets aside; CPU what it requests.
          requests: { cpu: list(pod.requests).cpu ?? 0n, memory: list(pod.limits).memory ?? 0n },
          limits: list(pod.limits),
        }),
      );
    },
  );
}

function priorityOf(plan: Plan, namespace: string): string {
  const layer = plan.namespaces[namespace]?.layer ?? "";
  return plan.layers[layer]?.priorityClass ?? "low-priority";
}

function ceil(amount: Amount, size: Amount): number {
  return Number((amount + size - 1n) / size) || 1;
}

function least(one: Amount, other: Amount): Amount {
  return one < other ? one : other;
}
