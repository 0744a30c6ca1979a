import type { ManifestIndex } from "../../../manifest/manifest-index.ts";
import { type Account, bindingsOf } from "../../../rbac/bindings.ts";
import { type RoleRule, rulesOf } from "../../../rbac/role-rule.ts";

/** What a ServiceAccount may do with Secrets, by the rendered roles that are bound to it. */
export class SecretRights {
  /** Rules by namespace; those under the empty name hold in all. Undefined: a role that is not rendered. */
  readonly #rules = new Map<string, (readonly RoleRule[] | undefined)[]>();

  constructor(index: ManifestIndex, account: Account) {
    for (const { namespace = "", role } of bindingsOf(index).of(account)) {
      const rules = this.#rules.get(namespace) ?? [];
      rules.push(role === undefined ? undefined : rulesOf(role));
      this.#rules.set(namespace, rules);
    }
  }

  /** Whether one verb on one Secret is allowed. A ClusterRole of the cluster's own, unseen, is taken to allow it. */
  allows(verb: string, namespace: string, name: string): boolean {
    const roles = [...(this.#rules.get(namespace) ?? []), ...(this.#rules.get("") ?? [])];
    return roles.some((rules) => rules?.some((rule) => ruleAllows(rule, verb, name)) ?? true);
  }
}

function ruleAllows({ names, groups, resources, verbs }: RoleRule, verb: string, name: string): boolean {
  // The name of what is to be created is not known when the request is authorized.
  const namesIt = names.length === 0 || (verb !== "create" && names.includes(name));
  return (
    namesIt && includesOrAll(groups, "") && includesOrAll(resources, "secrets") && includesOrAll(verbs, verb)
  );
}

function includesOrAll(items: readonly string[], item: string): boolean {
  return items.includes(item) || items.includes("*");
}
