import type { Plan } from "../plan/plan.ts";
import type { Answers, FactName } from "./cluster-facts.ts";

/** Something about the running node that is not as planned. */
export interface Symptom {
  /** An error breaks what was proven; a warning may, later. */
  readonly severity: "error" | "warning";
  /** Kind and name: `Node t495`, `Service data/minio-lan`; empty for the cluster. */
  readonly object: string;
  readonly message: string;
  readonly actual?: string | number | undefined;
  readonly limit?: string | number | undefined;
  readonly fix: string;
}

/** One thing that the doctor compares, from the cluster's answers alone. */
export interface Examination {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly FactName[];
  readonly examine: (plan: Plan, answers: Answers) => Iterable<Symptom>;
}
