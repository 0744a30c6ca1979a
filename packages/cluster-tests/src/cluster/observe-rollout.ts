import type { Amount } from "../../../proof/src/accounting/quantity.ts";
import { parseQuantity } from "../../../proof/src/accounting/quantity.ts";
import type { Workload } from "../../../proof/src/manifest/workload.ts";
import type { ApiClient, ObjectName } from "../api/api-client.ts";
import { eventually } from "./program.ts";
import { QUOTA, type ResourceQuota } from "./quota-use.ts";
import { isComplete } from "./workloads.ts";

let rollouts = 0;

/**
 * Rolls a workload out anew and watches the quota of its namespace until the rollout is finished and the quota is at
 * rest again. Yields the greatest amount of each resource that the quota ever counted.
 *
 * @throws Error when the rollout does not finish.
 */
export async function observeRollout(api: ApiClient, workload: Workload): Promise<Map<string, Amount>> {
  const name = nameOf(workload);
  const peak = new Map<string, Amount>();
  let latest = new Map<string, Amount>();
  const stop = await api.watch(QUOTA, name.namespace ?? "", (object) => {
    latest = amounts((object as ResourceQuota).status?.used ?? {});
    for (const [resource, amount] of latest) {
      if (amount > (peak.get(resource) ?? 0n)) peak.set(resource, amount);
    }
  });
  try {
    await eventually("the quota is seen", async () => latest.size > 0);
    const before = latest;
    await startRollout(api, name);
    await eventually(`the rollout of ${name.kind} ${name.name} is finished`, async () =>
      isComplete(await api.get(name)),
    );
    await eventually("the quota is at rest again", async () => equal(before, latest));
    return peak;
  } finally {
    stop();
  }
}

/** Changes the pod template as a new image would, without needing one. */
export async function startRollout(api: ApiClient, name: ObjectName): Promise<void> {
  rollouts++;
  const annotations = { "proof.t495.dev/rollout": String(rollouts) };
  await api.patch(name, { spec: { template: { metadata: { annotations } } } });
}

export function nameOf({ manifest }: Workload): ObjectName {
  const { object, kind, namespace, name } = manifest;
  return { apiVersion: object.apiVersion, kind, namespace, name };
}

function amounts(used: Readonly<Record<string, string>>): Map<string, Amount> {
  return new Map(Object.entries(used).map(([resource, text]) => [resource, parseQuantity(text) ?? 0n]));
}

function equal(one: ReadonlyMap<string, Amount>, other: ReadonlyMap<string, Amount>): boolean {
  return one.size === other.size && [...one].every(([resource, amount]) => other.get(resource) === amount);
}
