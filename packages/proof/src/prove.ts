import type { Charge } from "./accounting/accounting.ts";
import { addressLedger } from "./addresses/address-ledger.ts";
import { summariseBudget } from "./budget.ts";
import { createContext } from "./checks/context.ts";
import { applyExceptions, exceptionsRule, type RuleText } from "./checks/exceptions.ts";
import { rules } from "./checks/registry.ts";
import type { CheckContext, Renderings } from "./checks/rule.ts";
import { type CheckResults, findRule, runChecks, selectRules } from "./checks/run-checks.ts";
import { EXIT, exitCodeOf } from "./exit-code.ts";
import { type ImageEntry, imageLedger } from "./images/image-ledger.ts";
import { describeObject, type Manifest } from "./manifest/kubernetes-object.ts";
import { containersOf } from "./manifest/workload.ts";
import type { NodeFiles } from "./node/node-paths.ts";
import { rolloutOrder } from "./order/rollout-order.ts";
import type { Plan } from "./plan/plan.ts";
import { readPlan } from "./plan/read-plan.ts";
import type { ImageRow, OrderBand, Proof } from "./proof.ts";

/** Every rule that `explain` knows, in the order of reports; the last one judges the plan's exceptions. */
export const ruleTexts: readonly RuleText[] = [...rules, exceptionsRule];

export interface ProveOptions {
  readonly manifests: readonly Manifest[];
  /** Instead of the one that the manifests carry. */
  readonly plan?: Plan | undefined;
  /** Other renderings of the same chart and profile, for the rules that compare them. */
  readonly renderings?: Renderings | undefined;
  /** The values files that the manifests were rendered from; see {@link CheckContext}. */
  readonly valueFiles?: readonly string[] | undefined;
  /** The configuration of the profile's machine; see {@link CheckContext}. */
  readonly nodeFiles?: NodeFiles | undefined;
  /** Ids of the rules to run; all when empty. */
  readonly rules?: readonly string[];
  /** YYYY-MM-DD; decides which exceptions have expired and which images are no longer mended. */
  readonly today: string;
  /** Versions of the programs that took part, by name. */
  readonly tools: Readonly<Record<string, string>>;
}

/** What a proof says about the platform itself, before any rule has run. */
export type PlatformFacts = Pick<Proof, "profile" | "budget" | "addresses" | "order" | "images">;

/**
 * Holds one rendering against its plan.
 * @throws InputError for an unknown rule id or a plan that cannot be read.
 */
export function prove(options: ProveOptions): Proof {
  const { manifests, renderings, today, tools, valueFiles, nodeFiles } = options;
  const selected = options.rules ?? [];
  for (const id of selected) findRule(ruleTexts, id);
  const context = createContext(manifests, options.plan ?? readPlan(manifests), {
    renderings,
    today,
    valueFiles,
    nodeFiles,
  });
  // Exceptions are judged by what all the other rules found.
  const results = runChecks(
    context,
    selectRules(rules, selected.includes(exceptionsRule.id) ? [] : selected),
  );
  const { findings, used } = applyExceptions({
    ...results,
    exceptions: exceptionsInForce(context, results),
    rules,
    today,
  });
  const wanted = (entry: { readonly rule: string }): boolean =>
    selected.length === 0 || selected.includes(entry.rule);
  const reported = findings.filter(wanted);
  const ran = [...results.ran, ...(context.plan === undefined ? [] : [exceptionsRule.id])];
  const { profile, ...facts } = describePlatform(context);
  return {
    schemaVersion: 1,
    profile,
    ok: exitCodeOf({ findings: reported }) === EXIT.proven,
    tools: { ...tools },
    rules: ran.filter((rule) => wanted({ rule })),
    findings: reported,
    exceptions: used.filter(wanted),
    unchecked: results.unchecked.filter(wanted),
    ...facts,
    counts: { ...countsOf(context), rules: ran.filter((rule) => wanted({ rule })).length },
  };
}

/** Budget, addresses, order and images of one rendering, without any judgement. */
export function describePlatform({ accounting, index, plan, workloads }: CheckContext): PlatformFacts {
  return {
    profile: plan?.profile ?? null,
    budget: summariseBudget(accounting, plan),
    addresses: [...addressLedger(index, plan)],
    order: rolloutOrder(index, plan).map(toBand),
    images: imageLedger(index, workloads, plan).map(toImageRow),
  };
}

/**
 * Exceptions of disabled components are out of sight, those about an image of the ledger while nothing uses it, and
 * with a selection of rules those of the others.
 */
function exceptionsInForce(
  { plan, index, workloads }: CheckContext,
  { ran }: CheckResults,
): Plan["exceptions"] {
  const complete = ran.size === rules.length;
  const known = new Set(rules.map(({ id }) => id));
  const unusedImages = new Set(
    imageLedger(index, workloads, plan)
      .filter(({ usedBy }) => usedBy.length === 0)
      .map(({ key }) => `global.images.${key}`),
  );
  return Object.fromEntries(
    Object.entries(plan?.exceptions ?? {}).filter(
      ([, { rule, component, path }]) =>
        plan?.components[component]?.enabled !== false &&
        !unusedImages.has(path) &&
        (complete || ran.has(rule) || !known.has(rule)),
    ),
  );
}

function toBand({ layer, wave, objects, components }: ReturnType<typeof rolloutOrder>[number]): OrderBand {
  return {
    layer: layer || null,
    wave: wave ?? null,
    objects,
    components: components.map(({ name, objects: own, waves }) => ({
      name: name || null,
      objects: own,
      waves: waves.map((each) => ({ ...each, kinds: { ...each.kinds } })),
    })),
  };
}

function toImageRow({ key, repository, tag, digest, endOfLife, evidence, usedBy }: ImageEntry): ImageRow {
  return {
    name: key ?? null,
    repository,
    tag: tag ?? null,
    digest: digest ?? null,
    endOfLife: endOfLife ?? null,
    evidence: evidence || null,
    users: usedBy.map((manifest) => describeObject(manifest)),
  };
}

function countsOf({ index, workloads, accounting }: CheckContext): Omit<Proof["counts"], "rules"> {
  return {
    objects: index.all.length,
    pods: steadyPods(accounting.workloads),
    declaredPods: steadyPods([...accounting.namespaces.values()].flatMap(({ dynamicPods }) => dynamicPods)),
    containers: workloads.reduce((sum, workload) => sum + containersOf(workload).length, 0),
  };
}

function steadyPods(charges: readonly Charge[]): number {
  return charges.reduce((sum, { pods, transient }) => sum + (transient ? 0 : pods.steady), 0);
}
