import type { Manifest } from "../../manifest/kubernetes-object.ts";
import { at, objectsIn, stringAt } from "../../manifest/values.ts";

/** The list of what is refused counts first; a list of what is admitted refuses the rest. */
export function namespacedRefusal(project: Manifest): (group: string, kind: string) => boolean {
  const refused = kindsIn(project, "namespaceResourceBlacklist");
  const admitted = kindsIn(project, "namespaceResourceWhitelist");
  const matches = (entries: readonly ListedKind[], group: string, kind: string): boolean =>
    entries.some((entry) => ["*", group].includes(entry.group) && ["*", kind].includes(entry.plainKind));
  return (group, kind) =>
    matches(refused, group, kind) || (admitted.length > 0 && !matches(admitted, group, kind));
}

interface ListedKind {
  readonly group: string;
  readonly plainKind: string;
  readonly kind: string;
  readonly path: string;
}

export function kindsIn(project: Manifest, field: string): readonly ListedKind[] {
  return objectsIn(at(project.object, "spec", field)).map((entry, position) => {
    const group = stringAt(entry, "group") ?? "";
    const plainKind = stringAt(entry, "kind") ?? "";
    return { group, plainKind, kind: kindName(group, plainKind), path: `spec.${field}[${position}]` };
  });
}

export function kindName(group: string, kind: string): string {
  return group === "" ? kind : `${group}/${kind}`;
}

/** Argo CD matches names by patterns (glob), and `!` takes names out of one. */
export function isPattern(text: string): boolean {
  return /[*?[{!]/.test(text);
}
