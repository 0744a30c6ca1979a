import { afterAll, beforeAll, expect } from "@jest/globals";
import { type Manifest, prove } from "@t495/proof";
import type { Charge } from "../../proof/src/accounting/accounting.ts";
import { limitOf, totalsOf } from "../../proof/src/accounting/charge-totals.ts";
import { type Amount, bytes, formatAmount } from "../../proof/src/accounting/quantity.ts";
import { charged, isPodResource } from "../../proof/src/accounting/quota.ts";
import { describeObject } from "../../proof/src/manifest/kubernetes-object.ts";
import { renderProfile, startTestCluster } from "../test/platform.ts";
import { Stage } from "./claims/claim.ts";
import { nameOf, observeRollout, startRollout } from "./cluster/observe-rollout.ts";
import { eventually } from "./cluster/program.ts";
import { compareQuotas, describeDifference, QUOTA } from "./cluster/quota-use.ts";
import { applyInOrder } from "./cluster/rollout.ts";
import type { Cluster } from "./cluster/start-cluster.ts";
import { isComplete, settled, warningsOf } from "./cluster/workloads.ts";

const stage = new Stage(import.meta.filename);
let cluster: Cluster;
let rendered: Awaited<ReturnType<typeof renderProfile>>;

beforeAll(async () => {
  rendered = await renderProfile("t495");
  cluster = await startTestCluster(rendered.plan);
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

stage.claim(
  "a quota that quota-fits calls a byte too small stalls, and the figure that it names suffices",
  async (figures) => {
    const charge = rendered.accounting.workloads.find(
      ({ transient, pods }) => !transient && pods.rollout > pods.steady,
    );
    if (charge === undefined) throw new Error("no workload starts its new pod before it stops the old one");
    const { namespace, workload } = charge;
    const quota = rendered.index.all.find(
      (manifest) => manifest.kind === "ResourceQuota" && manifest.namespace === namespace,
    );
    if (quota === undefined) throw new Error(`namespace ${namespace} has no quota`);
    const { peak } = rendered.accounting.namespaces.get(namespace) ?? {};
    const short = String(bytes(limitOf(peak ?? NOTHING, "memory")) - 1);
    const tight = withHard(quota, { "limits.memory": short });
    const least = smallestThatSuffices(
      rendered.index.all.map((manifest) => (manifest === quota ? tight : manifest)),
    );
    figures["too small"] = short;
    figures.suffices = least;
    const name = nameOf(workload);
    const hard = (amount: string) =>
      cluster.api.patch(
        { ...QUOTA, namespace, name: quota.name },
        { spec: { hard: { "limits.memory": amount } } },
      );

    await hard(short);
    await startRollout(cluster.api, name);
    await eventually("a pod is refused", async () =>
      (await warningsOf(cluster.api, ["FailedCreate"])).some((warning) => warning.includes("exceeded quota")),
    );
    expect(isComplete(await cluster.api.get(name))).toBe(false);

    await hard(least);
    await eventually("the rollout goes on by itself", async () => isComplete(await cluster.api.get(name)), {
      seconds: 120,
    });
  },
);

const NOTHING = { requests: {}, limits: {}, pods: 0 };

function withHard(quota: Manifest, change: Readonly<Record<string, string>>): Manifest {
  const spec = quota.object.spec as { readonly hard: Readonly<Record<string, string>> };
  return { ...quota, object: { ...quota.object, spec: { ...spec, hard: { ...spec.hard, ...change } } } };
}

/** The amount that the rule's finding names as its mend. */
function smallestThatSuffices(manifests: readonly Manifest[]): string {
  const { findings } = prove({ manifests, today: "2026-11-24", tools: {}, rules: ["quota-fits"] });
  const named = findings.map(({ fix }) => /limits\.memory: (\w+)$/.exec(fix ?? "")?.[1]);
  const [least] = named.filter((amount) => amount !== undefined);
  if (least === undefined)
    throw new Error(`quota-fits names no figure: ${findings.map(({ message }) => message).join("; ")}`);
  return least;
}

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
