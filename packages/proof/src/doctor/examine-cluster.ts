import type { Plan } from "../plan/plan.ts";
import { addressPool, serviceAddresses } from "./addresses.ts";
import { argocdGates } from "./argocd.ts";
import { runningPriorityClasses, storageClasses } from "./classes.ts";
import type { Answers, ClusterFacts, FactName } from "./cluster-facts.ts";
import type { Examination, Symptom } from "./examination.ts";
import { isInstalled } from "./installed.ts";
import { runningKubelet } from "./kubelet.ts";
import { closedNamespaces, runningLimitRanges } from "./namespace-defaults.ts";
import { k3sVersion, nodeCapacity } from "./node-capacity.ts";
import { runningComponents } from "./packaged-components.ts";
import { planRecord } from "./plan-record.ts";
import { declaredPods, podsWithoutLimits } from "./pods.ts";
import { runningQuotas } from "./quotas.ts";
import { ledgerOfSecrets } from "./secrets.ts";
import { startingPods } from "./starting-pods.ts";
import { switchedOffComponents } from "./switched-off.ts";

/** In the order of reports: the machine first, what stands on it after. */
const examinations: readonly Examination[] = [
  nodeCapacity,
  k3sVersion,
  runningKubelet,
  runningComponents,
  storageClasses,
  runningPriorityClasses,
  runningQuotas,
  runningLimitRanges,
  closedNamespaces,
  startingPods,
  podsWithoutLimits,
  declaredPods,
  switchedOffComponents,
  addressPool,
  serviceAddresses,
  argocdGates,
  ledgerOfSecrets,
  planRecord,
];

/** What the doctor found; written out as `--format json`, whose shape `schemaVersion` numbers. */
export interface Diagnosis {
  readonly schemaVersion: 1;
  readonly profile: string;
  /** Whether anything of the platform is there; before that only the node is compared. */
  readonly installed: boolean;
  /** No error; warnings do not count. */
  readonly ok: boolean;
  /** Every comparison that was made, found something or not. */
  readonly examined: readonly { readonly id: string; readonly title: string; readonly findings: number }[];
  readonly findings: readonly ({ readonly id: string } & Symptom)[];
  /** Comparisons that could not be made, and why. */
  readonly unchecked: readonly { readonly id: string; readonly reason: string }[];
}

/** Compares a plan with what its cluster answers. */
export function examineCluster(plan: Plan, facts: ClusterFacts): Diagnosis {
  const answers = Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, "value" in fact ? fact.value : undefined]),
  ) as Answers;
  const examined: { id: string; title: string; findings: number }[] = [];
  const findings: ({ id: string } & Symptom)[] = [];
  const unchecked: { id: string; reason: string }[] = [];
  const installed = isInstalled(plan, facts);
  for (const { id, title, needs, examine } of examinations) {
    if (!installed && !needs.every((name) => OF_THE_NODE.has(name))) {
      unchecked.push({ id, reason: NOT_INSTALLED });
      continue;
    }
    const problems = needs.flatMap((name) => {
      const fact = facts[name];
      return "problem" in fact ? [fact.problem] : [];
    });
    const [problem] = problems;
    if (problem !== undefined) {
      unchecked.push({ id, reason: problem });
      continue;
    }
    const symptoms = [...examine(plan, answers)];
    findings.push(...symptoms.map((symptom) => ({ id, ...symptom })));
    examined.push({ id, title, findings: symptoms.length });
  }
  const ok = findings.every(({ severity }) => severity !== "error");
  return { schemaVersion: 1, profile: plan.profile, installed, ok, examined, findings, unchecked };
}

/** What a node has to say before anything is installed on it; all else is about what Argo CD installs. */
const OF_THE_NODE: ReadonlySet<FactName> = new Set(["node", "configz", "pods", "podMetrics"]);

const NOT_INSTALLED = "the platform is not installed yet: `platform bootstrap` does it";
