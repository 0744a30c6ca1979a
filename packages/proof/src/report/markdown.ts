import type { Finding, Proof } from "../proof.ts";
import { addressStrip } from "./address-strip.ts";
import { memory } from "./figures.ts";
import { byRule, figuresOf, placeOf, subjectOf, uncheckedPhrases } from "./finding-text.ts";
import { counted } from "./style.ts";
import { verdict } from "./verdict.ts";

/** For pull requests and step summaries: the verdict, the budget, and what was found, rule by rule. */
export function markdownReport(proofs: readonly Proof[]): string {
  return `${proofs.map((proof) => section(proof).join("\n")).join("\n\n")}\n`;
}

function section(proof: Proof): string[] {
  return [
    `### ${proof.ok ? "✓" : "✗"} ${escapeMarkdown(verdict(proof))}`,
    ...layerTable(proof),
    ...(proof.addresses.length === 0
      ? []
      : ["", `Addresses: ${escapeMarkdown(addressStrip(proof.addresses).join("; "))}`]),
    ...[...byRule(proof.findings)].flatMap(([rule, own]) => [
      "",
      `#### ${rule} (${counted(own.length, "finding")})`,
      "",
      ...own.map(item),
    ]),
    ...folded(
      counted(proof.exceptions.length, "exception"),
      proof.exceptions.map(({ object, rule, reason }) => `${object}, ${rule}: ${reason}`),
    ),
    ...folded(`${proof.unchecked.length} unchecked`, uncheckedPhrases(proof.unchecked)),
  ];
}

function layerTable({ budget }: Proof): string[] {
  if (budget.layers.length === 0) return [];
  return [
    "",
    "| layer | steady | worst | budget | headroom |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...budget.layers.map(({ name, limits, terminating, budget: share, headroom }) => {
      const figures = [limits, terminating, share, headroom].map(memory);
      return `| ${name} | ${figures.join(" | ")} |`;
    }),
  ];
}

function item(finding: Finding): string {
  const figures = figuresOf(finding);
  const place = placeOf(finding);
  const where = [place, finding.path ?? ""]
    .filter((text) => text !== "")
    .map((text) => `\`${text.replaceAll("`", "'")}\``);
  return [
    `- **${escapeMarkdown(subjectOf(finding))}**: ${escapeMarkdown(finding.message)}`,
    ...(figures === "" ? [] : [` (${escapeMarkdown(figures)})`]),
    ...(where.length === 0 ? [] : [` in ${where.join(" at ")}`]),
    `. ${escapeMarkdown(finding.fix)}`,
  ].join("");
}

function folded(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const items = lines.map((line) => `- ${escapeMarkdown(line)}`);
  return ["", `<details><summary>${title}</summary>`, "", ...items, "", "</details>"];
}

/** Names and messages come from manifests: they must not become markup or mention anybody. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_[\]<>|#]/g, "\\$&")
    .replaceAll("@", "@\u200b")
    .replaceAll("\n", " ");
}
