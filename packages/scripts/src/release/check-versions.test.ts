import { describe, expect, test } from "@jest/globals";
import { chartLock, readChartMetadata } from "./chart-metadata.ts";
import { versionProblems } from "./check-versions.ts";
import type { WorkspacePackage } from "./workspace.ts";

function chart(
  name: string,
  version: string,
  dependencies: Readonly<Record<string, string>> = {},
): WorkspacePackage {
  const entries = Object.entries(dependencies).map(
    ([one, wanted]) => `- { name: ${one}, version: ${wanted}, repository: file://../${one} }\n`,
  );
  const list = entries.length === 0 ? "" : `dependencies:\n${entries.join("")}`;
  const text = `apiVersion: v2\nname: ${name}\nversion: ${version}\n${list}`;
  return {
    name: `@t495/chart-${name}`,
    version,
    folder: `charts/${name}`,
    isPublished: false,
    chart: {
      text,
      metadata: readChartMetadata(text),
      lock: chartLock(text, undefined, "2026-01-01T00:00:00Z"),
    },
  };
}

const UMBRELLA = chart("platform-umbrella", "0.2.0", { layer: "0.2.0" });
const LAYER = chart("layer", "0.2.0");
const PROOF: WorkspacePackage = {
  name: "@t495/proof",
  version: "0.2.0",
  folder: "packages/proof",
  isPublished: true,
  chart: undefined,
};
const TESTS = { ...PROOF, name: "@t495/some-tests", folder: "packages/some-tests", isPublished: false };

const problems = (...workspace: readonly WorkspacePackage[]): string[] =>
  [...versionProblems(workspace)].map(({ what, where }) => `${where}: ${what}`);

describe("versionProblems", () => {
  test("has nothing to say of a release whose versions are one", () => {
    expect(problems(UMBRELLA, LAYER, PROOF)).toEqual([]);
  });

  test("does not mind the version of tests", () => {
    expect(problems(UMBRELLA, LAYER, { ...TESTS, version: "0.0.7" })).toEqual([]);
  });

  test.each<[string, readonly WorkspacePackage[], readonly string[]]>([
    [
      "a package that was left behind",
      [UMBRELLA, LAYER, { ...PROOF, version: "0.1.0" }],
      [
        "packages/proof/package.json: @t495/proof is 0.1.0 and the umbrella is 0.2.0, though they are released together",
      ],
    ],
    [
      "a Chart.yaml that was left behind",
      [UMBRELLA, { ...chart("layer", "0.1.0"), version: "0.2.0" }],
      ["charts/layer/Chart.yaml: the chart is 0.1.0 and its package 0.2.0"],
    ],
    [
      "a dependency that was left behind",
      [chart("platform-umbrella", "0.2.0", { layer: "0.1.0" }), LAYER],
      [
        "charts/platform-umbrella/Chart.yaml: it depends on layer 0.1.0, and 0.2.0 lies beside it",
        "charts/platform-umbrella/Chart.lock: the lock is not the one of Chart.yaml",
      ],
    ],
    [
      "a chart whose package has another name",
      [UMBRELLA, { ...LAYER, name: "@t495/chart-layers" }],
      ["charts/layer/package.json: the chart layer is the package @t495/chart-layers"],
    ],
    [
      "a lock that is missing",
      [
        {
          ...UMBRELLA,
          chart: { ...(UMBRELLA.chart as NonNullable<typeof UMBRELLA.chart>), lock: undefined },
        },
        LAYER,
      ],
      ["charts/platform-umbrella/Chart.lock: the lock is not the one of Chart.yaml"],
    ],
  ])("finds %s", (_, workspace, expected) => {
    expect(problems(...workspace)).toEqual(expected);
  });

  test("says how to mend each", () => {
    for (const { fix } of versionProblems([UMBRELLA, { ...LAYER, version: "0.3.0" }])) {
      expect(fix).toContain("corepack pnpm release version");
    }
  });
});
