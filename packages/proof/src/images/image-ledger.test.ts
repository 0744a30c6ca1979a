import { expect, test } from "@jest/globals";
import { fixturePlan } from "../../test/rule-fixtures.ts";
import { createContext } from "../checks/context.ts";
import { parseManifests } from "../manifest/parse-manifests.ts";
import { imageLedger } from "./image-ledger.ts";

const MANIFESTS = `
apiVersion: v1
kind: Pod
metadata: { name: store, namespace: data }
spec:
  initContainers: [{ name: wait, image: "docker.io/library/postgres:18.6" }]
  containers:
    - { name: store, image: "docker.io/library/postgres:18.6" }
    - { name: side, image: "quay.io/example/side:1.0.0" }
    - { name: broken, image: "Not An Image" }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: spawner, namespace: apps }
data: { spawner.yaml: "image: quay.io/example/notebook:2.0.0" }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: platform-plan, namespace: apps }
data: { plan.yaml: "seen as quay.io/example/idle:1.0.0" }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: other, namespace: apps }
data: { spawner.yaml: "image: quay.io/example/idle:1.0.0-rc1" }
`;

const image = (repository: string, tag: string) => ({
  repository,
  tag,
  digest: "",
  evidence: "",
  endOfLife: "",
});
const plan = {
  ...fixturePlan("", ""),
  images: {
    store: {
      ...image("docker.io/library/postgres", "18.6"),
      endOfLife: "2030-11-14",
      evidence: "release notes",
    },
    notebook: image("quay.io/example/notebook", "2.0.0"),
    idle: image("quay.io/example/idle", "1.0.0"),
  },
};

test("lists the plan's images with their users, then those that the plan does not know", () => {
  const { index, workloads } = createContext(parseManifests(MANIFESTS, "-"), plan);
  const rows = imageLedger(index, workloads, plan);
  expect(rows.map(({ key, tag, usedBy }) => [key, tag, usedBy.map(({ name }) => name)])).toEqual([
    ["store", "18.6", ["store"]],
    ["notebook", "2.0.0", ["spawner"]],
    ["idle", "1.0.0", []],
    [undefined, "1.0.0", ["store"]],
  ]);
  expect(rows[0]).toMatchObject({ digest: undefined, endOfLife: "2030-11-14", evidence: "release notes" });
  expect(rows[1]).toMatchObject({ endOfLife: undefined });
});

test("without a plan, lists what is in use", () => {
  const { index, workloads } = createContext(parseManifests(MANIFESTS, "-"), undefined);
  expect(imageLedger(index, workloads, undefined).map(({ repository }) => repository)).toEqual([
    "docker.io/library/postgres",
    "quay.io/example/side",
  ]);
});
