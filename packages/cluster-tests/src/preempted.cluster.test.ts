import { afterAll, beforeAll, expect } from "@jest/globals";
import { nodeAllocatable } from "../../proof/src/accounting/node.ts";
import { renderProfile, startTestCluster } from "../test/platform.ts";
import { Stage } from "./claims/claim.ts";
import { fillerPod } from "./cluster/filler-pods.ts";
import { eventually } from "./cluster/program.ts";
import { applyInOrder } from "./cluster/rollout.ts";
import { type Cluster, createNamespace } from "./cluster/start-cluster.ts";
import { isWaiting, podsOf } from "./cluster/workloads.ts";

const stage = new Stage(import.meta.filename);
const NAMESPACE = "overfull";
let cluster: Cluster;
let rendered: Awaited<ReturnType<typeof renderProfile>>;

beforeAll(async () => {
  rendered = await renderProfile("t495");
  cluster = await startTestCluster(rendered.plan);
  await applyInOrder(cluster.api, rendered.index.filter({ kind: "PriorityClass" }));
  await createNamespace(cluster.api, NAMESPACE);
});
afterAll(() => cluster?.stop());

stage.claim(
  "an overfull node loses the least important pod first, as the priority classes say",
  async (figures) => {
    const { plan } = rendered;
    const byImportance = Object.entries(plan.priorityClasses)
      .sort(([, one], [, other]) => one.value - other.value)
      .map(([name]) => name);
    const highest = byImportance.at(-1) ?? "";
    // As many equal pods as there are classes, with no room for one more.
    const memory = ((nodeAllocatable(plan).memory ?? 0n) / BigInt(byImportance.length) / 1000n) * 1000n;
    const pod = (name: string, priorityClass: string) =>
      fillerPod({ namespace: NAMESPACE, name, priorityClass, requests: { memory }, limits: { memory } });
    for (const name of byImportance) await cluster.api.apply(pod(name, name));
    await eventually("the node is full", async () => (await names()).length === byImportance.length);

    const lost: string[] = [];
    for (const expected of byImportance.slice(0, -1)) {
      const before = await names();
      await cluster.api.apply(pod(`instead-of-${expected}`, highest));
      await eventually(`a pod makes room`, async () => (await names()).includes(`instead-of-${expected}`));
      const after = await names();
      lost.push(...before.filter((name) => !after.includes(name)));
    }
    figures["pods preempted"] = lost.length;
    expect(lost).toEqual(byImportance.slice(0, -1));
  },
);

/** Of the pods that have a place. */
async function names(): Promise<string[]> {
  const pods = await podsOf(cluster.api, NAMESPACE);
  return pods.filter((pod) => !isWaiting(pod)).map(({ metadata }) => metadata.name);
}
