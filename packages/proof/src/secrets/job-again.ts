import { type JsonObject, objectAt } from "../manifest/values.ts";
import { LAST_APPLIED_ANNOTATION } from "./secret-facts.ts";

/** What the Job controller writes into a Job and its pods (k8s.io/api v0.36.3 batch/v1: labels of the pod template). */
const GENERATED = [
  "controller-uid",
  "job-name",
  "batch.kubernetes.io/controller-uid",
  "batch.kubernetes.io/job-name",
];
/** What an object is called and said to be; the rest is the API server's. */
const KEPT_METADATA = ["name", "namespace", "labels", "annotations"];

/** A Job as it can be created again after it was deleted: what Argo CD wrote into it stays, so that it is still its own. */
export function jobAgain(job: JsonObject): JsonObject {
  const metadata = objectAt(job, "metadata") ?? {};
  const { selector: _selector, ...spec } = objectAt(job, "spec") ?? {};
  const template = objectAt(spec, "template") ?? {};
  const podMetadata = objectAt(template, "metadata") ?? {};
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      ...only(metadata, KEPT_METADATA),
      labels: without(objectAt(metadata, "labels"), GENERATED),
      annotations: without(objectAt(metadata, "annotations"), [LAST_APPLIED_ANNOTATION]),
    },
    spec: {
      ...spec,
      template: {
        ...template,
        metadata: {
          ...without(podMetadata, ["creationTimestamp"]),
          labels: without(objectAt(podMetadata, "labels"), GENERATED),
        },
      },
    },
  };
}

function only(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)));
}

function without(object: JsonObject | undefined, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object ?? {}).filter(([key]) => !keys.includes(key)));
}
