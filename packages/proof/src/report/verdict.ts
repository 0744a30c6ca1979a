import type { Proof } from "../proof.ts";
import { counted } from "./style.ts";

/** The whole result in one sentence. */
export function verdict({ profile, findings, unchecked, counts, ok }: Proof): string {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  const subject = profile ?? "These manifests";
  const fits = profile === null ? (ok ? "pass" : "do not pass") : ok ? "fits" : "does not fit";
  const found = [
    ...(errors > 0 ? [counted(errors, "error")] : []),
    ...(warnings > 0 ? [counted(warnings, "warning")] : []),
  ];
  const open = unchecked.length > 0 ? `, ${unchecked.length} unchecked` : "";
  const headline = `${subject} ${fits}: ${found.length > 0 ? found.join(" and ") : "no findings"}${open}`;
  const scope = [
    counted(counts.objects, "object"),
    counts.declaredPods === 0
      ? counted(counts.pods, "pod")
      : `${counted(counts.pods, "pod")} and ${counts.declaredPods} declared`,
    counted(counts.rules, "rule"),
  ];
  return `${headline} (${scope.join(", ")})`;
}
