import { describeObject, type Manifest, namespaceOf } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { at, objectsIn, stringAt } from "../../manifest/values.ts";
import type { Workload } from "../../manifest/workload.ts";
import { nearest } from "../../nearest.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem, type Unchecked } from "../rule.ts";
import { collectReferences } from "./references/collect-references.ts";
import { dataUses, keysOf } from "./references/key-references.ts";
import { mountedFiles } from "./references/mounted-files.ts";
import { describeTarget, type NamedReference } from "./references/object-reference.ts";
import { standingOf } from "./references/outside.ts";
import { unservedClaims } from "./references/unserved-claims.ts";

type Code = "missing-object" | "missing-class" | "missing-key" | "unserved-claim";

const CLASSES: ReadonlySet<string> = new Set(["StorageClass", "IngressClass", "PriorityClass"]);

export const referencesResolve = defineRule({
  id: "references-resolve",
  group: "integrity",
  severity: "error",
  title: "Whatever an object names exists",
  explanation: {
    protects:
      "Pods that wait for ever for a ConfigMap, claims that no class provisions, permissions that bind nothing: the API server accepts all of them.",
    incident:
      "A renamed ConfigMap left one Deployment behind. The sync was green, the new pod stayed in ContainerCreating, and the old one served until the node restarted.",
    fix: "Correct the name, render the object, or mark the reference optional if the pod does without it. Secrets of a planned platform are held against the ledger by secrets-closed.",
    source:
      "k8s.io/api v0.36.3 core/v1 types.go; K3s and Kubernetes built-in objects as of 1.36.3; rancher/local-path-provisioner v0.0.37 provisioner.go",
  },
  codes: {
    "missing-object": "A ConfigMap, claim, volume, account, Service or role that nothing provides.",
    "missing-class": "A storage, ingress or priority class that nothing provides.",
    "missing-key": "A key that the ConfigMap or Secret does not have.",
    "unserved-claim": "A claim that stays pending: its class cannot make what it asks for.",
  },
  *check({ index, workloads, plan }) {
    const seen = new Set<string>();
    for (const reference of collectReferences(index, workloads)) {
      const isLedgers = reference.kind === "Secret" && plan !== undefined;
      if (reference.optional || isLedgers || isRendered(reference, index)) continue;
      const result = judge(reference, index, plan);
      if (result === undefined) continue;
      const target = describeTarget(reference);
      const key = `${describeObject(reference.user)} ${target}`;
      if (seen.has(key)) continue;
      seen.add(key);
      yield result;
    }
    for (const workload of workloads) {
      yield* missingKeys(workload, index);
      yield* missingFiles(workload, index);
    }
    if (plan !== undefined) yield* unservedClaims(index, plan);
  },
});

function isRendered({ group, kind, namespace, name }: NamedReference, index: ManifestIndex): boolean {
  if (index.find(group, kind, namespace, name) !== undefined) return true;
  if (namespace === "default" && index.find(group, kind, undefined, name) !== undefined) return true;
  return kind === "PersistentVolumeClaim" && isTemplated(namespace, name, index);
}

/** A StatefulSet names its claims `<template>-<set>-<ordinal>`. */
function isTemplated(namespace: string | undefined, name: string, index: ManifestIndex): boolean {
  return index.filter({ group: "apps", kind: "StatefulSet" }).some(
    (set) =>
      namespaceOf(set) === namespace &&
      objectsIn(at(set.object, "spec", "volumeClaimTemplates")).some((template) => {
        const prefix = `${stringAt(template, "metadata", "name")}-${set.name}-`;
        return name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length));
      }),
  );
}

function judge(
  reference: NamedReference,
  index: ManifestIndex,
  plan: Plan | undefined,
): Problem<Code> | Unchecked | undefined {
  const standing = standingOf(reference, index, plan);
  if (standing === "exists") return undefined;
  const { user, kind, name, path } = reference;
  const target = describeTarget(reference);
  if (standing !== "missing")
    return { unchecked: `${path} names ${target}: ${standing.unknown}`, manifest: user };
  // A class of the plan that does not stand has a provider that is switched off.
  const disabled = plannedProviders(kind, plan).get(name);
  if (disabled !== undefined) {
    return {
      code: "missing-class",
      manifest: user,
      path,
      message: `${path} names ${target}, whose provider ${disabled} is disabled`,
      actual: name,
      fix: `Enable ${disabled} (global.components.${disabled}.enabled), disable whoever names its class, or name what provides it instead.`,
    };
  }
  const { hint, suggestion } = neighbour(reference, index, plan);
  return {
    code: CLASSES.has(kind) ? "missing-class" : "missing-object",
    manifest: user,
    path,
    message: `${path} names ${target}, which nothing provides${hint}`,
    actual: name,
    limit: suggestion,
    fix:
      suggestion === undefined
        ? `Render the ${kind} ${name}, or correct the name.`
        : `Name ${suggestion}, or render ${target}.`,
  };
}

/** The object that was probably meant: of the same name elsewhere, or of a similar name here. */
function neighbour(
  { group, kind, namespace, name }: NamedReference,
  index: ManifestIndex,
  plan: Plan | undefined,
): { hint: string; suggestion: string | undefined } {
  const sameKind = index.filter({ group, kind });
  const elsewhere = sameKind.find((manifest) => manifest.name === name);
  if (elsewhere !== undefined) {
    return {
      hint: `; ${describeObject(elsewhere)} is in another namespace`,
      suggestion: undefined,
    };
  }
  const names = sameKind
    .filter((manifest) => namespace === undefined || namespaceOf(manifest) === namespace)
    .map((manifest) => manifest.name);
  names.push(...plannedProviders(kind, plan).keys());
  const suggestion = nearest(name, names);
  return { hint: suggestion === undefined ? "" : `; the nearest is ${suggestion}`, suggestion };
}

/** Who makes the plan's classes of this kind, by the class's name. */
function plannedProviders(kind: string, plan: Plan | undefined): ReadonlyMap<string, string> {
  if (plan === undefined) return new Map();
  const { ingress, storage } = plan;
  if (kind === "IngressClass") return new Map([[ingress.className, ingress.provider]]);
  if (kind !== "StorageClass") return new Map();
  return new Map(Object.entries(storage.classes).map(([name, { provider }]) => [name, provider]));
}

function* missingKeys(workload: Workload, index: ManifestIndex): Generator<Problem<Code>> {
  for (const { kind, name, key, path, optional } of dataUses(workload)) {
    if (key === undefined || optional) continue;
    const holder = findData(workload, kind, name, index);
    if (holder === undefined) continue;
    const keys = keysOf(holder.object);
    if (!keys.has(key)) yield missingKey(workload, holder, path, key, keys);
  }
}

function* missingFiles(workload: Workload, index: ManifestIndex): Generator<Problem<Code>> {
  for (const { file, path, holder, files } of mountedFiles(workload, index)) {
    if (!files.has(file)) yield missingKey(workload, holder, path, file, files);
  }
}

function findData(
  workload: Workload,
  kind: string,
  name: string,
  index: ManifestIndex,
): Manifest | undefined {
  return index.find("", kind, workload.manifest.namespace, name);
}

function missingKey(
  { manifest }: Workload,
  holder: Manifest,
  path: string,
  key: string,
  keys: ReadonlySet<string>,
): Problem<Code> {
  const near = nearest(key, keys);
  const known = [...keys].join(", ") || "none";
  return {
    code: "missing-key",
    manifest,
    path,
    message: `${path} takes ${key} of ${describeObject(holder)}, which has: ${known}`,
    actual: key,
    limit: near ?? known,
    fix: near === undefined ? `Add ${key} to the ${holder.kind}, or take one of: ${known}.` : `Take ${near}.`,
  };
}
