import { at, objectsIn, stringAt } from "../manifest/values.ts";
import { containersOf, type Workload } from "../manifest/workload.ts";

export type PodReferenceKind =
  | "ConfigMap"
  | "Secret"
  | "PersistentVolumeClaim"
  | "ServiceAccount"
  | "PriorityClass"
  | "RuntimeClass"
  | "StorageClass";

/** An object that a workload's pods name. */
export interface PodReference {
  readonly kind: PodReferenceKind;
  readonly name: string;
  /** Field path in the workload: `spec.template.spec.volumes[0].secret.secretName`. */
  readonly path: string;
  /** True when pods start without it. */
  readonly optional: boolean;
}

/**
 * Every object that the pods of a workload name, in field order. Without the PriorityClass, RuntimeClass or
 * ServiceAccount the pod is refused; without a ConfigMap, Secret or claim it is admitted and waits.
 */
export function* podReferences(workload: Workload): Generator<PodReference> {
  const { podSpec, podSpecPath } = workload;
  for (const [field, kind] of [
    ["serviceAccountName", "ServiceAccount"],
    ["priorityClassName", "PriorityClass"],
    ["runtimeClassName", "RuntimeClass"],
  ] as const)
    yield* named(kind, podSpec, [field], podSpecPath);
  if (podSpec.serviceAccountName === undefined)
    yield* named("ServiceAccount", podSpec, ["serviceAccount"], podSpecPath);
  for (const [number, secret] of objectsIn(podSpec.imagePullSecrets).entries())
    yield* named("Secret", secret, ["name"], `${podSpecPath}.imagePullSecrets[${number}]`, true);
  for (const { container, path } of containersOf(workload)) yield* environmentReferences(container, path);
  for (const [number, volume] of objectsIn(podSpec.volumes).entries())
    yield* volumeReferences(volume, `${podSpecPath}.volumes[${number}]`);
  for (const [number, claim] of objectsIn(workload.spec.volumeClaimTemplates).entries())
    yield* named("StorageClass", claim, ["spec", "storageClassName"], `spec.volumeClaimTemplates[${number}]`);
}

function* environmentReferences(container: unknown, path: string): Generator<PodReference> {
  for (const [number, variable] of objectsIn(at(container, "env")).entries()) {
    const from = `${path}.env[${number}]`;
    yield* named("ConfigMap", variable, ["valueFrom", "configMapKeyRef", "name"], from);
    yield* named("Secret", variable, ["valueFrom", "secretKeyRef", "name"], from);
  }
  for (const [number, source] of objectsIn(at(container, "envFrom")).entries()) {
    const from = `${path}.envFrom[${number}]`;
    yield* named("ConfigMap", source, ["configMapRef", "name"], from);
    yield* named("Secret", source, ["secretRef", "name"], from);
  }
}

function* volumeReferences(volume: unknown, path: string): Generator<PodReference> {
  yield* named("ConfigMap", volume, ["configMap", "name"], path);
  yield* named("Secret", volume, ["secret", "secretName"], path);
  yield* named("PersistentVolumeClaim", volume, ["persistentVolumeClaim", "claimName"], path);
  yield* named(
    "StorageClass",
    volume,
    ["ephemeral", "volumeClaimTemplate", "spec", "storageClassName"],
    path,
  );
  for (const [number, source] of objectsIn(at(volume, "projected", "sources")).entries()) {
    const from = `${path}.projected.sources[${number}]`;
    yield* named("ConfigMap", source, ["configMap", "name"], from);
    yield* named("Secret", source, ["secret", "name"], from);
  }
}

function* named(
  kind: PodReferenceKind,
  holder: unknown,
  keys: readonly string[],
  path: string,
  tolerated = false,
): Generator<PodReference> {
  const name = stringAt(holder, ...keys);
  if (name === undefined || name === "") return;
  const optional = tolerated || at(holder, ...keys.slice(0, -1), "optional") === true;
  yield { kind, name, path: `${path}.${keys.join(".")}`, optional };
}
