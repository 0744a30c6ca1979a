import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import { PROFILES, renderProfile, startTestCluster } from "../test/platform.ts";
import { Stage } from "./claims/claim.ts";
import { declaredPods, fillersOf } from "./cluster/filler-pods.ts";
import { eventually } from "./cluster/program.ts";
import { applyInOrder } from "./cluster/rollout.ts";
import type { Cluster } from "./cluster/start-cluster.ts";
import { isWaiting, podsOf, settled, warningsOf } from "./cluster/workloads.ts";

const stage = new Stage(import.meta.filename);

describe.each(PROFILES)("%s", (profile) => {
  let cluster: Cluster;
  let rendered: Awaited<ReturnType<typeof renderProfile>>;

  beforeAll(async () => {
    rendered = await renderProfile(profile);
    cluster = await startTestCluster(rendered.plan);
    await applyInOrder(cluster.api, rendered.index.all);
    expect((await settled(cluster.api, rendered.workloads)).problems).toEqual([]);
  });
  afterAll(() => cluster?.stop());

  stage.claim(`${profile}: the scheduler finds room for every pod of the platform`, async (figures) => {
    const pods = await podsOf(cluster.api);
    figures.pods = pods.length;
    expect(pods.filter(isWaiting).map(({ metadata }) => metadata.name)).toEqual([]);
  });

  stage.claim(
    `${profile}: with every budget used to its end, Kubeflow's too, all pods fit the node`,
    async (figures) => {
      const fillers = [...declaredPods(rendered.plan), ...(await fillersOf(cluster.api, rendered.plan))];
      for (const filler of fillers) await cluster.api.apply(filler, { manager: "proof" });
      figures["pods that fill the budgets"] = fillers.length;
      await eventually("every pod is placed", async () => !(await podsOf(cluster.api)).some(isWaiting), {
        seconds: 30,
      }).catch(() => {});
      const pods = await podsOf(cluster.api);
      figures.pods = pods.length;
      expect(await warningsOf(cluster.api, ["Preempted"])).toEqual([]);
      expect(pods.filter(isWaiting).map(({ metadata }) => metadata.name)).toEqual([]);
    },
  );
});
