import type { Manifest } from "../../../manifest/kubernetes-object.ts";
import { at, isObject, objectAt, stringAt } from "../../../manifest/values.ts";
import { fieldPath } from "../../../schemas/field-path.ts";
import { type AdmissionProblem, invalid, missing } from "./admission-problem.ts";
import { isDnsLabel, isDnsSubdomain, isLabelValue, isPathSegment, isQualifiedName } from "./names.ts";

/** Kinds whose name is one DNS label; most others take a subdomain. */
const LABEL_KINDS: ReadonlySet<string> = new Set(["Namespace", "Service"]);

/** Kinds whose name is only a path segment: `system:node` is one. */
const SEGMENT_KINDS: ReadonlySet<string> = new Set([
  "Role",
  "RoleBinding",
  "ClusterRole",
  "ClusterRoleBinding",
  "CertificateSigningRequest",
  "ClusterTrustBundle",
  "IPAddress",
  "StorageVersion",
]);

const MAX_ANNOTATION_BYTES = 256 * 1024;
/** A CronJob's Jobs get eleven characters appended. */
const MAX_CRON_JOB_NAME = 52;

/** Name, namespace, labels and annotations of an object. */
export function* checkMetadata({ object, kind, group, name }: Manifest): Generator<AdmissionProblem> {
  if (name === "") {
    if ((stringAt(object, "metadata", "generateName") ?? "") === "") {
      yield missing("metadata.name", "every object has one", "Name the object.");
    }
  } else {
    const builtIn = group === "" || group.endsWith(".k8s.io");
    if (builtIn && SEGMENT_KINDS.has(kind)) {
      if (!isPathSegment(name)) yield invalid("metadata.name", name, "a name without / and %");
    } else if (group === "" && LABEL_KINDS.has(kind)) {
      if (!isDnsLabel(name)) yield invalid("metadata.name", name, DNS_LABEL_TEXT);
    } else if (!isDnsSubdomain(name)) {
      yield invalid("metadata.name", name, DNS_SUBDOMAIN_TEXT);
    }
    if (kind === "CronJob" && group === "batch" && name.length > MAX_CRON_JOB_NAME) {
      yield invalid("metadata.name", name, `a name of at most ${MAX_CRON_JOB_NAME} characters`);
    }
  }
  const namespace = at(object, "metadata", "namespace");
  if (typeof namespace === "string" && namespace !== "" && !isDnsLabel(namespace)) {
    yield invalid("metadata.namespace", namespace, DNS_LABEL_TEXT);
  }
  yield* checkLabelsAndAnnotations(objectAt(object, "metadata"), "metadata");
}

/** Labels and annotations of an object or of a template in it. */
export function* checkLabelsAndAnnotations(metadata: unknown, path: string): Generator<AdmissionProblem> {
  yield* checkLabels(at(metadata, "labels"), `${path}.labels`);
  const annotations = at(metadata, "annotations");
  if (!isObject(annotations)) return;
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) {
    size += Buffer.byteLength(key) + (typeof value === "string" ? Buffer.byteLength(value) : 0);
    if (!isQualifiedName(key.toLowerCase())) {
      yield invalid(fieldPath(`${path}.annotations`, key), key, QUALIFIED_TEXT);
    }
  }
  if (size > MAX_ANNOTATION_BYTES) {
    const expected = `at most ${MAX_ANNOTATION_BYTES} bytes of annotations`;
    yield invalid(`${path}.annotations`, size, expected, "Move the data to a ConfigMap.");
  }
}

/** Keys and values of labels, or of a selector made of labels. */
export function* checkLabels(labels: unknown, path: string): Generator<AdmissionProblem> {
  if (!isObject(labels)) return;
  for (const [key, value] of Object.entries(labels)) {
    if (!isQualifiedName(key)) yield invalid(fieldPath(path, key), key, QUALIFIED_TEXT);
    if (typeof value === "string" && !isLabelValue(value)) {
      yield invalid(
        fieldPath(path, key),
        value,
        "a label value: at most 63 letters, digits, - _ . that start and end with a letter or digit",
        "Shorten the value or put it into an annotation.",
      );
    }
  }
}

export const DNS_LABEL_TEXT = "a DNS label: at most 63 lower-case letters, digits and dashes";
export const DNS_SUBDOMAIN_TEXT = "a DNS name: lower-case letters, digits, dashes and dots, at most 253";
const QUALIFIED_TEXT =
  "a key such as app or example.org/app: at most 63 letters, digits, - _ . after the slash";
