import type { RuleText } from "../checks/exceptions.ts";
import type { Finding, Proof } from "../proof.ts";
import { figuresOf, subjectOf } from "./finding-text.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
/** Where findings without an object belong: the plan. */
const PLAN_FILE = "charts/platform-umbrella/values.yaml";

/** SARIF 2.1.0, one run per profile. Rendered lines have no counterpart in a template: its first line stands for it. */
export function sarifReport(proofs: readonly Proof[], rules: readonly RuleText[]): string {
  const log = { $schema: SCHEMA, version: "2.1.0", runs: proofs.map((proof) => toRun(proof, rules)) };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function toRun(proof: Proof, rules: readonly RuleText[]) {
  const ruleIndexes = new Map(rules.map(({ id }, at) => [id, at]));
  return {
    tool: {
      driver: {
        name: "platform",
        version: proof.tools.platform ?? "0",
        rules: rules.map(({ id, title, explanation, severity, group }) => ({
          id,
          shortDescription: { text: title },
          fullDescription: { text: explanation.protects },
          help: { text: `${explanation.incident}\n\n${explanation.fix}\n\nSource: ${explanation.source}` },
          defaultConfiguration: { level: severity },
          properties: { tags: [group] },
        })),
      },
    },
    automationDetails: { id: `platform/${proof.profile ?? "manifests"}/` },
    columnKind: "utf16CodeUnits",
    results: proof.findings.map((finding) => toResult(finding, ruleIndexes.get(finding.rule) ?? -1)),
  };
}

function toResult(finding: Finding, ruleIndex: number) {
  const { rule, code, severity, message, path, fix } = finding;
  const figures = figuresOf(finding);
  const subject = subjectOf(finding);
  return {
    ruleId: rule,
    ruleIndex,
    level: severity,
    message: { text: `${subject}: ${message}${figures === "" ? "" : ` (${figures})`}. To mend it: ${fix}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: fileOf(finding) },
          region: { startLine: lineOf(finding) },
        },
        logicalLocations: [
          { fullyQualifiedName: path === null ? subject : `${subject} ${path}`, kind: "resource" },
        ],
      },
    ],
    // Stable while the object keeps its name, wherever its template moves.
    partialFingerprints: { "platformFinding/v1": [rule, code, subject, path ?? ""].join("|") },
    properties: { code },
  };
}

function fileOf({ chart, template, source }: Finding): string {
  if (chart !== null && template !== null) return encodeURI(`charts/${chart}/${template}`);
  return source === null || source.file === "-" ? PLAN_FILE : encodeURI(source.file);
}

function lineOf({ template, source }: Finding): number {
  return template !== null || source === null || source.file === "-" ? 1 : source.line;
}
