import { describe, expect, test } from "@jest/globals";
import { load } from "js-yaml";
import type { KubernetesObject } from "../manifest/kubernetes-object.ts";
import { toWorkload, type Workload } from "../manifest/workload.ts";
import { shortestInterval } from "./cron-schedule.ts";
import { podsOf } from "./workload-pods.ts";

const GROUPS: Readonly<Record<string, string>> = { Pod: "", Job: "batch", CronJob: "batch" };

/** A workload of a kind with this spec; the pod template is the same for all. */
function workload(kind: string, spec: string, annotations: object = {}): Workload {
  const group = GROUPS[kind] ?? "apps";
  const template = { spec: { containers: [{ name: "app" }] } };
  const own = load(`{${spec}}`) as Record<string, unknown>;
  const job = { ...(own.job as object | undefined), template };
  const object: KubernetesObject = {
    apiVersion: group === "" ? "v1" : `${group}/v1`,
    kind,
    metadata: { name: "example", annotations: annotations as Record<string, string> },
    spec: kind === "Pod" ? { ...template.spec, ...own } : { ...own, template, jobTemplate: { spec: job } },
  };
  const source = { file: "-", document: 1, line: 1 };
  const found = toWorkload({
    object,
    source,
    group,
    version: "v1",
    kind,
    name: "example",
    namespace: undefined,
  });
  if (found === undefined) throw new Error(`${kind} is no workload`);
  return found;
}

function counts(kind: string, spec: string, maxReplicas?: number): [number, number, number] {
  const { steady, rollout, terminating } = podsOf(workload(kind, spec), maxReplicas);
  return [steady, rollout, terminating];
}

describe("pods of a workload: steady, during its rollout, while old pods terminate", () => {
  test.each<[string, string, [number, number, number]]>([
    ["Deployment", "", [1, 2, 2]],
    ["Deployment", "replicas: 3", [3, 4, 6]],
    ["Deployment", "replicas: 4", [4, 5, 8]],
    ["Deployment", "replicas: 5", [5, 7, 10]],
    ["Deployment", "replicas: 0", [0, 0, 0]],
    ["Deployment", "replicas: 2, strategy: {type: Recreate}", [2, 2, 2]],
    ["Deployment", "replicas: 1, strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}", [1, 1, 2]],
    ["Deployment", "replicas: 2, strategy: {rollingUpdate: {maxSurge: 5}}", [2, 4, 4]],
    ["Deployment", "replicas: 4, strategy: {rollingUpdate: {maxSurge: 100%}}", [4, 8, 8]],
    ["Deployment", "replicas: 4, strategy: {rollingUpdate: {maxSurge: nonsense}}", [4, 5, 8]],
    ["Deployment", "replicas: 2, paused: true", [2, 2, 2]],
    ["Deployment", "replicas: many, strategy: [1]", [1, 2, 2]],
    ["StatefulSet", "replicas: 3, updateStrategy: {rollingUpdate: {maxUnavailable: 2}}", [3, 3, 3]],
    ["ReplicaSet", "replicas: 2", [2, 2, 2]],
    ["DaemonSet", "", [1, 1, 1]],
    ["DaemonSet", "updateStrategy: {rollingUpdate: {maxSurge: 10%}}", [1, 2, 2]],
    ["DaemonSet", "updateStrategy: {type: OnDelete, rollingUpdate: {maxSurge: 1}}", [1, 1, 1]],
    ["Job", "", [1, 1, 2]],
    ["Job", "parallelism: 5", [5, 5, 10]],
    ["Job", "parallelism: 5, completions: 3", [3, 3, 6]],
    ["Job", "podReplacementPolicy: Failed", [1, 1, 1]],
    ["Job", "podFailurePolicy: {rules: []}", [1, 1, 1]],
    ["Job", "suspend: true", [0, 0, 0]],
    [
      "CronJob",
      'schedule: "0 3 * * *", concurrencyPolicy: Forbid, job: {podReplacementPolicy: Failed}',
      [1, 1, 1],
    ],
    [
      "CronJob",
      'schedule: "0 3 * * *", concurrencyPolicy: Replace, job: {podReplacementPolicy: Failed}',
      [1, 1, 2],
    ],
    [
      "CronJob",
      'schedule: "*/10 * * * *", job: {activeDeadlineSeconds: 1500, podReplacementPolicy: Failed}',
      [3, 3, 3],
    ],
    ["CronJob", 'schedule: "0 3 * * *", suspend: true', [0, 0, 0]],
    ["Pod", "", [1, 1, 1]],
  ])("%s {%s}", (kind, spec, expected) => {
    expect(counts(kind, spec)).toEqual(expected);
  });

  test("an autoscaler's maximum replaces the replicas, unless somebody scaled to zero", () => {
    expect(counts("Deployment", "replicas: 1", 8)).toEqual([8, 10, 16]);
    expect(counts("StatefulSet", "", 4)).toEqual([4, 4, 4]);
    expect(counts("Deployment", "replicas: 0", 8)).toEqual([0, 0, 0]);
  });

  test("a CronJob that may overlap without a deadline has no limit", () => {
    expect(podsOf(workload("CronJob", 'schedule: "0 3 * * *"'), undefined).unlimited).toBe(true);
    expect(
      podsOf(workload("CronJob", "schedule: whenever, job: {activeDeadlineSeconds: 60}"), undefined)
        .unlimited,
    ).toBe(true);
    expect(
      podsOf(workload("CronJob", 'schedule: "0 3 * * *", concurrencyPolicy: Forbid'), undefined).unlimited,
    ).toBe(false);
  });

  test("Jobs, hooks and pods that end are transient", () => {
    expect(podsOf(workload("Job", ""), undefined).transient).toBe(true);
    expect(podsOf(workload("Pod", "restartPolicy: Never"), undefined).transient).toBe(true);
    expect(podsOf(workload("Pod", "", { "helm.sh/hook": "test" }), undefined).transient).toBe(true);
    expect(podsOf(workload("Deployment", ""), undefined).transient).toBe(false);
  });
});

describe("shortestInterval, in minutes", () => {
  test.each<[string, number | undefined]>([
    ["*/15 * * * *", 15],
    ["0 3 * * *", 1440],
    ["0 3 * * 0", 1440],
    ["0,50 * * * *", 10],
    ["30 1-3 * * *", 60],
    ["0 22/1 * * *", 60],
    ["@hourly", 60],
    ["@daily", 1440],
    ["@every 1h30m", 90],
    ["TZ=Europe/Berlin 0 */6 * * *", 360],
    ["* * * *", undefined],
    ["61 * * * *", undefined],
    ["*/0 * * * *", undefined],
    ["x * * * *", undefined],
  ])("%s", (schedule, minutes) => {
    expect(shortestInterval(schedule)).toBe(minutes === undefined ? undefined : minutes * 60);
  });
});
