import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { parseManifests } from "../../manifest/parse-manifests.ts";
import { createContext } from "../context.ts";
import { explicitNamespace } from "./explicit-namespace.ts";

testRule(explicitNamespace, {
  "cluster-scoped": ["namespace-on-cluster-scoped", "namespace-on-cluster-scoped"],
  "namespace-left-out": ["no-namespace", "no-namespace", "no-namespace"],
  "unknown-namespace": ["unknown-namespace", "unknown-namespace", "unknown-namespace"],
  "ok-known": [],
  "ok-unknown-kind": ["unchecked"],
});

test("names the nearest namespace", () => {
  expect(checkRule(explicitNamespace, "unknown-namespace")[0]).toMatchObject({
    actual: "dat",
    limit: "data",
  });
});

test("without a plan and without Namespaces in the stream, one line for each unknown namespace", () => {
  const document = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: release}}";
  const context = createContext(parseManifests(`${document}\n---\n${document}`, "-"), undefined);
  expect([...explicitNamespace.check(context)]).toMatchObject([
    { unchecked: expect.stringContaining("release") },
  ]);
});

test("without a plan, one finding counts all objects that leave the namespace to the release", () => {
  const documents = ["a", "b", "c"].map(
    (name) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}}`,
  );
  const context = createContext(parseManifests(documents.join("\n---\n"), "-"), undefined);
  expect([...explicitNamespace.check(context)]).toMatchObject([
    {
      code: "no-namespace",
      manifest: { name: "a" },
      message: expect.stringContaining("so do 2 more"),
      actual: "3 objects without a namespace",
    },
  ]);
});
