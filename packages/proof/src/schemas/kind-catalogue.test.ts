import { describe, expect, test } from "@jest/globals";
import { apiGroup, type KubernetesObject } from "../manifest/kubernetes-object.ts";
import { ManifestIndex } from "../manifest/manifest-index.ts";
import { parseManifests } from "../manifest/parse-manifests.ts";
import { KindCatalogue } from "./kind-catalogue.ts";

function lookup(apiVersion: string, kind: string, stream = "") {
  const object: KubernetesObject = { apiVersion, kind, metadata: { name: "a" } };
  const index = new ManifestIndex(parseManifests(stream, "-"));
  return new KindCatalogue(index).lookup({ object, group: apiGroup(apiVersion), kind });
}

const crd = (served: boolean) => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: applications.argoproj.io }
spec:
  group: argoproj.io
  scope: Cluster
  names: { kind: Application, plural: applications }
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }
    - { name: v2, served: ${served}, storage: false, schema: { openAPIV3Schema: { type: object } } }
`;

describe("KindCatalogue", () => {
  test("knows Kubernetes' kinds and the committed ones", () => {
    expect(lookup("apps/v1", "Deployment")).toMatchObject({ found: "schema", scope: "Namespaced" });
    expect(lookup("v1", "Namespace")).toMatchObject({ found: "schema", scope: "Cluster" });
    expect(lookup("argoproj.io/v1alpha1", "AppProject")).toMatchObject({ found: "schema" });
    expect(lookup("metallb.io/v1beta1", "L2Advertisement")).toMatchObject({ found: "schema" });
  });

  test("takes the stream's own definition before the committed one", () => {
    expect(lookup("argoproj.io/v1", "Application", crd(false))).toMatchObject({
      found: "schema",
      scope: "Cluster",
    });
    expect(lookup("argoproj.io/v1alpha1", "Application", crd(false))).toEqual({
      found: "other-version",
      served: ["argoproj.io/v1"],
    });
    expect(lookup("argoproj.io/v2", "Application", crd(false))).toMatchObject({ found: "other-version" });
    expect(lookup("argoproj.io/v2", "Application", crd(true))).toMatchObject({ found: "schema" });
  });

  test.each([
    ["apps/v1beta2", "Deployment", ["apps/v1"]],
    ["extensions/v1beta1", "DaemonSet", ["apps/v1"]],
    ["batch/v1beta1", "CronJob", ["batch/v1"]],
    ["autoscaling/v2beta2", "HorizontalPodAutoscaler", ["autoscaling/v2", "autoscaling/v1"]],
    ["rbac.authorization.k8s.io/v1beta1", "Role", ["rbac.authorization.k8s.io/v1"]],
  ])("%s %s is served as %j", (apiVersion, kind, served) => {
    expect(lookup(apiVersion, kind)).toEqual({ found: "other-version", served });
  });

  test("tells what is gone, what is misspelt and what nobody knows", () => {
    expect(lookup("policy/v1beta1", "PodSecurityPolicy")).toMatchObject({ found: "removed" });
    expect(lookup("apps/v1", "StatefullSet")).toEqual({ found: "no-such-kind", nearest: "StatefulSet" });
    expect(lookup("monitoring.coreos.com/v1", "Prometheus")).toEqual({ found: "nothing" });
    expect(lookup("argoproj.io/v1alpha1", "Rollout")).toEqual({ found: "nothing" });
    expect(lookup("constructor", "toString")).toMatchObject({ found: "no-such-kind" });
  });
});
