import type { Accounting } from "../accounting/accounting.ts";
import type { Manifest, ObjectReference } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import type { Workload } from "../manifest/workload.ts";
import type { NodeFiles } from "../node/node-paths.ts";
import type { Plan } from "../plan/plan.ts";

export type RuleGroup =
  | "budget"
  | "addresses"
  | "order"
  | "priority"
  | "integrity"
  | "network"
  | "security"
  | "gitops"
  | "node";

export type Severity = "error" | "warning";

/** What `platform explain <rule>` prints, in plain sentences. */
export interface Explanation {
  /** What the rule protects. */
  readonly protects: string;
  /** The incident that it would have prevented. */
  readonly incident: string;
  /** How to mend a finding. */
  readonly fix: string;
  /** Upstream documentation or source file with version. */
  readonly source: string;
}

/** One thing that is wrong. `message` says what, `fix` how to mend it; figures carry their unit. */
export interface Problem<Code extends string = string> {
  readonly code: Code;
  /** The object at fault. Its source gives chart and template. Absent for findings on the plan or the node. */
  readonly manifest?: Manifest | undefined;
  /** When no manifest stands for it (a namespace of the plan, an object that is missing). */
  readonly object?: ObjectReference | undefined;
  /** Field path in the object (`spec.template.spec.containers[0].resources`) or values path (`global.node`). */
  readonly path?: string | undefined;
  readonly message: string;
  readonly actual?: string | number | undefined;
  readonly limit?: string | number | undefined;
  readonly fix: string;
}

/** Something that a rule could not check; counted and listed, never skipped in silence. */
export interface Unchecked {
  readonly unchecked: string;
  readonly manifest?: Manifest | undefined;
  readonly object?: ObjectReference | undefined;
}

/** Several renderings of one chart and profile, for the rules that compare them. */
export interface Renderings {
  /** `global.render=root`. */
  readonly root: ManifestIndex;
  /** `global.render=foundation` and one per enabled component, by name. */
  readonly components: ReadonlyMap<string, ManifestIndex>;
  /** The same rendering as the one under proof, made a second time. */
  readonly again: ManifestIndex;
}

export interface CheckContext {
  readonly index: ManifestIndex;
  /** From the ConfigMap `platform-plan` of the stream or from `--plan`; undefined for foreign manifests. */
  readonly plan: Plan | undefined;
  /** Every object that makes pods. */
  readonly workloads: readonly Workload[];
  readonly accounting: Accounting;
  /** Only with `prove --thorough` and in `pnpm test`. */
  readonly renderings: Renderings | undefined;
  /** YYYY-MM-DD; undefined where nobody says which day it is. */
  readonly today: string | undefined;
  /**
   * The values files that this rendering was made from, relative to the umbrella chart where they are in it;
   * undefined for manifests that somebody else rendered.
   */
  readonly valueFiles: readonly string[] | undefined;
  /**
   * The configuration of the machine, text by path below `/`; undefined for manifests that somebody else
   * rendered and for a profile without one.
   */
  readonly nodeFiles: NodeFiles | undefined;
}

/** A context whose plan is known, for rules that declare `needs: ["plan"]`. */
export type PlannedContext = CheckContext & { readonly plan: Plan };

interface RuleBase<Code extends string> {
  /** Kebab-case: `quota-fits`. */
  readonly id: string;
  readonly group: RuleGroup;
  readonly severity: Severity;
  readonly title: string;
  readonly explanation: Explanation;
  /** Every code that the rule can report, with what it says; a code that is not listed does not compile. */
  readonly codes: Readonly<Record<Code, string>>;
}

export interface PlainRule<Code extends string = string> extends RuleBase<Code> {
  readonly needs?: never;
  readonly check: (context: CheckContext) => Iterable<Problem<Code> | Unchecked>;
}

/** Listed as unchecked, not run, when the stream carries no plan. */
export interface PlannedRule<Code extends string = string> extends RuleBase<Code> {
  readonly needs: "plan";
  readonly check: (context: PlannedContext) => Iterable<Problem<Code> | Unchecked>;
}

/** Runs only with several renderings. */
export interface ThoroughRule<Code extends string = string> extends RuleBase<Code> {
  readonly needs: "renderings";
  readonly check: (
    context: PlannedContext & { readonly renderings: Renderings },
  ) => Iterable<Problem<Code> | Unchecked>;
}

export type Rule = PlainRule | PlannedRule | ThoroughRule;

/**
 * Defines a rule; the type parameter is inferred from `codes`.
 * @example
 * export const validWave = defineRule({ id: "valid-wave", group: "order", codes: {…}, *check({ index }) {…} });
 */
export function defineRule<Code extends string>(rule: PlainRule<Code>): PlainRule<Code>;
export function defineRule<Code extends string>(rule: PlannedRule<Code>): PlannedRule<Code>;
export function defineRule<Code extends string>(rule: ThoroughRule<Code>): ThoroughRule<Code>;
export function defineRule(rule: Rule): Rule {
  return rule;
}
