import type { ViolationCode } from "../../../schemas/structural-schema.ts";

export type AdmissionCode =
  | ViolationCode
  | "conflicting-fields"
  | "missing-volume"
  | "requests-exceed-limits";

/** One thing that the API server refuses although the schema admits it. */
export interface AdmissionProblem {
  readonly code: AdmissionCode;
  readonly path: string;
  /** Reads on after the path: `is "8080", not …`. */
  readonly message: string;
  readonly actual?: string | number | undefined;
  readonly limit?: string | number | undefined;
  readonly fix: string;
}

/** A value that is not what the field may hold. */
export function invalid(
  path: string,
  actual: string | number,
  expected: string,
  fix?: string,
): AdmissionProblem {
  return {
    code: "invalid-value",
    path,
    message: `is ${JSON.stringify(actual)}, not ${expected}`,
    actual,
    limit: expected,
    fix: fix ?? `Write ${expected}.`,
  };
}

export function missing(path: string, why: string, fix: string): AdmissionProblem {
  return { code: "missing-field", path, message: `is missing: ${why}`, fix };
}

export function conflicting(path: string, message: string, fix: string): AdmissionProblem {
  return { code: "conflicting-fields", path, message, fix };
}

export function duplicate(path: string, actual: string, earlier: string): AdmissionProblem {
  return {
    code: "duplicate-entry",
    path,
    message: `repeats ${JSON.stringify(actual)} of ${earlier}`,
    actual,
    fix: "Give one of the two another name.",
  };
}
