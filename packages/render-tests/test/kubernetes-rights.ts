import type { ManifestIndex } from "@t495/proof";

/** What somebody asks the API server for. */
export interface ApiRequest {
  readonly verb: string;
  readonly group: string;
  /** Plural, with its subresource: `services/status`. */
  readonly resource: string;
  /** Undefined for every namespace and for cluster-scoped kinds. */
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** A rule of a role, as it is written; those about URLs have no groups. */
type WrittenRule = Partial<Rule>;

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

interface Grant extends Rule {
  /** Undefined: in every namespace. */
  readonly namespace: string | undefined;
}

interface Role {
  readonly rules: readonly WrittenRule[];
}

interface Binding {
  readonly metadata: { readonly namespace?: string };
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly namespace: string; readonly name: string }[];
}

/**
 * What the rendered roles permit a ServiceAccount, and which of it was ever asked for.
 * Source: kubernetes 1.36, pkg/apis/rbac/v1/evaluation_helpers.go (a rule with names permits no list and no watch
 * without a name).
 */
export class Rights {
  readonly refused: string[] = [];
  private readonly used = new Set<string>();

  private constructor(private readonly grants: readonly Grant[]) {}

  static of(manifests: ManifestIndex, namespace: string, account: string): Rights {
    const bindings = ["ClusterRoleBinding", "RoleBinding"]
      .flatMap((kind) => manifests.filter({ kind }))
      .map(({ object }) => object as unknown as Binding)
      .filter(({ subjects }) =>
        subjects.some((subject) => subject.namespace === namespace && subject.name === account),
      );
    const grants = bindings.flatMap(({ metadata, roleRef }) => {
      const role = manifests
        .filter({ kind: roleRef.kind })
        .find(({ name, namespace: at }) => name === roleRef.name && (at ?? undefined) === metadata.namespace);
      if (role === undefined)
        throw new Error(`a binding names ${roleRef.kind} ${roleRef.name}: not rendered`);
      const { rules } = role.object as unknown as Role;
      return rules
        .filter((rule): rule is Rule => rule.apiGroups !== undefined)
        .map((rule) => ({ ...rule, namespace: metadata.namespace }));
    });
    if (grants.length === 0) throw new Error(`nothing is bound to ${namespace}/${account}`);
    return new Rights(grants);
  }

  permits(request: ApiRequest): boolean {
    const { verb, group, resource, namespace, name } = request;
    const granted = this.grants.filter(
      (grant) =>
        (grant.namespace === undefined || grant.namespace === namespace) &&
        grant.apiGroups.includes(group) &&
        grant.resources.includes(resource) &&
        grant.verbs.includes(verb) &&
        (grant.resourceNames === undefined || grant.resourceNames.includes(name ?? "")),
    );
    for (const grant of granted) this.used.add(describe(grant, verb, group, resource));
    if (granted.length === 0)
      this.refused.push(`${verb} ${resource} in ${namespace ?? "the cluster"} (${name ?? "all"})`);
    return granted.length > 0;
  }

  /** What is permitted and was not asked for. */
  unused(): string[] {
    return this.grants
      .flatMap((grant) =>
        grant.apiGroups.flatMap((group) =>
          grant.resources.flatMap((resource) =>
            grant.verbs.map((verb) => describe(grant, verb, group, resource)),
          ),
        ),
      )
      .filter((right) => !this.used.has(right))
      .sort();
  }
}

function describe({ namespace }: Grant, verb: string, group: string, resource: string): string {
  const kind = group === "" ? resource : `${resource}.${group}`;
  return namespace === undefined ? `${verb} ${kind}` : `${verb} ${kind} in ${namespace}`;
}
