import { expect, test } from "@jest/globals";
import { parseManifests } from "@t495/proof";
import { benchReport } from "./bench-report.ts";
import { measurePaired, median } from "./paired-runs.ts";
import { repeatPlatform } from "./repeat-platform.ts";

test.each([
  [[3], 3],
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[10, 9, 100], 10],
])("the median of %j is %d", (values, expected) => {
  expect(median(values)).toBe(expected);
});

test("contestants take turns, and the first round is not counted", async () => {
  const order: string[] = [];
  const { medians, runs } = await measurePaired([() => void order.push("a"), () => void order.push("b")], 2);
  expect(order.join("")).toBe("ababab");
  expect(medians).toHaveLength(2);
  expect(runs).toBe(2);
});

test("repeated objects stand in namespaces and under names of their own", () => {
  const manifests = parseManifests(
    "apiVersion: v1\nkind: Namespace\nmetadata: { name: data }\n---\napiVersion: v1\nkind: Secret\nmetadata: { name: login, namespace: data }\n",
    "s.yaml",
  );
  const { manifests: repeated } = repeatPlatform(manifests, undefined, 5);
  expect(repeated.map(({ namespace, name }) => `${namespace ?? ""}/${name}`)).toEqual([
    "/data",
    "data/login",
    "/data-1",
    "data-1/login",
    "/data-2",
    "data-2/login",
  ]);
  expect(repeated[3]?.object.metadata).toEqual({ name: "login", namespace: "data-1" });
  expect(repeatPlatform([], undefined, 5)).toEqual({ manifests: [], plan: undefined });
});

test("the report says whether the aims are met, as text and as JSON", () => {
  const figures = { runs: 10, helm: 200, prove: 340, checks: 120 };
  const text = benchReport(figures, false);
  expect(text).toContain("1.7 × helm");
  expect(text).toMatch(/aim 150 ms more: met/);
  expect(text).toMatch(/aim 100 ms: missed/);
  expect(JSON.parse(benchReport(figures, true)).aims).toEqual([
    expect.objectContaining({ ratio: 1.7, milliseconds: 140, met: true }),
    expect.objectContaining({ milliseconds: 120, met: false }),
  ]);
});
