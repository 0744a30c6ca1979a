import { baselineStandards } from "./baseline.ts";
import type { SecurityPod, Standard, Violation } from "./pod.ts";
import { restrictedStandards } from "./restricted.ts";

export type PodSecurityLevel = "privileged" | "baseline" | "restricted";

export interface StandardViolation extends Violation {
  /** `capabilities_restricted` */
  readonly standard: string;
  /** The check of level baseline that it stands for. */
  readonly replaces: string | undefined;
}

const REPLACED = new Set(restrictedStandards.map(({ replaces }) => replaces));

const STANDARDS: Readonly<Record<PodSecurityLevel, readonly Standard[]>> = {
  privileged: [],
  baseline: baselineStandards,
  restricted: [...baselineStandards.filter(({ id }) => !REPLACED.has(id)), ...restrictedStandards],
};

export function isPodSecurityLevel(value: unknown): value is PodSecurityLevel {
  return typeof value === "string" && Object.hasOwn(STANDARDS, value);
}

/**
 * What the PodSecurity admission plugin of Kubernetes v1.36 would refuse in a pod of this template, under the
 * newest version of the standards (`latest`).
 */
export function violationsOf(pod: SecurityPod, level: PodSecurityLevel): StandardViolation[] {
  return STANDARDS[level].flatMap(({ id, replaces, check }) =>
    check(pod).map((violation) => ({ ...violation, standard: id, replaces })),
  );
}
