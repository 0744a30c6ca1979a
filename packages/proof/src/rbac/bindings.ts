import { type Manifest, namespaceOf } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { at, type JsonObject, objectsIn, stringAt } from "../manifest/values.ts";

export const RBAC = "rbac.authorization.k8s.io";
const ACCOUNT_USER = /^system:serviceaccount:([^:]+):([^:]+)$/;
const ACCOUNT_GROUP = /^system:serviceaccounts(?::([^:]+))?$/;

/** A ServiceAccount by name, rendered or not. */
export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** A RoleBinding or ClusterRoleBinding with what it gives. */
export interface Binding {
  readonly manifest: Manifest;
  /** Where it grants; undefined in every namespace and outside of them. */
  readonly namespace: string | undefined;
  /** The rendered role; undefined for one that others make. */
  readonly role: Manifest | undefined;
}

/** Who holds which rights, by the bindings of one rendering. */
export class Bindings {
  readonly #byAccount = new Map<string, Binding[]>();
  readonly #byRole = new Map<Manifest, Binding[]>();
  readonly all: readonly Binding[];

  constructor(index: ManifestIndex) {
    const roles = rolesByName(index);
    this.all = ["RoleBinding", "ClusterRoleBinding"].flatMap((kind) =>
      index.filter({ group: RBAC, kind }).map((manifest) => {
        const own = namespaceOf(manifest);
        const namespace = kind === "RoleBinding" ? own : undefined;
        const isRole = at(manifest.object, "roleRef", "kind") === "Role";
        const name = stringAt(manifest.object, "roleRef", "name") ?? "";
        return { manifest, namespace, role: roles.get(roleKey(isRole ? own : undefined, name)) };
      }),
    );
    const aggregated = aggregatedRoles(index);
    for (const binding of this.all) {
      for (const subject of objectsIn(at(binding.manifest.object, "subjects"))) {
        add(this.#byAccount, accountKey(subject, binding.manifest.namespace), binding);
      }
      if (binding.role === undefined) continue;
      for (const role of [binding.role, ...(aggregated.get(binding.role) ?? [])])
        add(this.#byRole, role, binding);
    }
  }

  /** Of a ServiceAccount: by name, or by a group of all accounts or of those of its namespace. */
  of({ namespace, name }: Account): readonly Binding[] {
    const keys = [`${namespace}/${name}`, `${namespace}/*`, "*/*"];
    return keys.flatMap((key) => this.#byAccount.get(key) ?? []);
  }

  /** Whether a ServiceAccount of this name has rights in any namespace: of one whose namespace is not written. */
  hasNamesake(name: string): boolean {
    return [...this.#byAccount.keys()].some((key) => key.endsWith(`/${name}`));
  }

  /** Of a rendered role, also through a ClusterRole that gathers it. */
  ofRole(role: Manifest): readonly Binding[] {
    return this.#byRole.get(role) ?? [];
  }
}

const known = new WeakMap<ManifestIndex, Bindings>();

/** The bindings of a rendering, read once. */
export function bindingsOf(index: ManifestIndex): Bindings {
  const before = known.get(index);
  if (before !== undefined) return before;
  const made = new Bindings(index);
  known.set(index, made);
  return made;
}

/** The account or accounts that a subject stands for; undefined for people and other groups. */
export function accountOf(subject: JsonObject, own: string | undefined): Account | undefined {
  const name = stringAt(subject, "name") ?? "";
  if (subject.kind === "ServiceAccount") {
    return { namespace: stringAt(subject, "namespace") ?? namespaceOf({ namespace: own }), name };
  }
  const user = subject.kind === "User" ? ACCOUNT_USER.exec(name) : null;
  if (user !== null) return { namespace: user[1] ?? "", name: user[2] ?? "" };
  const group = subject.kind === "Group" ? ACCOUNT_GROUP.exec(name) : null;
  return group === null ? undefined : { namespace: group[1] ?? "*", name: "*" };
}

function accountKey(subject: JsonObject, own: string | undefined): string {
  const account = accountOf(subject, own);
  return account === undefined ? "" : `${account.namespace}/${account.name}`;
}

function roleKey(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function rolesByName(index: ManifestIndex): ReadonlyMap<string, Manifest> {
  const roles = new Map<string, Manifest>();
  for (const kind of ["Role", "ClusterRole"]) {
    for (const role of index.filter({ group: RBAC, kind })) {
      roles.set(roleKey(kind === "Role" ? namespaceOf(role) : undefined, role.name), role);
    }
  }
  return roles;
}

/** Rendered ClusterRoles by the rendered one that gathers them by label. */
function aggregatedRoles(index: ManifestIndex): ReadonlyMap<Manifest, readonly Manifest[]> {
  const roles = index.filter({ group: RBAC, kind: "ClusterRole" });
  const gathering = roles.filter(({ object }) => at(object, "aggregationRule") !== undefined);
  return new Map(
    gathering.map((role) => {
      const selectors = objectsIn(at(role.object, "aggregationRule", "clusterRoleSelectors"));
      const gathered = roles.filter(({ object }) =>
        selectors.some((selector) => {
          const wanted = Object.entries(at(selector, "matchLabels") ?? {});
          return (
            wanted.length > 0 &&
            wanted.every(([label, value]) => at(object, "metadata", "labels", label) === value)
          );
        }),
      );
      return [role, gathered];
    }),
  );
}

function add<Key>(map: Map<Key, Binding[]>, key: Key, binding: Binding): void {
  const bindings = map.get(key);
  if (bindings === undefined) map.set(key, [binding]);
  else if (!bindings.includes(binding)) bindings.push(binding);
}
