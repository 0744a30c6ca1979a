import { describe, expect, test } from "@jest/globals";
import { chartLock, readChartMetadata, withVersions } from "./chart-metadata.ts";

const CHART = `apiVersion: v2
name: umbrella
# The release's.
version: "0.1.0" # quoted by somebody
appVersion: 0.1.0
dependencies:
  - name: layer
    version: 0.1.0
    repository: file://../layer
  - { name: foreign, version: 0.1.0, repository: "https://charts.example" }
  - {name: library, version: 0.1.0, repository: file://../library}
`;
const VERSIONS = new Map([
  ["umbrella", "0.2.0"],
  ["layer", "0.2.0"],
  ["library", "1.0.0-next.1"],
  ["foreign", "9.9.9"],
]);

describe("withVersions", () => {
  test("sets the chart's version and those of the charts beside it, and leaves all else as written", () => {
    expect(withVersions(CHART, VERSIONS)).toBe(`apiVersion: v2
name: umbrella
# The release's.
version: 0.2.0 # quoted by somebody
appVersion: 0.1.0
dependencies:
  - name: layer
    version: 0.2.0
    repository: file://../layer
  - { name: foreign, version: 0.1.0, repository: "https://charts.example" }
  - {name: library, version: 1.0.0-next.1, repository: file://../library}
`);
  });

  test("does nothing to what it has done, nor to a chart that nobody knows", () => {
    const once = withVersions(CHART, VERSIONS);
    expect(withVersions(once, VERSIONS)).toBe(once);
    expect(withVersions(CHART, new Map())).toBe(CHART);
  });
});

test("a chart without dependencies reads as one with none", () => {
  expect(readChartMetadata("name: a\nversion: 1.2.3\n")).toEqual({
    name: "a",
    version: "1.2.3",
    dependencies: [],
  });
});

describe("chartLock", () => {
  test("needs no lock for a chart without dependencies", () => {
    expect(chartLock("name: a\nversion: 0.1.0\n", undefined, "now")).toBeUndefined();
  });

  test("keeps a lock that is right, with its time", () => {
    const lock = chartLock(CHART, undefined, "2026-01-01T00:00:00Z");
    expect(chartLock(CHART, lock, "2026-02-02T00:00:00Z")).toBe(lock);
    expect(chartLock(withVersions(CHART, VERSIONS), lock, "2026-02-02T00:00:00Z")).toContain("2026-02-02");
  });

  test("replaces a lock of other dependencies", () => {
    const stale = chartLock(CHART, undefined, "2026-01-01T00:00:00Z")?.replace(/sha256:..../, "sha256:0000");
    expect(chartLock(CHART, stale, "2026-02-02T00:00:00Z")).not.toBe(stale);
  });
});
