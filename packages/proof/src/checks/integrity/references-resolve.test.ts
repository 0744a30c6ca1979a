import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { parseManifests } from "../../manifest/parse-manifests.ts";
import { createContext } from "../context.ts";
import { referencesResolve } from "./references-resolve.ts";

testRule(referencesResolve, {
  "accounts-and-roles": ["missing-object", "missing-object", "missing-object", "missing-object"],
  "claim-missing": ["missing-object", "missing-object"],
  "classes-missing": ["missing-class", "missing-class", "missing-class"],
  "claims-unserved": [
    "missing-object",
    "unserved-claim",
    "unserved-claim",
    "unserved-claim",
    "unserved-claim",
  ],
  "config-map-missing": ["missing-object", "missing-object", "missing-object"],
  "keys-missing": ["missing-key", "missing-key", "missing-key", "missing-key", "missing-key"],
  "files-missing": ["missing-key", "missing-key", "missing-key", "missing-key"],
  "services-missing": ["missing-object", "missing-object", "missing-object"],
  "ingress-provider-disabled": ["missing-class"],
  "ok-built-in": [],
  "ok-files": [],
  "ok-claims-served": [],
  "ok-filled-by-others": ["unchecked"],
  "ok-keys": [],
});

test("names what was probably meant", () => {
  const [misspelt, , elsewhere] = checkRule(referencesResolve, "config-map-missing");
  expect(misspelt).toMatchObject({ actual: "store-cofig", limit: "store-config" });
  expect(elsewhere).toMatchObject({
    message: expect.stringContaining("ConfigMap data/store-config is in another"),
  });
});

test("says that a class's provider is disabled", () => {
  expect(checkRule(referencesResolve, "classes-missing")[1]).toMatchObject({
    path: "spec.storageClassName",
    message: expect.stringContaining("whose provider longhorn is disabled"),
  });
});

test("says why a claim stays pending", () => {
  const [volume, shared, device, unclassed, template] = checkRule(referencesResolve, "claims-unserved");
  expect(volume).toMatchObject({ path: "spec.volumeName", actual: "backup-2026" });
  expect(shared).toMatchObject({ actual: "ReadWriteMany", limit: "ReadWriteOnce, ReadWriteOncePod" });
  expect(device).toMatchObject({ path: "spec.volumeMode", actual: "Block", limit: "Filesystem" });
  expect(unclassed).toMatchObject({ path: "spec.storageClassName", limit: "local-path" });
  expect(template).toMatchObject({ path: "spec.volumeClaimTemplates[0].spec.selector" });
});

test("without a plan, a StatefulSet whose Service is elsewhere is unchecked", () => {
  const set =
    "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {serviceName: a, template: {spec: {containers: [{name: a}]}}}}";
  const context = createContext(parseManifests(set, "-"), undefined);
  expect([...referencesResolve.check(context)]).toMatchObject([
    { unchecked: expect.stringContaining("DNS names") },
  ]);
});

test("says so of an ingress class, and suggests nothing", () => {
  expect(checkRule(referencesResolve, "ingress-provider-disabled")).toMatchObject([
    {
      message: "spec.ingressClassName names IngressClass web, whose provider proxy is disabled",
      fix: "Enable proxy (global.components.proxy.enabled), disable whoever names its class, or name what provides it instead.",
    },
  ]);
});

test("without a plan, what the cluster provides is unchecked, and what the chart renders is not", () => {
  const deployment = (volume: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: apps }
spec:
  template:
    spec:
      volumes: [{ name: v, ${volume} }]
      containers: [{ name: web }]
`;
  const check = (volume: string) => [
    ...referencesResolve.check(createContext(parseManifests(deployment(volume), "-"), undefined)),
  ];
  expect(check("secret: { secretName: tls }")).toMatchObject([
    { unchecked: expect.stringContaining("apps/tls") },
  ]);
  expect(check("configMap: { name: settings }")).toMatchObject([{ code: "missing-object" }]);
});
