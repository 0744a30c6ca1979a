import { describe, expect, test } from "@jest/globals";
import { parseManifests } from "../manifest/parse-manifests.ts";
import { isHook, syncPhasesOf } from "./sync-phase.ts";
import { parseGoInteger, waveOf } from "./sync-wave.ts";

function pod(annotations: Readonly<Record<string, unknown>>) {
  const [manifest] = parseManifests(
    `{apiVersion: v1, kind: Pod, metadata: {name: p, annotations: ${JSON.stringify(annotations)}}}`,
    "test",
  );
  if (manifest === undefined) throw new Error("no object");
  return manifest;
}

describe("parseGoInteger", () => {
  test.each([
    ["5", 5],
    ["-5", -5],
    ["+5", 5],
    ["007", 7],
    ["", undefined],
    [" 5", undefined],
    ["5.0", undefined],
    ["0x5", undefined],
    ["1_000", undefined],
    ["1e2", undefined],
    ["9223372036854775808", undefined],
  ])("%j", (text, value) => {
    expect(parseGoInteger(text)).toBe(value);
  });
});

describe("waveOf", () => {
  test.each([
    [{}, 0],
    [{ "argocd.argoproj.io/sync-wave": "-7" }, -7],
    [{ "argocd.argoproj.io/sync-wave": "seven" }, 0],
    [{ "argocd.argoproj.io/sync-wave": "seven", "helm.sh/hook-weight": "3" }, 3],
    [{ "argocd.argoproj.io/sync-wave": "0", "helm.sh/hook-weight": "3" }, 0],
    [{ "helm.sh/hook-weight": "3" }, 3],
    [{ "argocd.argoproj.io/sync-wave": 7 }, 0],
    [{ "argocd.argoproj.io/sync-wave": "7", "example.org/number": 1 }, 0],
    [{ "argocd.argoproj.io/sync-wave": "7", "example.org/nothing": null }, 7],
  ])("%j", (annotations, wave) => {
    expect(waveOf(pod(annotations))).toBe(wave);
  });
});

describe("syncPhasesOf", () => {
  test.each([
    [{}, ["Sync"]],
    [{ "helm.sh/hook": "pre-install,pre-upgrade" }, ["PreSync"]],
    [{ "helm.sh/hook": "post-upgrade, pre-install" }, ["PreSync", "PostSync"]],
    [{ "helm.sh/hook": "crd-install" }, ["Sync"]],
    [{ "helm.sh/hook": "test" }, []],
    [{ "helm.sh/hook": "pre-install", "argocd.argoproj.io/hook": "Sync" }, ["Sync"]],
    [{ "helm.sh/hook": "pre-install", "argocd.argoproj.io/hook": "Typo" }, ["PreSync"]],
    [{ "argocd.argoproj.io/hook": "Typo" }, []],
    [{ "argocd.argoproj.io/hook": "Skip" }, []],
    [{ "argocd.argoproj.io/hook": "Skip,PreSync" }, ["PreSync"]],
    [{ "argocd.argoproj.io/hook": "SyncFail" }, ["SyncFail"]],
  ])("%j", (annotations, phases) => {
    expect(syncPhasesOf(pod(annotations))).toEqual(phases);
  });

  test("a skipped object is no hook, an unreadable one is", () => {
    expect(isHook(pod({ "argocd.argoproj.io/hook": "Skip" }))).toBe(false);
    expect(isHook(pod({ "argocd.argoproj.io/hook": "Typo" }))).toBe(true);
  });
});
