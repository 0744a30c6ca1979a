import { apiGroup, type Manifest } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { at, objectAt, objectsIn, stringAt } from "../manifest/values.ts";
import { nearest } from "../nearest.ts";
import { customResourceDefinitions, customResourceSchemas, kubernetesSchemas } from "./schema-bundles.ts";
import type { Scope, StructuralSchema } from "./structural-schema.ts";
import type { ValidationSettings } from "./validate-structure.ts";

/** What the API server would make of an object's apiVersion and kind. */
export type KindLookup =
  | {
      readonly found: "schema";
      readonly scope: Scope;
      readonly schema: StructuralSchema;
      readonly settings: ValidationSettings;
    }
  /** The kind exists, in other versions or another group. */
  | { readonly found: "other-version"; readonly served: readonly string[] }
  /** The kind is gone; `successor` says in a sentence what does its work now. */
  | { readonly found: "removed"; readonly successor: string }
  /** The group is Kubernetes' own and has no such kind. */
  | { readonly found: "no-such-kind"; readonly nearest: string | undefined }
  /** Nobody here knows: a custom resource whose CRD is elsewhere. */
  | { readonly found: "nothing" };

const OBJECT_FIELDS: Readonly<Record<string, StructuralSchema>> = {
  apiVersion: { type: "string" },
  kind: { type: "string" },
  metadata: { $ref: "meta.v1.ObjectMeta" },
};

/** Groups whose kinds all moved on (Kubernetes 1.22). */
const DISSOLVED_GROUPS: ReadonlySet<string> = new Set(["extensions"]);

const WITHOUT_HEIR: Readonly<Record<string, string>> = {
  PodSecurityPolicy: "Set the label pod-security.kubernetes.io/enforce on the namespace instead.",
};

/** The kinds of one rendering: Kubernetes' own, those of its CRDs, and the committed ones. */
export class KindCatalogue {
  readonly #custom: ReadonlyMap<string, KindLookup>;
  readonly #customVersions: ReadonlyMap<string, readonly string[]>;

  constructor(index: ManifestIndex) {
    const custom = new Map<string, KindLookup>();
    const versions = new Map<string, readonly string[]>();
    for (const definition of index.filter({
      group: "apiextensions.k8s.io",
      kind: "CustomResourceDefinition",
    })) {
      addCustomKinds(definition, custom, versions);
    }
    this.#custom = custom;
    this.#customVersions = versions;
  }

  lookup({ object: { apiVersion }, group, kind }: Pick<Manifest, "object" | "group" | "kind">): KindLookup {
    const key = `${apiVersion}/${kind}`;
    const builtIn = kubernetesSchemas();
    const own = ownEntry(builtIn.kinds, key);
    if (own !== undefined) return { found: "schema", ...own, settings: DECODED };
    const custom = this.#custom.get(key);
    if (custom !== undefined) return custom;
    const served = this.#customVersions.get(`${group}/${kind}`);
    if (served !== undefined) return { found: "other-version", served };
    const committed = ownEntry(customResourceSchemas().kinds, key);
    if (committed !== undefined) return customKind(committed.scope, committed.schema);
    return lookupInKubernetesGroups(group, kind);
  }
}

const DECODED: ValidationSettings = {
  reading: "decoded",
  objectFields: OBJECT_FIELDS,
  get definitions() {
    return kubernetesSchemas().definitions;
  },
};

const FROM_SCHEMA: ValidationSettings = {
  reading: "schema",
  objectFields: OBJECT_FIELDS,
  get definitions() {
    return customResourceDefinitions();
  },
};

function customKind(scope: Scope, schema: StructuralSchema): KindLookup {
  const properties = { ...schema.properties, ...OBJECT_FIELDS, status: {} };
  return { found: "schema", scope, schema: { ...schema, type: "object", properties }, settings: FROM_SCHEMA };
}

function addCustomKinds(
  { object }: Manifest,
  kinds: Map<string, KindLookup>,
  versions: Map<string, readonly string[]>,
): void {
  const group = stringAt(object, "spec", "group");
  const kind = stringAt(object, "spec", "names", "kind");
  if (group === undefined || kind === undefined) return;
  const scope: Scope = at(object, "spec", "scope") === "Cluster" ? "Cluster" : "Namespaced";
  const served: string[] = [];
  for (const version of objectsIn(at(object, "spec", "versions"))) {
    const schema = objectAt(version, "schema", "openAPIV3Schema");
    if (typeof version.name !== "string" || version.served === false || schema === undefined) continue;
    served.push(`${group}/${version.name}`);
    kinds.set(`${group}/${version.name}/${kind}`, customKind(scope, schema));
  }
  if (served.length > 0) versions.set(`${group}/${kind}`, served);
}

function lookupInKubernetesGroups(group: string, kind: string): KindLookup {
  const dissolved = DISSOLVED_GROUPS.has(group);
  const sameGroup: string[] = [];
  const served: string[] = [];
  for (const key of Object.keys(kubernetesSchemas().kinds)) {
    const slash = key.lastIndexOf("/");
    const apiVersion = key.slice(0, slash);
    if (!dissolved && apiGroup(apiVersion) !== group) continue;
    sameGroup.push(key.slice(slash + 1));
    if (key.slice(slash + 1) === kind) served.push(apiVersion);
  }
  if (sameGroup.length === 0) return { found: "nothing" };
  const successor = ownEntry(WITHOUT_HEIR, kind);
  if (successor !== undefined) return { found: "removed", successor };
  if (served.length > 0) return { found: "other-version", served: served.sort(byMaturity) };
  return { found: "no-such-kind", nearest: nearest(kind, new Set(sameGroup)) };
}

/** Stable versions first, newer before older; events.k8s.io before its predecessor in the core group. */
function byMaturity(a: string, b: string): number {
  const stable = Number(/alpha|beta/.test(a)) - Number(/alpha|beta/.test(b));
  return stable !== 0 ? stable : b.localeCompare(a, "en");
}

function ownEntry<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
