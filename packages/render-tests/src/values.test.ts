import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Platform } from "@t495/proof";
import { execa } from "execa";
import { assembleTestChart, INSTALL_MS, openTestPlatform, ROOT, testHelm } from "../test/open-platform.ts";
import { refusalOf } from "../test/refusal.ts";
import {
  changed,
  folderOf,
  inTurns,
  leavesOf,
  OPT_INS,
  parseValues,
  textByFolder,
} from "../test/values-leaves.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await openTestPlatform();
}, INSTALL_MS);

const refusal = (setting: string): Promise<string> =>
  refusalOf(platform.render({ profile: "t495", settings: [setting] }));

describe("a wrong value is refused with its path", () => {
  test.each([
    ["a typo in the umbrella", "argocd.namespce=x", "argocd", "namespce"],
    ["a typo in the plan", "global.node.memory.capcity=1Gi", "global/node/memory", "capcity"],
    ["a typo in a namespace", "global.namespaces.data.budget.memroy=1Gi", "namespaces/data/budget", "memroy"],
    ["a typo in a layer chart", "data-services.redis.resorces.limits.cpu=1", "redis", "resorces"],
    ["a typo in foundation", "foundation.podSecurtyVersion=v1.36", "foundation", "podSecurtyVersion"],
    ["a chart that is no dependency", "datservices.redis.x=1", "", "datservices"],
    ["text for a number", "global.node.maxPods=many", "global/node/maxPods", "string"],
    ["a quantity that is none", "global.node.memory.capacity=lots", "global/node/memory/capacity", "lots"],
    [
      "a folder of the host that no exception is for",
      "monitoring.node-exporter.scriptsDirectory=/var/lib/rancher/k3s",
      "node-exporter/scriptsDirectory",
      "^/var/lib/platform/",
    ],
    [
      "an enum's stranger",
      "global.namespaces.data.podSecurity=strict",
      "namespaces/data/podSecurity",
      "restricted",
    ],
  ])("%s", async (_what, setting, path, named) => {
    const message = await refusal(setting);
    expect(message.replaceAll(".", "/")).toContain(path);
    expect(message).toContain(named);
  });
});

describe("null under global is refused", () => {
  const cases = [
    ["the node", "global: { node: null }", "global.node"],
    ["a component", "global: { components: { redis: null } }", "global.components.redis"],
    [
      "a namespace's quota",
      "global: { namespaces: { data: { quota: null } } }",
      "global.namespaces.data.quota",
    ],
  ] as const;
  const folder = mkdtempSync(join(tmpdir(), "profile-"));
  const profileOf = (text: string): string => {
    const file = join(folder, "profile.yaml");
    writeFileSync(file, text);
    return file;
  };
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(cases)("%s, by the proof", async (_what, text, path) => {
    await expect(platform.render({ profile: profileOf(text) })).rejects.toMatchObject({
      name: "InputError",
      message: expect.stringContaining(path),
    });
  });

  test.each([
    ["the node", "global.node=null"],
    ["a component", "global.components.redis=null"],
    ["a class", "global.priorityClasses.low-priority=null"],
  ])("%s, by the chart's own schema", async (_what, setting) => {
    // Without the values file before it, `--set` reaches Helm as a profile's `null` would.
    const helm = await testHelm();
    const chart = await assembleTestChart(helm);
    const { exitCode, stderr } = await execa(helm.path, ["template", ".", "--set", setting], {
      cwd: chart,
      reject: false,
    });
    expect(stderr).toContain("missing property");
    expect(exitCode).toBe(1);
  });
});

describe("a name that does not exist is refused", () => {
  test.each([
    ["an unknown rendering", "global.render=postgres", /global\.render is "postgres".*postgresql/],
    ["a disabled component", "global.render=kubeflow", /global\.components\.kubeflow\.enabled is false/],
    [
      "a component without a chart",
      ["layer=data-services", "namespace=data", "enabled=true", "dependsOn={redis}"]
        .map((setting) => `global.components.cache.${setting}`)
        .join(),
      /no chart of this umbrella renders cache/,
    ],
    ["a component of no layer", "global.components.kubeflow.layer=cache", /global\.layers has no such layer/],
    [
      "a component of no namespace",
      "global.components.kubeflow.namespace=cache",
      /global\.namespaces has no such/,
    ],
    [
      "a flow of nobody",
      "global.flows.x.enabled=true,global.flows.x.from={redus},global.flows.x.to=redis,global.flows.x.ports={6379}",
      /redus/,
    ],
  ])("%s", async (_what, setting, message) => {
    expect(await refusal(setting)).toMatch(message);
  });
});

const LAYERS = ["infrastructure", "data-services", "monitoring"];

describe("every value is used: another one renders something else", () => {
  const read = (chart: string): Record<string, unknown> =>
    parseValues(readFileSync(join(ROOT, "charts", chart, "values.yaml"), "utf8"));
  const leaves = new Map(
    [
      ...leavesOf("foundation", read("foundation")),
      ...LAYERS.flatMap((chart) => [
        ...leavesOf(chart, read(chart)),
        // What the umbrella sets replaces what the chart says.
        ...leavesOf(chart, read("platform-umbrella")[chart]),
      ]),
    ].map((leaf) => [leaf.path, leaf]),
  );
  let before: ReadonlyMap<string, string>;

  beforeAll(async () => {
    before = textByFolder((await platform.render({ profile: "t495", settings: OPT_INS })).manifests);
  });

  // Values of one component cannot change another's objects, so one rendering serves a value of each.
  test.each(inTurns([...leaves.values()], folderOf))("%s", async (_paths, changedLeaves) => {
    const settings = [...OPT_INS, ...changedLeaves.map(changed)];
    const { manifests } = await platform.render({ profile: "t495", settings });
    const after = textByFolder(manifests);
    const unused = changedLeaves.filter((leaf) => after.get(folderOf(leaf)) === before.get(folderOf(leaf)));
    expect(unused).toEqual([]);
  });
});
