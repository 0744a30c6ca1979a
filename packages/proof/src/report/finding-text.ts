import type { Finding, UncheckedEntry } from "../proof.ts";

/** `Deployment data/redis`; a values path or the platform for findings on no object. */
export function subjectOf({ object, path }: Pick<Finding, "object"> & { path?: string | null }): string {
  if (object === null) return path?.startsWith("global.") ? "the plan" : "the platform";
  return `${object.kind} ${object.namespace === null ? "" : `${object.namespace}/`}${object.name}`;
}

/** `data-services templates/redis/deployment.yaml`, or file and line where no Helm comment says so. */
export function placeOf({ chart, template, source }: Pick<Finding, "chart" | "template" | "source">): string {
  if (chart !== null) return template === null ? chart : `${chart} ${template}`;
  if (source === null) return "";
  return source.file === "-" ? `standard input, line ${source.line}` : `${source.file}:${source.line}`;
}

/** `found 3 Gi, limit 2 Gi`; empty when the finding carries no figures. */
export function figuresOf({ actual, limit }: Pick<Finding, "actual" | "limit">): string {
  const parts = [
    ...(actual === null ? [] : [`found ${actual}`]),
    ...(limit === null ? [] : [`limit ${limit}`]),
  ];
  return parts.join(", ");
}

/** Entries by rule, in order of first appearance. */
export function byRule<Entry extends { readonly rule: string }>(
  entries: readonly Entry[],
): ReadonlyMap<string, readonly Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.rule);
    if (group === undefined) groups.set(entry.rule, [entry]);
    else group.push(entry);
  }
  return groups;
}

/**
 * One phrase per reason that several rules share, which names them; then one per rule: how often, and why (the
 * first reason stands for all of a rule's).
 */
export function uncheckedPhrases(unchecked: readonly UncheckedEntry[]): string[] {
  const sharers = new Map<string, Set<string>>();
  for (const { rule, reason } of unchecked) sharers.set(reason, (sharers.get(reason) ?? new Set()).add(rule));
  const isShared = (reason: string): boolean => (sharers.get(reason)?.size ?? 0) > 1;
  const shared = [...sharers].filter(([reason]) => isShared(reason));
  return [
    ...shared.map(([reason, rules]) => `${rules.size} rules: ${reason} (${[...rules].join(", ")})`),
    ...[...byRule(unchecked.filter(({ reason }) => !isShared(reason)))].map(([rule, entries]) => {
      const reasons = new Set(entries.map(({ reason }) => reason));
      const [first = ""] = reasons;
      const more = reasons.size > 1 ? `, and ${reasons.size - 1} more` : "";
      return `${rule}${entries.length > 1 ? ` ×${entries.length}` : ""}: ${first}${more}`;
    }),
  ];
}
