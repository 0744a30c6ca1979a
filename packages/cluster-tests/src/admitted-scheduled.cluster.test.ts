import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import { PROFILES, renderProfile, startTestCluster } from "../test/platform.ts";
import { Stage } from "./claims/claim.ts";
import { declaredPods, fillersOf } from "./cluster/filler-pods.ts";
import { eventually } from "./cluster/program.ts";
import { applyInOrder } from "./cluster/rollout.ts";
import type { Cluster } from "./cluster/start-cluster.ts";
import { isWaiting, podsOf, settled, warningsOf } from "./cluster/workloads.ts";

const admitted = new Stage(import.meta.filename, "admitted");
const scheduled = new Stage(import.meta.filename, "scheduled");

describe.each(PROFILES)("%s", (profile) => {
  let cluster: Cluster;
  let rendered: Awaited<ReturnType<typeof renderProfile>>;

  beforeAll(async () => {
    rendered = await renderProfile(profile);
    cluster = await startTestCluster(rendered.plan);
  });
  afterAll(() => cluster?.stop());

  admitted.claim(`${profile}: the API server admits every object, in Argo CD's order`, async (figures) => {
    const { all } = rendered.index;
    const refusals = await applyInOrder(cluster.api, all);
    figures.objects = all.length;
    expect(refusals.map(({ manifest, message }) => `${manifest.kind} ${manifest.name}: ${message}`)).toEqual(
      [],
    );
  });

  admitted.claim(`${profile}: the real controllers make every pod, and none is refused`, async (figures) => {
    const { pods, problems } = await settled(cluster.api, rendered.workloads);
    figures.pods = pods;
    expect(problems).toEqual([]);
  });

  scheduled.claim(`${profile}: the scheduler finds room for every pod of the platform`, async (figures) => {
    const pods = await podsOf(cluster.api);
    figures.pods = pods.length;
    expect(pods.length).toBeGreaterThan(0);
    expect(pods.filter(isWaiting).map(({ metadata }) => metadata.name)).toEqual([]);
  });

  scheduled.claim(
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
