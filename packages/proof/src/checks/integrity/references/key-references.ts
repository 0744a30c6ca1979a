import { at, isObject, objectsIn, stringAt } from "../../../manifest/values.ts";
import { containersOf, type Workload } from "../../../manifest/workload.ts";

/** A use of the data of a ConfigMap or Secret by a pod. */
interface DataUse {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  /** The key; undefined when all keys are used. */
  readonly key: string | undefined;
  /** Of the key, or of the source when all are used. */
  readonly path: string;
  readonly optional: boolean;
}

/** Every key that a workload's pods read, by environment or by volume; whole objects as one use. */
export function* dataUses(workload: Workload): Generator<DataUse> {
  for (const { container, path } of containersOf(workload)) {
    for (const [position, variable] of objectsIn(container.env).entries()) {
      const from = `${path}.env[${position}].valueFrom`;
      yield* keyUse("ConfigMap", at(variable, "valueFrom", "configMapKeyRef"), `${from}.configMapKeyRef`);
      yield* keyUse("Secret", at(variable, "valueFrom", "secretKeyRef"), `${from}.secretKeyRef`);
    }
    for (const [position, source] of objectsIn(container.envFrom).entries()) {
      const from = `${path}.envFrom[${position}]`;
      yield* wholeUse("ConfigMap", source.configMapRef, "name", `${from}.configMapRef`);
      yield* wholeUse("Secret", source.secretRef, "name", `${from}.secretRef`);
    }
  }
  const { podSpec, podSpecPath } = workload;
  for (const [position, volume] of objectsIn(podSpec.volumes).entries()) {
    yield* volumeUses(volume, `${podSpecPath}.volumes[${position}]`);
  }
}

/** What a volume makes files of. */
export function* volumeUses(volume: unknown, path: string): Generator<DataUse> {
  yield* sourceUses("ConfigMap", at(volume, "configMap"), "name", `${path}.configMap`);
  yield* sourceUses("Secret", at(volume, "secret"), "secretName", `${path}.secret`);
  for (const [position, source] of objectsIn(at(volume, "projected", "sources")).entries()) {
    const from = `${path}.projected.sources[${position}]`;
    yield* sourceUses("ConfigMap", source.configMap, "name", `${from}.configMap`);
    yield* sourceUses("Secret", source.secret, "name", `${from}.secret`);
  }
}

function* sourceUses(
  kind: DataUse["kind"],
  source: unknown,
  nameField: string,
  path: string,
): Generator<DataUse> {
  const items = objectsIn(at(source, "items"));
  const name = stringAt(source, nameField);
  if (items.length === 0 || name === undefined) {
    yield* wholeUse(kind, source, nameField, path);
    return;
  }
  const optional = at(source, "optional") === true;
  for (const [position, item] of items.entries()) {
    yield { kind, name, key: stringAt(item, "key"), path: `${path}.items[${position}].key`, optional };
  }
}

function* keyUse(kind: DataUse["kind"], selector: unknown, path: string): Generator<DataUse> {
  const name = stringAt(selector, "name");
  const key = stringAt(selector, "key");
  if (name === undefined || key === undefined) return;
  yield { kind, name, key, path: `${path}.key`, optional: at(selector, "optional") === true };
}

function* wholeUse(kind: DataUse["kind"], source: unknown, field: string, path: string): Generator<DataUse> {
  const name = stringAt(source, field);
  if (name === undefined) return;
  yield { kind, name, key: undefined, path: `${path}.${field}`, optional: at(source, "optional") === true };
}

/** The keys of a rendered ConfigMap or Secret. */
export function keysOf(object: unknown): ReadonlySet<string> {
  const fields = ["data", "binaryData", "stringData"].map((field) => at(object, field));
  return new Set(fields.filter(isObject).flatMap((data) => Object.keys(data)));
}
