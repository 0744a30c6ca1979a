import type { Finding, OrderBand, Proof } from "../proof.ts";
import { addressStrip } from "./address-strip.ts";
import { byRule, figuresOf, placeOf, subjectOf, uncheckedPhrases } from "./finding-text.ts";
import { memoryBars, nodeLines } from "./memory-bars.ts";
import { counted, forTerminal, hanging, type Paint, paintOf, type ReportStyle } from "./style.ts";
import { verdict } from "./verdict.ts";

/** Lines that most terminals show at once. */
const SCREEN = 30;

/** The verdict in one screen, then every finding, then what was not checked. */
export function prettyReport(proofs: readonly Proof[], style: ReportStyle): string {
  const paint = paintOf(style);
  const screens = proofs.map((proof) => screen(proof, style, paint).join("\n"));
  return forTerminal(`${screens.join("\n\n")}\n`, style);
}

function screen(proof: Proof, style: ReportStyle, paint: Paint): string[] {
  const headline = hanging(proof.ok ? "✓ " : "✗ ", verdict(proof), style.width);
  const headlines = headline.map((line) => paint.bold(proof.ok ? paint.green(line) : paint.red(line)));
  const findings = findingLines(proof.findings, style, paint);
  const unchecked = section("unchecked", uncheckedPhrases(proof.unchecked), style, paint);
  const { node, layers } = proof.budget;
  return [
    ...headlines,
    "",
    ...(layers.length > 0 ? [...memoryBars(layers, style, paint), ""] : []),
    ...(node === null ? [] : section("node", nodeLines(node, style), style, paint)),
    ...section("addresses", addressStrip(proof.addresses), style, paint),
    ...section("order", bandPhrases(proof.order), style, paint),
    ...section("exceptions", exceptionPhrases(proof), style, paint),
    ...findings,
    ...(findings.length > 0 && unchecked.length > 0 ? ["", ...unchecked] : unchecked),
    // After a long list the verdict would be out of sight.
    ...(findings.length + unchecked.length > SCREEN ? ["", ...headlines] : []),
  ];
}

/** A title in the margin and lines beside it; nothing at all when there are none. */
function section(title: string, lines: readonly string[], style: ReportStyle, paint: Paint): string[] {
  return lines.flatMap((line, at) => {
    const [first = "", ...rest] = hanging((at === 0 ? title : "").padEnd(11), line, style.width);
    return [paint.dim(first.slice(0, 11)) + first.slice(11), ...rest];
  });
}

function bandPhrases(order: readonly OrderBand[]): string[] {
  if (order.length === 0) return [];
  const bands = order.map(({ layer, wave, objects }) =>
    layer === null ? `outside every band ${objects}` : `${wave} ${layer} ${objects}`,
  );
  return [bands.join(" → ")];
}

function exceptionPhrases({ exceptions }: Proof): string[] {
  if (exceptions.length === 0) return [];
  const excused = exceptions.reduce((sum, { findings }) => sum + findings, 0);
  return [
    `${counted(exceptions.length, "exception")} for ${counted(excused, "finding")}, each with a reason in the plan`,
  ];
}

function findingLines(findings: readonly Finding[], style: ReportStyle, paint: Paint): string[] {
  return [...byRule(findings)].flatMap(([rule, own]) => [
    "",
    `${paint.bold(rule)} ${paint.dim(`· ${counted(own.length, "finding")} · platform explain ${rule}`)}`,
    ...own.flatMap((finding) => findingText(finding, style, paint)),
  ]);
}

function findingText(finding: Finding, style: ReportStyle, paint: Paint): string[] {
  const { severity, code, message, path, fix } = finding;
  const isError = severity === "error";
  const [title = "", ...titleRest] = hanging(
    isError ? "  ✗ " : "  ⚠ ",
    `${subjectOf(finding)} · ${code}`,
    style.width,
  );
  const detail = (label: string, text: string): string[] =>
    text === "" ? [] : hanging(`      ${label}`, text, style.width);
  return [
    ...[title, ...titleRest].map((line) => (isError ? paint.red(line) : paint.yellow(line))),
    ...detail("", message),
    ...detail("", figuresOf(finding)),
    ...detail("in  ", placeOf(finding)).map(paint.dim),
    ...detail("at  ", path ?? "").map(paint.dim),
    ...detail("fix ", fix),
  ];
}
