import { beforeAll, describe, expect, test } from "@jest/globals";
import { type Finding, type Manifest, prove } from "@t495/proof";
import { readNodeFiles } from "../../scripts/src/node-profiles.ts";
import { defects } from "../test/defects/all.ts";
import { PlatformEdit } from "../test/defects/platform-edit.ts";
import { INSTALL_MS, openTestPlatform, ROOT } from "../test/open-platform.ts";

/** The real platform with one thing wrong at a time: the rule that is meant must say so, and name it. */
let manifests: readonly Manifest[];

beforeAll(async () => {
  const platform = await openTestPlatform();
  ({ manifests } = await platform.render({ profile: "t495" }));
}, INSTALL_MS);

/** The machine as it is configured in this checkout. */
const nodeFiles = readNodeFiles(ROOT, "t495");

/** What the named rules report; all of them when none is named. */
function findingsOn(stream: readonly Manifest[], ...rules: string[]): readonly Finding[] {
  return prove({ manifests: stream, nodeFiles, rules, today: "2026-11-24", tools: {} }).findings;
}

function nameOf({ object }: Finding): string {
  if (object === null) return "";
  return `${object.kind} ${object.namespace === null ? "" : `${object.namespace}/`}${object.name}`;
}

test("the platform itself has no finding", () => {
  expect(findingsOn(manifests)).toEqual([]);
});

test("there are at least sixty defects, each described once", () => {
  const described = defects.map(({ rule, what }) => `${rule}: ${what}`);
  expect(described.length).toBeGreaterThanOrEqual(60);
  expect(new Set(described).size).toBe(described.length);
});

describe.each([...new Set(defects.map(({ rule }) => rule))])("%s reports", (rule) => {
  test.each(defects.filter((defect) => defect.rule === rule).map((defect) => [defect.what, defect] as const))(
    "%s",
    (_what, { names, apply }) => {
      const platform = new PlatformEdit(manifests);
      apply(platform);
      const says = findingsOn(platform.manifests, rule).map(
        (finding) => `${nameOf(finding)} · ${finding.path ?? ""} · ${finding.message}`,
      );
      expect(says).toContainEqual(expect.stringContaining(names));
    },
  );
});
