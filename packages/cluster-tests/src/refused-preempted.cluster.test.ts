import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Plan } from "@t495/proof";
import { nodeAllocatable } from "../../proof/src/accounting/node.ts";
import { type Fixture, readFixtures } from "../test/fixtures.ts";
import { renderProfile, startTestCluster } from "../test/platform.ts";
import { ApiError } from "./api/api-client.ts";
import { Stage } from "./claims/claim.ts";
import { fillerPod } from "./cluster/filler-pods.ts";
import { eventually } from "./cluster/program.ts";
import { applyInOrder } from "./cluster/rollout.ts";
import { type Cluster, createNamespace } from "./cluster/start-cluster.ts";
import { isWaiting, podsOf } from "./cluster/workloads.ts";

const refused = new Stage(import.meta.filename, "refused");
const preempted = new Stage(import.meta.filename, "preempted");
const NAMESPACE = "overfull";
let cluster: Cluster;
let plan: Plan;
let fixtures: readonly Fixture[];

beforeAll(async () => {
  const { index, ...rendered } = await renderProfile("t495");
  plan = rendered.plan;
  cluster = await startTestCluster(plan);
  // What fixtures take for granted: the kinds and the priority classes of the platform, and their namespaces.
  await applyInOrder(cluster.api, [
    ...index.filter({ kind: "CustomResourceDefinition" }),
    ...index.filter({ kind: "PriorityClass" }),
  ]);
  fixtures = readFixtures();
  const namespaces = new Set(
    fixtures.flatMap(({ manifests }) => manifests.map(({ namespace }) => namespace)),
  );
  for (const namespace of namespaces) {
    if (namespace !== undefined && /^[a-z0-9][a-z0-9-]*$/.test(namespace))
      await createNamespace(cluster.api, namespace);
  }
});
afterAll(() => cluster?.stop());

refused.claim("what the API server refuses in a fixture, a rule has found before", async (figures) => {
  const missed: string[] = [];
  let refusals = 0;
  let tried = 0;
  for (const fixture of fixtures) {
    for (const { manifest, found } of fixture.objects) {
      const refusal = await dryRun(manifest.object);
      tried++;
      if (refusal === undefined) continue;
      refusals++;
      if (!found) missed.push(`${fixture.name} ${manifest.kind} ${manifest.name}: ${refusal}`);
    }
  }
  figures["objects tried"] = tried;
  figures["objects refused"] = refusals;
  expect(missed).toEqual([]);
});

preempted.claim(
  "an overfull node loses the least important pod first, as the priority classes say",
  async (figures) => {
    await createNamespace(cluster.api, NAMESPACE);
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

/** The API server's words when it refuses an object for what the object itself says. */
async function dryRun(object: Parameters<Cluster["api"]["apply"]>[0]): Promise<string | undefined> {
  try {
    await cluster.api.apply(object, { dryRun: true });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.status !== 404) return error.message;
    return undefined;
  }
}
