import { apiGroup } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { pluralOf } from "../manifest/plural.ts";
import { at, stringAt } from "../manifest/values.ts";
import { kubernetesSchemas } from "../schemas/schema-bundles.ts";

/** What rules of roles may name without it being a kind of its own; kubernetes v1.36.3 plugin/pkg/auth and kubelet. */
const VIRTUAL: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  "": { componentstatuses: false, users: false, groups: false },
  "authentication.k8s.io": { userextras: false, uids: false },
  "certificates.k8s.io": { signers: false },
};

/** The resources of Kubernetes itself by group; the value says whether they are in namespaces. */
let builtIn: ReadonlyMap<string, ReadonlyMap<string, boolean>> | undefined;

/** Resources as roles name them, of Kubernetes and of the CustomResourceDefinitions of one rendering. */
export class ResourceCatalogue {
  readonly #defined = new Map<string, Map<string, boolean>>();

  constructor(index: ManifestIndex) {
    for (const { object } of index.filter({
      group: "apiextensions.k8s.io",
      kind: "CustomResourceDefinition",
    })) {
      const group = stringAt(object, "spec", "group");
      const plural = stringAt(object, "spec", "names", "plural");
      if (group === undefined || plural === undefined) continue;
      const resources = this.#defined.get(group) ?? new Map<string, boolean>();
      this.#defined.set(group, resources.set(plural, at(object, "spec", "scope") !== "Cluster"));
    }
  }

  isBuiltIn(group: string): boolean {
    return builtInResources().has(group);
  }

  isDefined(group: string): boolean {
    return this.#defined.has(group);
  }

  /** Names of a group's resources; empty for a group that nobody here knows. */
  namesIn(group: string): readonly string[] {
    return [...(builtInResources().get(group)?.keys() ?? []), ...(this.#defined.get(group)?.keys() ?? [])];
  }

  /** Undefined for a resource that nobody here knows. */
  isNamespaced(group: string, resource: string): boolean | undefined {
    return builtInResources().get(group)?.get(resource) ?? this.#defined.get(group)?.get(resource);
  }

  /** Kubernetes' own groups that have the resource. */
  groupsWith(resource: string): readonly string[] {
    return [...builtInResources()].filter(([, names]) => names.has(resource)).map(([group]) => group);
  }

  /** Kubernetes' own groups. */
  get groups(): readonly string[] {
    return [...builtInResources().keys()];
  }
}

function builtInResources(): ReadonlyMap<string, ReadonlyMap<string, boolean>> {
  builtIn ??= readBuiltIn();
  return builtIn;
}

function readBuiltIn(): ReadonlyMap<string, ReadonlyMap<string, boolean>> {
  const groups = new Map<string, Map<string, boolean>>();
  const add = (group: string, resource: string, namespaced: boolean): void => {
    const resources = groups.get(group) ?? new Map<string, boolean>();
    groups.set(group, resources.set(resource, namespaced));
  };
  for (const [key, { scope }] of Object.entries(kubernetesSchemas().kinds)) {
    const slash = key.lastIndexOf("/");
    add(apiGroup(key.slice(0, slash)), pluralOf(key.slice(slash + 1)), scope === "Namespaced");
  }
  for (const [group, resources] of Object.entries(VIRTUAL)) {
    for (const [resource, namespaced] of Object.entries(resources)) add(group, resource, namespaced);
  }
  return groups;
}
