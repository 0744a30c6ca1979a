import { beforeAll, describe, expect, test } from "@jest/globals";
import { type Platform, type Proof, prove, readPlan, rules } from "@t495/proof";
import { readNodeFiles } from "../../scripts/src/node-profiles.ts";
import { INSTALL_MS, openTestPlatform, PROFILES, ROOT } from "../test/open-platform.ts";

/**
 * A test with the real KubeSpawner holds the labels of users' pods against the policy that selects them; Longhorn's
 * manager puts the labels that its webhook's Services select on its own pod.
 */
const KNOWN_UNCHECKED = [
  /^pinned-images global\.images\.longhorn-[a-z-]+: the digest /,
  /^selectors-match No rendered pod matches spec\.selector: global\.dynamicPods\.longhorn-[a-z-]+ /,
  /^pinned-images global\.images\.(?:argocd|mlflow|jupyterhub-hub|configurable-http-proxy|jupyter-notebook|collector-promtail): the digest /,
  /^selectors-match NetworkPolicy jupyter\/jupyterhub-singleuser selects pods that no rendering shows, .*: global\.dynamicPods\.jupyterhub-servers /,
];

let platform: Platform;

beforeAll(async () => {
  platform = await openTestPlatform();
}, INSTALL_MS);

describe.each(PROFILES)("%s", (profile) => {
  let proof: Proof;

  beforeAll(async () => {
    const { manifests } = await platform.render({ profile });
    const plan = readPlan(manifests);
    if (plan === undefined) throw new Error(`${profile} renders no plan`);
    const renderings = await platform.renderParts({ profile }, plan);
    const nodeFiles = readNodeFiles(ROOT, profile);
    proof = prove({ manifests, renderings, nodeFiles, today: "2026-11-24", tools: {} });
  }, INSTALL_MS);

  test("is proven by every rule, those that compare renderings included", () => {
    expect(proof.findings).toEqual([]);
    expect(proof.counts.rules).toBe(rules.length + 1);
  });

  test("leaves unchecked what no rendering shows: digests that nobody published, and pods of users", () => {
    const about = proof.unchecked.map(({ rule, reason }) => `${rule} ${reason}`);
    expect(about.filter((text) => !KNOWN_UNCHECKED.some((known) => known.test(text)))).toEqual([]);
  });

  test("gives away exactly what the node has", () => {
    const { node, layers } = proof.budget;
    if (node === null) throw new Error("the proof has no node");
    const { installed, capacity, allocatable, budgeted, free } = node.memory;
    expect(layers.reduce((sum, layer) => sum + layer.budget, 0)).toBe(installed);
    expect(budgeted + free).toBe(allocatable);
    expect(allocatable).toBeLessThan(capacity);
    expect(node.cpu.budgeted).toBeLessThanOrEqual(node.cpu.allocatable);
  });

  test("names itself, and the values files that Argo CD passes", async () => {
    const { manifests } = await platform.renderPart({ profile }, "root");
    const [set] = manifests.filter(({ kind }) => kind === "ApplicationSet");
    expect(proof.profile).toBe(profile);
    expect(JSON.stringify(set?.object)).toContain(`"valueFiles":["values.yaml","profiles/${profile}.yaml"]`);
  });
});
