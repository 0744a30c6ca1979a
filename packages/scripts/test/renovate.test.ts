import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";

interface CustomManager {
  readonly managerFilePatterns: readonly string[];
  readonly matchStrings: readonly string[];
  readonly depNameTemplate?: string;
  readonly extractVersionTemplate?: string;
}

interface PackageRule {
  readonly matchPackageNames?: readonly string[];
  readonly versioning?: string;
}

interface Image {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const VALUES = "charts/platform-umbrella/values.yaml";
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const { customManagers, packageRules } = JSON.parse(read("renovate.json")) as {
  readonly customManagers: readonly CustomManager[];
  readonly packageRules: readonly PackageRule[];
};
const images = Object.values<Image>(parse(read(VALUES)).global.images);

/** Kept on purpose: the oldest Helm that has to render the same, moved by a person. */
const BY_HAND = new Set(["OLDEST_HELM_VERSION"]);

const SOURCES = readdirSync(join(ROOT, "packages"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.includes("node_modules") && !/(^|\/)dist\//.test(path))
  .map((path) => `packages/${path}`);

/** What the managers of one file find in it, as Renovate does: each pattern over the whole text. */
function found(path: string): Record<string, string | undefined>[] {
  const text = read(path);
  const responsible = customManagers.filter(({ managerFilePatterns }) =>
    managerFilePatterns.some(
      (pattern) => pattern === path || (pattern === "packages/**/*.ts" && SOURCES.includes(path)),
    ),
  );
  return responsible.flatMap(({ matchStrings, depNameTemplate }) =>
    matchStrings
      .flatMap((pattern) => [...text.matchAll(new RegExp(pattern, "g"))])
      .map(({ groups }) => ({ depName: depNameTemplate, ...groups })),
  );
}

function managerOf(name: string): CustomManager {
  const manager = customManagers.find(({ depNameTemplate }) => depNameTemplate === name);
  if (manager === undefined) throw new Error(`no manager follows ${name}`);
  return manager;
}

describe("renovate.json", () => {
  test("finds every image of the plan once, with its digest where it has one", () => {
    const expected = images.map(({ repository, tag, digest }) => `${repository}:${tag}@${digest}`);
    const seen = found(VALUES).map(
      ({ depName, currentValue, currentDigest }) => `${depName}:${currentValue}@${currentDigest ?? ""}`,
    );
    expect(seen.sort()).toEqual(expected.sort());
    expect(images.length).toBeGreaterThan(15);
  });

  test("finds every version that a test or the proof pins, once", () => {
    for (const path of SOURCES) {
      const constants = [...read(path).matchAll(/^export const ([A-Z0-9_]*VERSION) = "([^"]+)"/gm)];
      const followed = constants.filter(([, name = ""]) => !BY_HAND.has(name));
      expect([path, found(path).map(({ currentValue }) => currentValue)]).toEqual([
        path,
        followed.map(([, , value]) => value),
      ]);
    }
  });

  test("follows nothing that is pinned nowhere", () => {
    const seen = new Set([VALUES, ...SOURCES].flatMap(found).map(({ depName }) => depName));
    const named = customManagers.flatMap(({ depNameTemplate }) => depNameTemplate ?? []);
    expect(named.filter((name) => !seen.has(name))).toEqual([]);
  });

  test.each([
    ["k3s-io/k3s", "v1.36.4+k3s1", "1.36.4"],
    ["k3s-io/k3s", "v1.36.4+k3s2", undefined],
    ["k3s-io/k3s", "v1.37.0-rc1+k3s1", undefined],
    ["helm/helm", "v4.2.9", "4.2.9"],
    ["go.universe.tf/metallb", "v0.16.2", "0.16.2"],
  ])("reads the release %s %s as %s", (name, tag, version) => {
    const pattern = new RegExp(managerOf(name).extractVersionTemplate ?? "");
    expect(pattern.exec(tag)?.groups?.version).toBe(version);
  });

  test("understands the tags that are dates", () => {
    for (const { versioning, matchPackageNames = [] } of packageRules) {
      if (versioning === undefined) continue;
      const pattern = new RegExp(versioning.replace(/^regex:/, ""));
      const prefixes = matchPackageNames.map((name) => name.replace(/\*\*$/, ""));
      const meant = images.filter(({ repository }) =>
        prefixes.some((prefix) => repository.startsWith(prefix)),
      );
      expect(meant).not.toEqual([]);
      for (const { tag } of meant) expect(tag).toMatch(pattern);
    }
  });

  test("names no image that the plan does not hold", () => {
    const repositories = new Set(images.map(({ repository }) => repository));
    const named = packageRules.flatMap(({ matchPackageNames = [] }) => matchPackageNames);
    const whole = named.filter(
      (name) => /^(docker\.io|quay\.io|ghcr\.io)\//.test(name) && !name.endsWith("**"),
    );
    expect(whole.filter((name) => !repositories.has(name))).toEqual([]);
  });
});
