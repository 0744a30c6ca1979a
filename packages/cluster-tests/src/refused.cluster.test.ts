import { afterAll, beforeAll, expect } from "@jest/globals";
import { type Fixture, readFixtures } from "../test/fixtures.ts";
import { renderProfile, startTestCluster } from "../test/platform.ts";
import { ApiError } from "./api/api-client.ts";
import { Stage } from "./claims/claim.ts";
import { applyInOrder } from "./cluster/rollout.ts";
import { type Cluster, createNamespace } from "./cluster/start-cluster.ts";

const stage = new Stage(import.meta.filename);
let cluster: Cluster;
let fixtures: readonly Fixture[];

beforeAll(async () => {
  const { plan, index } = await renderProfile("t495");
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

stage.claim("what the API server refuses in a fixture, a rule has found before", async (figures) => {
  const missed: string[] = [];
  let refused = 0;
  let tried = 0;
  for (const fixture of fixtures) {
    for (const { manifest, found } of fixture.objects) {
      const refusal = await dryRun(manifest.object);
      tried++;
      if (refusal === undefined) continue;
      refused++;
      if (!found) missed.push(`${fixture.name} ${manifest.kind} ${manifest.name}: ${refusal}`);
    }
  }
  figures["objects tried"] = tried;
  figures["objects refused"] = refused;
  expect(missed).toEqual([]);
});

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
