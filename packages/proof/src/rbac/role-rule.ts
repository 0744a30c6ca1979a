import type { Manifest } from "../manifest/kubernetes-object.ts";
import { objectsIn, stringsIn } from "../manifest/values.ts";

/** One rule of a Role or ClusterRole; lists as written, what is no string left out. */
export interface RoleRule {
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Empty: all of them. */
  readonly names: readonly string[];
  readonly urls: readonly string[];
  /** `rules[2]`. */
  readonly path: string;
}

export function rulesOf({ object }: Manifest): readonly RoleRule[] {
  return objectsIn(object.rules).map((rule, position) => ({
    groups: stringsIn(rule.apiGroups),
    resources: stringsIn(rule.resources),
    verbs: stringsIn(rule.verbs),
    names: stringsIn(rule.resourceNames),
    urls: stringsIn(rule.nonResourceURLs),
    path: `rules[${position}]`,
  }));
}
