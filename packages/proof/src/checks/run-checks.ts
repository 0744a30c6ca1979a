import { InputError } from "../errors.ts";
import { type Manifest, type ObjectReference, referenceOf } from "../manifest/kubernetes-object.ts";
import { nearest } from "../nearest.ts";
import type { Finding, UncheckedEntry } from "../proof.ts";
import type { CheckContext, PlannedContext, Problem, Renderings, Rule, Unchecked } from "./rule.ts";

/** What the rules had to say, in the order of the registry. */
export interface CheckResults {
  readonly findings: readonly Finding[];
  readonly unchecked: readonly UncheckedEntry[];
  /** Ids of the rules that ran; the others are in `unchecked`. */
  readonly ran: ReadonlySet<string>;
}

/** Runs rules on one rendering. A rule that throws is a defect of that rule: the error names it. */
export function runChecks(context: CheckContext, selected: readonly Rule[]): CheckResults {
  const findings: Finding[] = [];
  const unchecked: UncheckedEntry[] = [];
  const ran = new Set<string>();
  for (const rule of selected) {
    try {
      const results = start(rule, context);
      if (typeof results === "string") {
        unchecked.push(uncheckedEntry(rule, { unchecked: results }));
        continue;
      }
      ran.add(rule.id);
      for (const result of results) {
        if ("unchecked" in result) unchecked.push(uncheckedEntry(rule, result));
        else findings.push(toFinding(rule, result));
      }
    } catch (cause) {
      throw new Error(`rule ${rule.id} failed: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  }
  return { findings, unchecked, ran };
}

/** The rules of these ids, in the registry's order; all when none is named. */
export function selectRules(rules: readonly Rule[], ids: readonly string[]): readonly Rule[] {
  if (ids.length === 0) return rules;
  for (const id of ids) findRule(rules, id);
  return rules.filter((rule) => ids.includes(rule.id));
}

/** The rule of this id, or an error that names the nearest one. */
export function findRule<Named extends { readonly id: string }>(rules: readonly Named[], id: string): Named {
  const rule = rules.find((candidate) => candidate.id === id);
  if (rule !== undefined) return rule;
  const meant = nearest(
    id,
    rules.map((candidate) => candidate.id),
  );
  throw new InputError({
    what: `there is no rule ${id}`,
    fix: meant === undefined ? "`platform explain` lists every rule" : `did you mean ${meant}?`,
  });
}

/** The results of a rule, or the reason why it cannot run. */
function start(rule: Rule, context: CheckContext): Iterable<Problem | Unchecked> | string {
  if (rule.needs === undefined) return rule.check(context);
  if (context.plan === undefined) {
    return "a plan is needed, but the manifests carry no plan (ConfigMap platform-plan) and --plan names none";
  }
  if (rule.needs === "plan") return rule.check(context as PlannedContext);
  if (context.renderings === undefined)
    return "several renderings are compared: `prove --thorough` makes them";
  return rule.check(context as PlannedContext & { readonly renderings: Renderings });
}

function toFinding(rule: Rule, problem: Problem): Finding {
  return {
    rule: rule.id,
    code: problem.code,
    severity: rule.severity,
    message: problem.message,
    ...origin(problem),
    path: problem.path ?? null,
    actual: problem.actual ?? null,
    limit: problem.limit ?? null,
    fix: problem.fix,
  };
}

function uncheckedEntry(rule: Rule, entry: Unchecked): UncheckedEntry {
  return { rule: rule.id, reason: entry.unchecked, ...origin(entry) };
}

interface Origin {
  readonly manifest?: Manifest | undefined;
  readonly object?: ObjectReference | undefined;
}

function origin({ manifest, object }: Origin): Pick<Finding, "object" | "chart" | "template" | "source"> {
  const reference = object ?? (manifest && referenceOf(manifest));
  return {
    object: reference
      ? {
          apiVersion: reference.apiVersion,
          kind: reference.kind,
          namespace: reference.namespace ?? null,
          name: reference.name,
        }
      : null,
    chart: manifest?.source.chart ?? null,
    template: manifest?.source.template ?? null,
    source: manifest
      ? { file: manifest.source.file, document: manifest.source.document, line: manifest.source.line }
      : null,
  };
}
