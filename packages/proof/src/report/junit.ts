import type { RuleText } from "../checks/exceptions.ts";
import type { Finding, Proof } from "../proof.ts";
import { figuresOf, placeOf, subjectOf, uncheckedPhrases } from "./finding-text.ts";

/** JUnit XML: a suite per profile, a case per rule. Warnings are output, not failures. */
export function junitReport(proofs: readonly Proof[], rules: readonly RuleText[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="platform">',
    ...proofs.flatMap((proof) => suite(proof, rules)),
    "</testsuites>",
    "",
  ].join("\n");
}

function suite(proof: Proof, rules: readonly RuleText[]): string[] {
  const groups = new Map(rules.map(({ id, group }) => [id, group]));
  const ids = [...new Set([...proof.rules, ...proof.unchecked.map(({ rule }) => rule)])];
  const failed = new Set(errorsOf(proof.findings).map(({ rule }) => rule));
  const skipped = ids.filter((id) => !proof.rules.includes(id));
  return [
    `  <testsuite name="${escapeXml(proof.profile ?? "manifests")}" tests="${ids.length}" failures="${failed.size}" errors="0" skipped="${skipped.length}">`,
    ...ids.flatMap((id) => testCase(id, groups.get(id) ?? "rule", proof)),
    "  </testsuite>",
  ];
}

function testCase(id: string, group: string, proof: Proof): string[] {
  const own = proof.findings.filter(({ rule }) => rule === id);
  const errors = errorsOf(own);
  const notes = [
    ...own.filter(({ severity }) => severity === "warning").map((finding) => `warning: ${textOf(finding)}`),
    ...uncheckedPhrases(proof.unchecked.filter(({ rule }) => rule === id)).map(
      (phrase) => `unchecked: ${phrase}`,
    ),
  ];
  const content = [
    ...(proof.rules.includes(id) ? [] : ["      <skipped/>"]),
    ...(errors.length === 0
      ? []
      : [
          `      <failure type="${escapeXml(errors[0]?.code ?? "")}" message="${escapeXml(errors[0]?.message ?? "")}">${escapeXml(errors.map(textOf).join("\n"))}</failure>`,
        ]),
    ...(notes.length === 0 ? [] : [`      <system-out>${escapeXml(notes.join("\n"))}</system-out>`]),
  ];
  const head = `    <testcase classname="${group}" name="${id}"`;
  return content.length === 0 ? [`${head}/>`] : [`${head}>`, ...content, "    </testcase>"];
}

function errorsOf(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ severity }) => severity === "error");
}

function textOf(finding: Finding): string {
  const details = [figuresOf(finding), placeOf(finding), finding.path ?? ""].filter((text) => text !== "");
  const where = details.length === 0 ? "" : ` (${details.join("; ")})`;
  return `${subjectOf(finding)}: ${finding.message}${where}. ${finding.fix}`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** XML 1.0 admits no control characters, not even escaped. */
function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are to be removed
      .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd")
      .replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter)
  );
}
