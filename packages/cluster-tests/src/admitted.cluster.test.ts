import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import { PROFILES, renderProfile, startTestCluster } from "../test/platform.ts";
import { Stage } from "./claims/claim.ts";
import { applyInOrder } from "./cluster/rollout.ts";
import type { Cluster } from "./cluster/start-cluster.ts";
import { settled } from "./cluster/workloads.ts";

const stage = new Stage(import.meta.filename);

describe.each(PROFILES)("%s", (profile) => {
  let cluster: Cluster;
  let rendered: Awaited<ReturnType<typeof renderProfile>>;

  beforeAll(async () => {
    rendered = await renderProfile(profile);
    cluster = await startTestCluster(rendered.plan);
  });
  afterAll(() => cluster?.stop());

  stage.claim(`${profile}: the API server admits every object, in Argo CD's order`, async (figures) => {
    const { all } = rendered.index;
    const refusals = await applyInOrder(cluster.api, all);
    figures.objects = all.length;
    expect(refusals.map(({ manifest, message }) => `${manifest.kind} ${manifest.name}: ${message}`)).toEqual(
      [],
    );
  });

  stage.claim(`${profile}: the real controllers make every pod, and none is refused`, async (figures) => {
    const { pods, problems } = await settled(cluster.api, rendered.workloads);
    figures.pods = pods;
    expect(problems).toEqual([]);
  });
});
