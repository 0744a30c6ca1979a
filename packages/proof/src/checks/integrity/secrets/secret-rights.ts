import type { ManifestIndex } from "../../../manifest/manifest-index.ts";
import { at, objectsIn, stringAt, stringsIn } from "../../../manifest/values.ts";

const RBAC = "rbac.authorization.k8s.io";

/** What a ServiceAccount may do with Secrets, by the rendered roles that are bound to it. */
export class SecretRights {
  /** Rules by namespace; those under the empty name hold in all. Undefined: a role that is not rendered. */
  readonly #rules = new Map<string, (readonly unknown[] | undefined)[]>();

  constructor(index: ManifestIndex, account: { readonly namespace: string; readonly name: string }) {
    for (const kind of ["RoleBinding", "ClusterRoleBinding"]) {
      for (const { object, namespace: own } of index.filter({ group: RBAC, kind })) {
        const isBound = objectsIn(at(object, "subjects")).some(
          (subject) =>
            subject.kind === "ServiceAccount" &&
            subject.name === account.name &&
            (stringAt(subject, "namespace") ?? own) === account.namespace,
        );
        if (!isBound) continue;
        const role = at(object, "roleRef", "kind") === "Role" ? "Role" : "ClusterRole";
        const name = stringAt(object, "roleRef", "name") ?? "";
        const found = index.find(RBAC, role, role === "Role" ? own : undefined, name);
        const scope = kind === "RoleBinding" ? (own ?? "") : "";
        const rules = this.#rules.get(scope) ?? [];
        rules.push(found === undefined ? undefined : objectsIn(at(found.object, "rules")));
        this.#rules.set(scope, rules);
      }
    }
  }

  /** Whether one verb on one Secret is allowed. A ClusterRole of the cluster's own, unseen, is taken to allow it. */
  allows(verb: string, namespace: string, name: string): boolean {
    const roles = [...(this.#rules.get(namespace) ?? []), ...(this.#rules.get("") ?? [])];
    return roles.some((rules) => rules?.some((rule) => ruleAllows(rule, verb, name)) ?? true);
  }
}

function ruleAllows(rule: unknown, verb: string, name: string): boolean {
  const names = stringsIn(at(rule, "resourceNames"));
  // The name of what is to be created is not known when the request is authorized.
  const namesIt = names.length === 0 || (verb !== "create" && names.includes(name));
  return (
    namesIt &&
    includesOrAll(at(rule, "apiGroups"), "") &&
    includesOrAll(at(rule, "resources"), "secrets") &&
    includesOrAll(at(rule, "verbs"), verb)
  );
}

function includesOrAll(list: unknown, item: string): boolean {
  const items = stringsIn(list);
  return items.includes(item) || items.includes("*");
}
