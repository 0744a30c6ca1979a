import { parseQuantity } from "../../../accounting/quantity.ts";
import type { Manifest } from "../../../manifest/kubernetes-object.ts";
import { at, isObject, objectAt, objectsIn, stringAt } from "../../../manifest/values.ts";
import { plainText } from "../../../schemas/plain-text.ts";
import { type AdmissionProblem, conflicting, invalid, missing } from "./admission-problem.ts";

/** The largest priority of a class that is not Kubernetes' own. */
const MAX_PRIORITY = 1_000_000_000;

/** A PersistentVolumeClaim, or a template of one in a StatefulSet. */
export function* checkClaim(spec: unknown, path: string): Generator<AdmissionProblem> {
  if (!isObject(spec)) return;
  if (!Array.isArray(spec.accessModes) || spec.accessModes.length === 0) {
    yield missing(`${path}.accessModes`, "a claim has at least one", "Add ReadWriteOnce.");
  }
  const storage = at(spec, "resources", "requests", "storage");
  if (storage === undefined || storage === null) {
    const fix = "Say how much storage is needed.";
    yield missing(`${path}.resources.requests.storage`, "a claim asks for an amount", fix);
    return;
  }
  const amount = parseQuantity(storage);
  if (amount !== undefined && amount <= 0n) {
    yield invalid(`${path}.resources.requests.storage`, String(storage), "more than 0");
  }
}

export function* checkPriorityClass({ object, name }: Manifest): Generator<AdmissionProblem> {
  const { value } = object;
  if (typeof value === "number" && value > MAX_PRIORITY && !name.startsWith("system-")) {
    yield invalid("value", value, `at most ${MAX_PRIORITY}`, "Lower it: what is above is Kubernetes' own.");
  }
}

export function* checkDisruptionBudget({ object }: Manifest): Generator<AdmissionProblem> {
  const spec = objectAt(object, "spec") ?? {};
  const present = ["minAvailable", "maxUnavailable"].filter(
    (field) => spec[field] !== undefined && spec[field] !== null,
  );
  if (present.length === 2) {
    yield conflicting("spec", "has both minAvailable and maxUnavailable", "Keep one of them.");
  }
  for (const field of present) {
    const value = spec[field];
    const isAmount = typeof value === "number" ? value >= 0 : /^\d+%$/.test(plainText(value));
    if (!isAmount)
      yield invalid(`spec.${field}`, plainText(value), 'a number of pods or a percentage such as "50%"');
  }
}

export function* checkAutoscaler({ object }: Manifest): Generator<AdmissionProblem> {
  const least = at(object, "spec", "minReplicas");
  const most = at(object, "spec", "maxReplicas");
  if (typeof most !== "number") return;
  if (most < 1) yield invalid("spec.maxReplicas", most, "at least 1");
  if (typeof least === "number" && least > most) {
    yield invalid("spec.minReplicas", least, `at most maxReplicas, ${most}`);
  }
}

/** What the API server demands of a definition beside its schema (apiextensions validation, 1.36.3). */
export function* checkCustomResourceDefinition({ object, name }: Manifest): Generator<AdmissionProblem> {
  const plural = stringAt(object, "spec", "names", "plural");
  const group = stringAt(object, "spec", "group");
  if (plural !== undefined && group !== undefined && name !== `${plural}.${group}`) {
    yield invalid("metadata.name", name, `<plural>.<group>: ${plural}.${group}`);
  }
  const versions = objectsIn(at(object, "spec", "versions"));
  const stored = versions.filter((version) => version.storage === true).length;
  if (versions.length > 0 && stored !== 1) {
    yield invalid("spec.versions", stored, "exactly one version with storage: true");
  }
  for (const [position, version] of versions.entries()) {
    if (isObject(at(version, "schema", "openAPIV3Schema"))) continue;
    const fix = "Add schema.openAPIV3Schema.";
    yield missing(`spec.versions[${position}].schema`, "each version needs a structural schema", fix);
  }
}
