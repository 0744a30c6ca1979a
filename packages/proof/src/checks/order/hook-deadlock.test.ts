import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { parseManifests } from "../../manifest/parse-manifests.ts";
import { createContext } from "../context.ts";
import { hookDeadlock } from "./hook-deadlock.ts";

testRule(hookDeadlock, {
  "migration-before-its-database": ["hook-calls-later-phase"],
  "job-before-its-server": ["job-calls-later-wave"],
  "configured-by-file": ["hook-calls-later-phase"],
  "service-after-its-caller": ["job-calls-later-wave", "init-calls-later-wave"],
  "init-before-its-server": ["init-calls-later-wave", "init-calls-later-wave"],
  "waits-for-itself": ["calls-itself", "calls-itself"],
  "policies-after-the-job": [
    "policy-in-later-wave",
    "policy-in-later-wave",
    "policy-in-later-wave",
    "policy-in-later-wave",
    "policy-in-later-wave",
    "policy-in-later-wave",
  ],
  "suspended-and-paused": ["never-healthy", "never-healthy", "never-healthy"],
  "expiring-job": ["recreated-for-ever"],
  "ok-after-or-beside": [],
  "ok-init-containers": [],
  "ok-policies": [],
  "ok-resting": [],
  "ok-other-application": [],
});

test("names the call and both places", () => {
  expect(checkRule(hookDeadlock, "migration-before-its-database")).toMatchObject([
    {
      path: "spec.template.spec.containers[0].env[0].value",
      actual: "PreSync wave 0",
      limit: "Sync wave 0",
      message: expect.stringContaining("calls store:5432, which needs StatefulSet data/store"),
    },
  ]);
});

test("says which policy is late, and for what", () => {
  expect(checkRule(hookDeadlock, "policies-after-the-job")).toMatchObject([
    {
      manifest: { kind: "Job", name: "provision" },
      actual: 17,
      limit: "19",
      message: expect.stringContaining("which NetworkPolicy data/provision-out only permits in wave 19"),
    },
    { fix: "Give NetworkPolicy data/migrate-in a wave up to 17." },
    { message: expect.stringContaining("has to reach dns (DATABASE_URL names store:5432") },
    { manifest: { kind: "Deployment", name: "report" } },
    { message: expect.stringContaining("has to reach kube-apiserver (192.168.1.10:6443)") },
    { message: expect.stringContaining("global.flows.probe-lan declares it") },
  ]);
});

test("names the Service when that is what comes last", () => {
  expect(checkRule(hookDeadlock, "service-after-its-caller")[0]).toMatchObject({
    limit: "Sync wave 19",
    fix: "Give it a wave after 19, or Service data/objects one up to 17.",
  });
});

test("lists the calls whose policies it cannot judge without a plan", () => {
  const fixture = new URL("../../../fixtures/hook-deadlock/ok-policies.yaml", import.meta.url);
  const manifests = parseManifests(readFileSync(fixture, "utf8"), "ok-policies.yaml");
  expect([...hookDeadlock.check(createContext(manifests, undefined))]).toEqual(
    ["provision", "refused", "report"].map((name) => ({
      unchecked: expect.stringContaining("that needs a plan"),
      manifest: expect.objectContaining({ name }),
    })),
  );
});
