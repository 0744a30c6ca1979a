import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { projectsRestrict } from "./projects-restrict.ts";

testRule(projectsRestrict, {
  "ok-own-things": [],
  "ok-list-of-kinds": [],
  "ok-layer-without-components": [],
  everything: ["project-open", "project-open", "project-open", "project-open"],
  neighbour: ["namespace-unneeded"],
  "own-namespace-forgotten": ["namespace-refused"],
  "cluster-role": ["kind-refused"],
  "role-of-yesterday": ["kind-unneeded"],
  "own-budget": ["budget-open"],
  "budget-of-a-component": ["kind-refused"],
  "no-project": ["project-missing", "project-missing"],
  "other-repository": ["repository-unneeded", "repository-refused"],
});

test("names the object that is refused, and what is admitted", () => {
  const [finding] = checkRule(projectsRestrict, "cluster-role");
  expect(finding).toMatchObject({ actual: "rbac.authorization.k8s.io/ClusterRole", limit: "none" });
  expect(finding?.manifest).toMatchObject({ kind: "ClusterRole", name: "web" });
});
