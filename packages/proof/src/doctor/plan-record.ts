import { parseGoYaml } from "../manifest/go-yaml.ts";
import { isObject, stringAt } from "../manifest/values.ts";
import type { Examination } from "./examination.ts";
import { SYNC_FOUNDATION } from "./remedies.ts";

const SHOWN = 3;

export const planRecord: Examination = {
  id: "plan-record",
  title: "The cluster runs the plan of this checkout",
  needs: ["plan"],
  *examine(plan, { plan: record }) {
    const object = "ConfigMap platform-system/platform-plan";
    const text = stringAt(record, "data", "plan.yaml");
    const recorded = text === undefined ? undefined : readYaml(text);
    if (recorded === undefined) {
      const fix = SYNC_FOUNDATION;
      yield { severity: "warning", object, message: "the cluster has no readable record of its plan", fix };
      return;
    }
    const differences = [...differing(recorded, plan, "global")];
    if (differences.length === 0) return;
    const more = differences.length > SHOWN ? `, and ${differences.length - SHOWN} more` : "";
    yield {
      severity: "warning",
      object,
      message: `the cluster's plan differs at ${differences.slice(0, SHOWN).join(", ")}${more}`,
      fix: "check out the branch that Argo CD follows, name the right --profile, or let Argo CD sync",
    };
  },
};

function readYaml(text: string): unknown {
  try {
    return parseGoYaml(text)[0]?.value;
  } catch {
    return undefined;
  }
}

function* differing(one: unknown, other: unknown, path: string): Generator<string> {
  if (isObject(one) && isObject(other)) {
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
      yield* differing(one[key], other[key], `${path}.${key}`);
    }
  } else if (JSON.stringify(one) !== JSON.stringify(other)) yield path;
}
