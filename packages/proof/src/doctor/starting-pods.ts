import { at, type JsonObject, objectsIn, stringAt } from "../manifest/values.ts";
import { nameOf, namespaceOf } from "./cluster-facts.ts";
import type { Examination, Symptom } from "./examination.ts";
import { running } from "./pods.ts";

const IMAGE = "check the image's name and the node's way to its registry; the pull is tried again by itself";
const CONFIGURATION = "make what it names; Secrets come from the Job create-secrets in platform-system";

/** Why a container waits that nothing but a change, or another machine, will start (kubelet 1.36). */
const STUCK: ReadonlyMap<string, string | undefined> = new Map([
  ["ErrImagePull", IMAGE],
  ["ImagePullBackOff", IMAGE],
  ["InvalidImageName", IMAGE],
  ["ErrImageNeverPull", IMAGE],
  ["CreateContainerConfigError", CONFIGURATION],
  ["CreateContainerError", undefined],
  ["RunContainerError", undefined],
  ["CrashLoopBackOff", undefined],
]);

export const startingPods: Examination = {
  id: "pods-start",
  title: "No pod waits for a place, an image or a configuration, or fails again and again",
  needs: ["pods"],
  *examine(_plan, { pods }) {
    for (const pod of running(pods)) {
      if (at(pod, "metadata", "deletionTimestamp") !== undefined) continue;
      const stuck = [...unscheduled(pod), ...stuckContainers(pod)];
      if (stuck.length > 0) yield* stuck;
      else yield* unready(pod);
    }
  },
};

function* unscheduled(pod: JsonObject): Generator<Symptom> {
  const condition = conditionOf(pod, "PodScheduled");
  if (condition?.status !== "False") return;
  const message = `it has no place on the node: ${stringAt(condition, "message") ?? stringAt(condition, "reason")}`;
  const fix = `${describe(pod)} shows what it asks for; \`corepack pnpm platform budget\` shows who has it`;
  yield { severity: "error", object: objectOf(pod), message, fix };
}

function* stuckContainers(pod: JsonObject): Generator<Symptom> {
  const statuses = ["initContainerStatuses", "containerStatuses"].flatMap((list) =>
    objectsIn(at(pod, "status", list)),
  );
  for (const status of statuses) {
    const reason = stringAt(status, "state", "waiting", "reason") ?? "";
    if (!STUCK.has(reason)) continue;
    const name = stringAt(status, "name");
    const last = stringAt(status, "lastState", "terminated", "reason");
    const said = last === undefined ? stringAt(status, "state", "waiting", "message") : `last time ${last}`;
    const logs = `kubectl -n ${namespaceOf(pod)} logs ${nameOf(pod)} -c ${name} --previous`;
    yield {
      severity: "error",
      object: objectOf(pod),
      message: `${name} does not start: ${reason}${said === undefined ? "" : `, ${said}`}`,
      fix: STUCK.get(reason) ?? `${logs} says why, and ${describe(pod)}`,
    };
  }
}

/** It may still come: at the first start, images are pulled and databases made. */
function* unready(pod: JsonObject): Generator<Symptom> {
  const condition = conditionOf(pod, "Ready");
  const isReady = condition?.status === "True";
  if (isReady || (condition === undefined && stringAt(pod, "status", "phase") !== "Pending")) return;
  const message = `it is not ready${condition === undefined ? "" : `: ${stringAt(condition, "message")}`}`;
  const fix = `wait while it starts; ${describe(pod)} says what it waits for`;
  yield { severity: "warning", object: objectOf(pod), message, fix };
}

function conditionOf(pod: JsonObject, type: string): JsonObject | undefined {
  return objectsIn(at(pod, "status", "conditions")).find((condition) => condition.type === type);
}

function objectOf(pod: JsonObject): string {
  return `Pod ${namespaceOf(pod)}/${nameOf(pod)}`;
}

function describe(pod: JsonObject): string {
  return `kubectl -n ${namespaceOf(pod)} describe pod ${nameOf(pod)}`;
}
