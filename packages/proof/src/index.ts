export { createContext } from "./checks/context.ts";
export type { RuleText } from "./checks/exceptions.ts";
export { rules } from "./checks/registry.ts";
export type {
  CheckContext,
  Explanation,
  Problem,
  Renderings,
  Rule,
  RuleGroup,
  Severity,
  Unchecked,
} from "./checks/rule.ts";
export { findRule } from "./checks/run-checks.ts";
export { type ClusterFacts, FACT_NAMES, type Fact, type FactName } from "./doctor/cluster-facts.ts";
export { type Diagnosis, examineCluster } from "./doctor/examine-cluster.ts";
export { InputError, type InputErrorDetails, isInputError } from "./errors.ts";
export { EXIT, type ExitCode, exitCodeOf } from "./exit-code.ts";
export type { KubernetesObject, Manifest, ObjectReference, Source } from "./manifest/kubernetes-object.ts";
export { ManifestIndex, type ManifestQuery } from "./manifest/manifest-index.ts";
export { parseManifests } from "./manifest/parse-manifests.ts";
export { nearest } from "./nearest.ts";
export { nodeFiles } from "./node/node-files.ts";
export type { NodeFiles } from "./node/node-paths.ts";
export { bootstrapApplies } from "./order/bootstrap.ts";
export { globalJsonSchema } from "./plan/global-json-schema.ts";
export { globalSchema, type Plan, planSchema } from "./plan/plan.ts";
export { readPlan, readPlanFile } from "./plan/read-plan.ts";
export { printable } from "./printable.ts";
export {
  type AddressRow,
  type Budget,
  type Finding,
  type ImageRow,
  type LayerBudget,
  type NamespaceBudget,
  type NodeBudget,
  type OrderBand,
  type Proof,
  proofSchema,
  type UncheckedEntry,
  type UsedException,
} from "./proof.ts";
export { proofJsonSchema } from "./proof-json-schema.ts";
export { describePlatform, type PlatformFacts, type ProveOptions, prove, ruleTexts } from "./prove.ts";
export {
  DEFAULT_PROFILE,
  HELM_VERSION,
  type Helm,
  K3S_VERSION,
  KUBERNETES_VERSION,
  listProfiles,
  type ObtainHelmOptions,
  OLDEST_HELM_VERSION,
  obtainHelm,
  openPlatform,
  type Platform,
  type PlatformOptions,
  type Rendering,
  type RenderSelection,
} from "./rendering.ts";
export { budgetTable } from "./report/budget-table.ts";
export { diagnosisReport } from "./report/diagnosis.ts";
export { explainRule, listRules } from "./report/explain.ts";
export { addressTable, imageTable, orderTable } from "./report/platform-tables.ts";
export {
  REPORT_FORMATS,
  type ReportFormat,
  type ReportOptions,
  report,
  reportFormat,
} from "./report/report.ts";
export type { ReportStyle } from "./report/style.ts";
