import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { KUBERNETES_VERSION } from "@t495/proof/rendering";
import { programModules } from "./program-modules.ts";

const PACKAGES = join(import.meta.dirname, "../../..");

describe.each(programModules)("$name", ({ folder, packages }) => {
  const module = readFileSync(join(PACKAGES, folder, "go.mod"), "utf8");
  const sums = readFileSync(join(PACKAGES, folder, "go.sum"), "utf8");

  test("requires the module of each of its programs, with its checksum", () => {
    for (const program of Object.values(packages)) {
      const required = [...module.matchAll(/^(?:require |\t)(\S+) (v\S+)$/gm)]
        .map(([, path = "", version = ""]) => ({ path, version }))
        .find(({ path }) => program.startsWith(path));
      expect(required).toBeDefined();
      expect(sums).toContain(`${required?.path} ${required?.version} h1:`);
    }
  });
});

test("the API server is of the version that objects are checked against", () => {
  const module = readFileSync(join(PACKAGES, "cluster-tests/tools/kubernetes/go.mod"), "utf8");
  expect(module).toContain(`require k8s.io/kubernetes v${KUBERNETES_VERSION}\n`);
});
