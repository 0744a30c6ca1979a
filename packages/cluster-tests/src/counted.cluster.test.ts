import { afterAll, beforeAll, expect } from "@jest/globals";
import type { Charge } from "../../proof/src/accounting/accounting.ts";
import { totalsOf } from "../../proof/src/accounting/charge-totals.ts";
import { type Amount, formatAmount } from "../../proof/src/accounting/quantity.ts";
import { charged, isPodResource } from "../../proof/src/accounting/quota.ts";
import { describeObject } from "../../proof/src/manifest/kubernetes-object.ts";
import { renderProfile, testPrograms } from "../test/platform.ts";
import { Stage } from "./claims/claim.ts";
import { observeRollout } from "./cluster/observe-rollout.ts";
import { eventually } from "./cluster/program.ts";
import { compareQuotas, describeDifference } from "./cluster/quota-use.ts";
import { applyInOrder } from "./cluster/rollout.ts";
import { type Cluster, startCluster } from "./cluster/start-cluster.ts";
import { settled } from "./cluster/workloads.ts";

const stage = new Stage(import.meta.filename);
let cluster: Cluster;
let rendered: Awaited<ReturnType<typeof renderProfile>>;

beforeAll(async () => {
  rendered = await renderProfile("t495");
  cluster = await startCluster({ programs: await testPrograms(), plan: rendered.plan });
  await applyInOrder(cluster.api, rendered.index.all);
  const { problems } = await settled(cluster.api, rendered.workloads);
  expect(problems).toEqual([]);
});
afterAll(() => cluster?.stop());

stage.claim(
  "Kubernetes' quotas count exactly what the proof counts, nothing being rolled out",
  async (figures) => {
    const differences = await steadyDifferences(figures);
    expect(differences).toEqual([]);
  },
);

stage.claim("no rollout of any workload takes more than the proof says", async (figures) => {
  const beyond: string[] = [];
  let watched = 0;
  let atPeak = 0;
  for (const charge of rendered.accounting.workloads.filter(({ transient }) => !transient)) {
    const { namespace, workload } = charge;
    const others = rendered.accounting.namespaces.get(namespace)?.workloads ?? [];
    if (rendered.accounting.namespaces.get(namespace)?.quotas.length === 0) continue;
    const peak = await observeRollout(cluster.api, workload);
    watched++;
    for (const [resource, amount] of peak) {
      if (!isPodResource(resource)) continue;
      const predicted = duringRollout(others, charge, resource);
      if (amount > predicted) {
        beyond.push(
          `${describeObject(workload.manifest)} ${resource}: ${formatAmount(resource, amount)} seen, ${formatAmount(resource, predicted)} predicted`,
        );
      }
      if (resource === "limits.memory" && amount === predicted) atPeak++;
    }
  }
  figures["rollouts watched"] = watched;
  figures["that reached the predicted memory exactly"] = atPeak;
  expect(beyond).toEqual([]);
  expect(watched).toBeGreaterThan(0);
});

async function steadyDifferences(figures: Record<string, number | string>): Promise<string[]> {
  let differences: string[] = [];
  const compared = async (): Promise<boolean> => {
    const quotas = await compareQuotas(
      cluster.api,
      rendered.accounting.namespaces,
      ({ workloads }) => totalsOf(workloads).steady,
    );
    figures["figures compared"] = quotas.length;
    differences = quotas.flatMap(describeDifference);
    return differences.length === 0;
  };
  // What a quota has to give back is counted a moment later.
  await eventually("the quotas agree with the proof", compared, { seconds: 30 }).catch(() => {});
  return differences;
}

/** The steady state of the namespace, with one workload at its rollout's worst. */
function duringRollout(charges: readonly Charge[], rolled: Charge, resource: string): Amount {
  const { terminating } = rolled.pods;
  const moved = charges.map((charge) =>
    charge === rolled ? { ...charge, pods: { ...charge.pods, steady: terminating } } : charge,
  );
  return charged(totalsOf(moved).steady, resource);
}
