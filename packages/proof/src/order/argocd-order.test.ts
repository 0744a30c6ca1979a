import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parseManifests } from "../manifest/parse-manifests.ts";
import { argocdOrder } from "./argocd-order.ts";

/** `Kind name` or `Kind name @wave` or `Kind namespace/name @wave hook=PreSync`, one object a line. */
function objects(lines: string) {
  const documents = lines
    .trim()
    .split("\n")
    .map((line) => {
      const [kind = "", path = "", ...rest] = line.trim().split(" ");
      const [name, namespace] = path.split("/").reverse();
      const annotations = rest.map((item) =>
        item.startsWith("@")
          ? `"argocd.argoproj.io/sync-wave": "${item.slice(1)}"`
          : `"argocd.argoproj.io/${item.split("=")[0]}": ${item.split("=")[1]}`,
      );
      const metadata = [`name: ${name}`, ...(namespace ? [`namespace: ${namespace}`] : [])];
      return `{apiVersion: v1, kind: ${kind}, metadata: {${metadata.join(", ")}, annotations: {${annotations.join(", ")}}}}`;
    });
  return parseManifests(documents.join("\n---\n"), "test");
}

function order(lines: string, destination?: string): string[] {
  return argocdOrder(objects(lines), destination).map(
    ({ phase, wave, manifest }) => `${phase} ${wave} ${manifest.kind} ${manifest.name}`,
  );
}

describe("argocdOrder", () => {
  test("goes by phase, wave, kind and name", () => {
    expect(
      order(`
        Deployment b
        Deployment a
        Service z
        ConfigMap c @1
        Job late @-50 hook=PostSync
        Job early @50 hook=PreSync
        Secret s @-1
      `),
    ).toEqual([
      "PreSync 50 Job early",
      "Sync -1 Secret s",
      "Sync 0 Service z",
      "Sync 0 Deployment a",
      "Sync 0 Deployment b",
      "Sync 1 ConfigMap c",
      "PostSync -50 Job late",
    ]);
  });

  test("puts kinds that Argo CD does not list after every listed one", () => {
    expect(order("PriorityClass critical\nAPIService metrics\nDeployment app\nNamespace app")).toEqual([
      "Sync 0 Namespace app",
      "Sync 0 Deployment app",
      "Sync 0 APIService metrics",
      "Sync 0 PriorityClass critical",
    ]);
  });

  test("knows no order of namesakes of two kinds that Argo CD does not list", () => {
    const steps = (lines: string): number[] => argocdOrder(objects(lines)).map(({ step }) => step);
    expect(steps("L2Advertisement lan\nIPAddressPool lan")).toEqual([0, 0]);
    expect(steps("L2Advertisement lan\nIPAddressPool pool")).toEqual([0, 1]);
    expect(steps("Service app\nDeployment app")).toEqual([0, 1]);
  });

  test("pulls a namespace to the phase and wave of its first user", () => {
    expect(order("Namespace a @1\nNamespace b @2\nJob a/x hook=PreSync\nJob b/z hook=PreSync")).toEqual([
      "PreSync 0 Namespace a",
      "PreSync 0 Job x",
      "PreSync 0 Namespace b",
      "PreSync 0 Job z",
    ]);
  });

  test("takes the destination for the namespace of objects that name none", () => {
    expect(order("Namespace home @5\nConfigMap c @1", "home")).toEqual([
      "Sync 1 Namespace home",
      "Sync 1 ConfigMap c",
    ]);
    expect(order("Namespace home @5\nConfigMap c @1")).toEqual([
      "Sync 1 ConfigMap c",
      "Sync 5 Namespace home",
    ]);
  });

  test("leaves a namespace that comes early enough where it is", () => {
    expect(order("Namespace a @-30\nJob a/x @3")).toEqual(["Sync -30 Namespace a", "Sync 3 Job x"]);
  });

  test("pulls a CRD to its first custom resource, and says what both asked for", () => {
    const manifests = parseManifests(
      `
apiVersion: example.org/v1
kind: Widget
metadata: { name: w, annotations: { argocd.argoproj.io/sync-wave: "-3" } }
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.org, annotations: { argocd.argoproj.io/sync-wave: "4" } }
spec: { group: example.org, names: { kind: Widget, plural: widgets } }
`,
      "test",
    );
    expect(argocdOrder(manifests)).toMatchObject([
      { manifest: { name: "widgets.example.org" }, wave: -3, declared: { wave: 4 }, step: 0 },
      { manifest: { name: "w" }, wave: -3, declared: { wave: -3 }, step: 1 },
    ]);
  });

  test("numbers batches: one kind of one wave at a time, several in parallel", () => {
    const steps = argocdOrder(objects("ConfigMap a\nConfigMap b\nService c\nConfigMap d @1")).map(
      ({ manifest, step }) => [manifest.name, step],
    );
    expect(steps).toEqual([
      ["a", 0],
      ["b", 0],
      ["c", 1],
      ["d", 2],
    ]);
  });

  test("applies an object once for each phase that it is a hook of, and not at all when it is skipped", () => {
    expect(order('Job twice hook="PostSync,PreSync"\nJob never hook=Skip\nJob typo hook=Presync')).toEqual([
      "PreSync 0 Job twice",
      "PostSync 0 Job twice",
    ]);
  });
});

/** Written by Argo CD's own sort: oracle-argocd/order_vectors_test.go. */
const VECTORS = JSON.parse(
  readFileSync(new URL("./argocd-order-vectors.generated.json", import.meta.url), "utf8"),
) as readonly {
  readonly destination: string;
  readonly objects: readonly unknown[];
  readonly order: readonly string[];
}[];

test("agrees with Argo CD 3.5.5 on generated objects", () => {
  expect(VECTORS.length).toBeGreaterThanOrEqual(400);
  for (const { destination, objects, order: expected } of VECTORS) {
    const manifests = parseManifests(
      objects.map((object) => JSON.stringify(object)).join("\n---\n"),
      "vector",
    );
    const tasks = argocdOrder(manifests, destination === "" ? undefined : destination);
    expect(
      tasks.map(({ phase, wave, manifest }) => `${phase} ${wave} ${manifest.kind} ${manifest.name}`),
    ).toEqual(expected);
  }
});
