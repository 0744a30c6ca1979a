import { expect, test } from "@jest/globals";
import { ManifestIndex } from "./manifest-index.ts";
import { parseManifests } from "./parse-manifests.ts";
import { isClusterScoped } from "./scope.ts";

const crd = (kind: string, scope: string): string =>
  `---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ${kind}}\nspec: {group: example.com, names: {kind: ${kind}}, scope: ${scope}}\n`;
const index = new ManifestIndex(
  parseManifests(crd("Wide", "Cluster") + crd("Narrow", "Namespaced") + crd("Odd", "5"), "crds.yaml"),
);

test.each([
  ["", "Namespace", true],
  ["", "Pod", false],
  ["apps", "Deployment", false],
  ["rbac.authorization.k8s.io", "ClusterRole", true],
  ["apiextensions.k8s.io", "CustomResourceDefinition", true],
  ["example.com", "Wide", true],
  ["example.com", "Narrow", false],
  ["example.com", "Odd", undefined],
  ["example.com", "Unknown", undefined],
  ["example.com", "Namespace", undefined],
  ["constructor", "Pod", undefined],
])("%s/%s", (group, kind, expected) => {
  expect(isClusterScoped(group, kind, index)).toBe(expected);
});
