import type { Diagnosis } from "../doctor/examine-cluster.ts";
import { counted, forTerminal, hanging, paintOf, type ReportStyle } from "./style.ts";

/** The doctor's findings for people: what was compared, what is wrong and how to mend it. */
export function diagnosisReport(diagnosis: Diagnosis, style: ReportStyle): string {
  const paint = paintOf(style);
  const lines = [headline(diagnosis, style), ""];
  for (const { id, title, findings } of diagnosis.examined) {
    lines.push(findings === 0 ? `  ${paint.green("✓")} ${title}` : `  ${paint.red("✗")} ${title}`);
    const own = diagnosis.findings.filter((finding) => finding.id === id);
    for (const [at, { severity, object, message, fix }] of own.entries()) {
      const subject = object === "" ? "" : `${object}: `;
      const word = severity === "error" ? "error   " : "warning ";
      lines.push(...hanging(`      ${word}`, `${subject}${message}`, style.width));
      // What mends several in a row is said once.
      if (own[at + 1]?.fix !== fix) lines.push(...hanging("      fix     ", fix, style.width));
    }
  }
  for (const reason of new Set(diagnosis.unchecked.map((open) => open.reason))) {
    const ids = diagnosis.unchecked.filter((open) => open.reason === reason).map(({ id }) => id);
    lines.push(...hanging("  ? ", `${ids.join(", ")}: not checked: ${reason}`, style.width));
  }
  return forTerminal(`${lines.join("\n")}\n`, style);
}

function headline(
  { findings, installed, ok, profile, unchecked, examined }: Diagnosis,
  style: ReportStyle,
): string {
  const paint = paintOf(style);
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  const found = [
    ...(errors > 0 ? [counted(errors, "error")] : []),
    ...(warnings > 0 ? [counted(warnings, "warning")] : []),
  ];
  const verdict = installed
    ? `${profile} ${ok ? "runs as planned" : "does not run as planned"}`
    : `the node of ${profile} is ${ok ? "" : "not "}as planned, the platform is not installed yet`;
  const text = `${verdict}: ${found.join(" and ") || "no findings"}`;
  const open = unchecked.length > 0 ? `, ${unchecked.length} unchecked` : "";
  const mark = ok ? paint.green("✓") : paint.red("✗");
  return `${mark} ${paint.bold(text)}${open} (${counted(examined.length, "comparison")})`;
}
