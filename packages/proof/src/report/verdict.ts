import type { Proof } from "../proof.ts";
import { counted } from "./style.ts";

/** The whole result in one sentence. */
export function verdict({ profile, findings, counts, ok }: Proof): string {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  const subject = profile ?? "These manifests";
  const fits = profile === null ? (ok ? "pass" : "do not pass") : ok ? "fits" : "does not fit";
  const found = [
    ...(errors > 0 ? [counted(errors, "error")] : []),
    ...(warnings > 0 ? [counted(warnings, "warning")] : []),
  ];
  const headline = `${subject} ${fits}: ${found.length > 0 ? found.join(" and ") : "no findings"}`;
  const scope = [
    counted(counts.objects, "object"),
    counted(counts.pods, "pod"),
    counted(counts.rules, "rule"),
  ];
  return `${headline} (${scope.join(", ")})`;
}
