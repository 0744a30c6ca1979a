import { isObject, type JsonObject, objectsIn, stringAt } from "../../../manifest/values.ts";
import type { PodSpec, Workload, WorkloadKind } from "../../../manifest/workload.ts";
import { containersOf } from "../../../manifest/workload.ts";
import { type AdmissionProblem, conflicting, duplicate, invalid } from "./admission-problem.ts";
import { checkContainer } from "./container.ts";
import { checkLabels, checkLabelsAndAnnotations, DNS_LABEL_TEXT, DNS_SUBDOMAIN_TEXT } from "./metadata.ts";
import { isDnsLabel, isDnsSubdomain } from "./names.ts";
import { checkPodResources } from "./pod-resources.ts";

const ALWAYS = ["Always"];
const FINITE = ["OnFailure", "Never"];
const RESTART_POLICIES: Readonly<Record<WorkloadKind, readonly string[]>> = {
  Pod: ["Always", "OnFailure", "Never"],
  Deployment: ALWAYS,
  ReplicaSet: ALWAYS,
  ReplicationController: ALWAYS,
  StatefulSet: ALWAYS,
  DaemonSet: ALWAYS,
  Job: FINITE,
  CronJob: FINITE,
};

/** The pod template of a workload as the API server validates it. */
export function* checkPod(workload: Workload): Generator<AdmissionProblem> {
  const { podSpec, podSpecPath, kind } = workload;
  if (kind !== "Pod") {
    yield* checkLabelsAndAnnotations(workload.podMetadata, podSpecPath.replace(/spec$/, "metadata"));
  }
  yield* checkRestartPolicy(podSpec, podSpecPath, kind);
  yield* checkVolumes(podSpec, podSpecPath);
  yield* checkContainers(workload);
  yield* checkLabels(podSpec.nodeSelector, `${podSpecPath}.nodeSelector`);
  yield* checkPodResources(podSpec, podSpecPath);
  for (const field of ["serviceAccountName", "priorityClassName"] as const) {
    const name = podSpec[field];
    if (typeof name === "string" && name !== "" && !isDnsSubdomain(name)) {
      yield invalid(`${podSpecPath}.${field}`, name, DNS_SUBDOMAIN_TEXT);
    }
  }
  const grace = podSpec.terminationGracePeriodSeconds;
  if (typeof grace === "number" && grace < 0) {
    yield invalid(`${podSpecPath}.terminationGracePeriodSeconds`, grace, "at least 0 seconds");
  }
}

function* checkRestartPolicy(
  podSpec: PodSpec,
  path: string,
  kind: WorkloadKind,
): Generator<AdmissionProblem> {
  const allowed = RESTART_POLICIES[kind];
  const policy =
    typeof podSpec.restartPolicy === "string" && podSpec.restartPolicy !== ""
      ? podSpec.restartPolicy
      : "Always";
  if (allowed.includes(policy)) return;
  const expected = `${allowed.join(" or ")}, as a ${kind} needs`;
  yield invalid(`${path}.restartPolicy`, policy, expected, `Set restartPolicy to ${allowed.join(" or ")}.`);
}

function* checkVolumes(podSpec: PodSpec, path: string): Generator<AdmissionProblem> {
  const names = new Set<string>();
  for (const [position, volume] of objectsIn(podSpec.volumes).entries()) {
    const place = `${path}.volumes[${position}]`;
    const name = stringAt(volume, "name");
    if (name !== undefined && !names.has(name) && !isDnsLabel(name))
      yield invalid(`${place}.name`, name, DNS_LABEL_TEXT);
    if (name !== undefined) names.add(name);
    const sources = Object.keys(volume).filter((key) => key !== "name" && isObject(volume[key]));
    if (sources.length > 1) {
      const message = `is ${sources.join(" and ")} at once`;
      yield conflicting(place, message, "Give each source a volume of its own.");
    }
  }
}

function* checkContainers(workload: Workload): Generator<AdmissionProblem> {
  const volumes = volumesOf(workload);
  const initNames = new Map<string, string>();
  for (const { container, path, init } of containersOf(workload)) {
    yield* checkContainer(container as JsonObject, {
      path,
      volumes,
      runsToCompletion: init && container.restartPolicy !== "Always",
      hostNetwork: workload.podSpec.hostNetwork === true,
    });
    // Names that repeat inside one list are found by the schema, whose lists are keyed by name.
    const earlier = initNames.get(container.name);
    if (init) initNames.set(container.name, path);
    else if (earlier !== undefined) yield duplicate(`${path}.name`, container.name, earlier);
  }
}

function volumesOf({ kind, spec, podSpec }: Workload): ReadonlySet<string> {
  const names = objectsIn(podSpec.volumes).map((volume) => stringAt(volume, "name"));
  const claims =
    kind === "StatefulSet"
      ? objectsIn(spec.volumeClaimTemplates).map((claim) => stringAt(claim, "metadata", "name"))
      : [];
  return new Set([...names, ...claims].filter((name) => name !== undefined));
}
