import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import type { Manifest } from "../../manifest/kubernetes-object.ts";
import { ManifestIndex } from "../../manifest/manifest-index.ts";
import { defineRule, type Renderings } from "../rule.ts";
import { applicationsPartitionPlatform } from "./applications-partition-platform.ts";

/** The rule on objects as a rendering holds them: without the annotation that sorts a fixture's documents. */
const onRenderings = defineRule({
  ...applicationsPartitionPlatform,
  needs: "renderings",
  check: (context) =>
    applicationsPartitionPlatform.check({
      ...context,
      renderings: unmarked(context.renderings),
    } as Parameters<typeof applicationsPartitionPlatform.check>[0]),
});

function unmarked({ root, again, components }: Renderings): Renderings {
  const clean = ({ all }: ManifestIndex) => new ManifestIndex(all.map(withoutMark));
  return {
    root: clean(root),
    again: clean(again),
    components: new Map([...components].map(([name, index]) => [name, clean(index)])),
  };
}

function withoutMark(manifest: Manifest): Manifest {
  const { annotations, ...metadata } = manifest.object.metadata;
  return {
    ...manifest,
    object: { ...manifest.object, metadata: metadata as Manifest["object"]["metadata"] },
  };
}

testRule(onRenderings, {
  "lost-object": ["lost"],
  "guard-forgotten": ["duplicate", "duplicate"],
  "twice-in-one": ["duplicate"],
  "only-in-a-component": ["added", "duplicate"],
  "content-differs": ["differs"],
  "wrong-elements": ["application-unexpected", "application-missing"],
  "component-in-two-sets": ["application-twice"],
  "render-not-passed": ["render-not-passed", "render-not-passed"],
  "no-foundation-disabled-web": ["application-unexpected", "application-missing"],
  "ok-partition": [],
  "ok-same-name-elsewhere": [],
  "ok-other-generator": ["unchecked"],
});

test("names both renderings of a duplicate", () => {
  expect(checkRule(onRenderings, "guard-forgotten")).toMatchObject([
    { manifest: { kind: "Namespace" }, limit: "root", actual: "foundation" },
    { manifest: { name: "store" }, limit: "store", actual: "web" },
  ]);
});

test("shows where the content differs", () => {
  expect(checkRule(onRenderings, "content-differs")).toMatchObject([
    { path: "metadata.labels", limit: "(absent)", actual: '{"release":"store"}' },
  ]);
});

test("names the component that nobody installs", () => {
  expect(checkRule(onRenderings, "wrong-elements")).toMatchObject([
    { actual: "stores", path: "spec.generators" },
    { actual: "web", path: "global.components.web" },
  ]);
});
