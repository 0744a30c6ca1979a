import { InputError } from "../errors.ts";
import { parseGoYaml } from "../manifest/go-yaml.ts";
import { describeObject, type Manifest, referenceOf } from "../manifest/kubernetes-object.ts";
import { parseManifests } from "../manifest/parse-manifests.ts";
import { at, isObject, type JsonObject } from "../manifest/values.ts";
import { toYamlInputError } from "../manifest/yaml-error.ts";
import { checkPlan } from "./check-plan.ts";
import { type Plan, planSchema } from "./plan.ts";
import { describeIssues } from "./plan-issues.ts";

/** The ConfigMap that foundation renders, and its key. */
const PLAN_NAME = "platform-plan";
const PLAN_KEY = "plan.yaml";

/**
 * The plan that a rendering carries in ConfigMap `platform-plan`; undefined when it carries none.
 *
 * @throws InputError that lists every mistake with its path in the values.
 */
export function readPlan(manifests: readonly Manifest[]): Plan | undefined {
  const carriers = manifests.filter(
    ({ group, kind, name }) => group === "" && kind === "ConfigMap" && name === PLAN_NAME,
  );
  const [carrier, second] = carriers;
  if (carrier === undefined) return undefined;
  if (second !== undefined) {
    throw new InputError({
      what: `The stream carries ${carriers.length} plans: ${carriers.map((one) => describeObject(referenceOf(one))).join(", ")}.`,
      where: carriers.map(placeOf).join("; "),
      fix: "Check one platform at a time, or name the plan that counts with --plan.",
    });
  }
  const text = at(carrier.object, "data", PLAN_KEY);
  if (typeof text !== "string") {
    throw new InputError({
      what: `ConfigMap ${PLAN_NAME} has no text under data["${PLAN_KEY}"].`,
      where: placeOf(carrier),
      fix: "Render the plan with the chart foundation, which writes it there.",
    });
  }
  return toPlan(readYaml(text, `${placeOf(carrier)}, data["${PLAN_KEY}"]`), placeOf(carrier));
}

/**
 * The plan of a file given with `--plan`: its keys alone, a values file with the plan under `global`, or
 * manifests with ConfigMap `platform-plan`.
 *
 * @throws InputError for anything else, and for every mistake in the plan.
 */
export function readPlanFile(text: string, file: string): Plan {
  const values = readYaml(text, file);
  if (Array.isArray(values) || (isObject(values) && "apiVersion" in values && "kind" in values)) {
    const plan = readPlan(parseManifests(text, file));
    if (plan !== undefined) return plan;
    throw new InputError({
      what: `None of the manifests is ConfigMap ${PLAN_NAME}.`,
      where: file,
      fix: "Pass the plan itself, a values file with it under `global`, or a rendering of foundation.",
    });
  }
  if (!isObject(values)) {
    throw new InputError({
      what: "A plan is a mapping, and this is none.",
      where: file,
      fix: "Pass the plan itself, a values file with it under `global`, or a rendering of foundation.",
    });
  }
  return toPlan(isObject(values.global) ? withoutSelectors(values.global) : values, file);
}

/** The first document when there is one; all of them, as a list, when there are several. */
function readYaml(text: string, file: string): unknown {
  try {
    const values = parseGoYaml(text)
      .map(({ value }) => value)
      .filter((value) => value !== null);
    return values.length > 1 ? values : values[0];
  } catch (error) {
    throw toYamlInputError(error, { file });
  }
}

/** `global` holds two keys that differ between renderings of one plan and are no part of it. */
function withoutSelectors(global: JsonObject): JsonObject {
  const { render: _render, ...plan } = global;
  if (!isObject(plan.gitops)) return plan;
  const { revision: _revision, ...gitops } = plan.gitops;
  return { ...plan, gitops };
}

function toPlan(values: unknown, where: string): Plan {
  // One plan is read per run: compiling a parser for it takes longer than reading it without.
  const parsed = planSchema.safeParse(values, { jitless: true });
  if (!parsed.success) throw planError(describeIssues(parsed.error.issues, values), where);
  const mistakes = checkPlan(parsed.data);
  if (mistakes.length > 0) throw planError(mistakes, where);
  return parsed.data;
}

function planError(mistakes: readonly string[], where: string): InputError {
  const [only] = mistakes;
  const what =
    mistakes.length === 1
      ? `The plan has a mistake: ${only}`
      : `The plan has ${mistakes.length} mistakes:\n${mistakes.map((mistake) => `  ${mistake}`).join("\n")}`;
  return new InputError({
    what,
    where,
    fix: "Correct these keys of the values (the umbrella's values.yaml, or the profile that sets them).",
  });
}

function placeOf({ source }: Manifest): string {
  const file = source.file === "-" ? "standard input" : source.file;
  return source.chart === undefined
    ? `${file}, document ${source.document}`
    : `${source.chart}/${source.template}`;
}
