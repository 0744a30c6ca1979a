import type { ManifestIndex } from "../../../manifest/manifest-index.ts";
import type { Workload } from "../../../manifest/workload.ts";
import type { PlannedSecret } from "../../../plan/plan.ts";
import type { Problem } from "../../rule.ts";
import { findSecretsJob, LEDGER_FILE, type SecretsJob } from "./generated-secrets.ts";
import { SecretRights } from "./secret-rights.ts";

export type GenerationCode = "missing-generator" | "generates-something-else" | "generator-forbidden";

/** To find what is there, to make what is not, and to add a key. */
const VERBS = ["get", "create", "patch"];

/** Whether a rendered Job makes what the ledger of the plan promises, and is allowed to. */
export function* checkGeneration(
  planned: ReadonlyMap<string, PlannedSecret>,
  index: ManifestIndex,
  workloads: readonly Workload[],
): Generator<Problem<GenerationCode>> {
  const job = findSecretsJob(index, workloads);
  if (job === undefined) {
    if (planned.size === 0) return;
    yield {
      code: "missing-generator",
      path: "global.secrets.generate.enabled",
      message: `No rendered Job that runs mounts a ConfigMap with ${LEDGER_FILE}: nobody makes ${[...planned.keys()].join(", ")}`,
      fix: "Render foundation's Job create-secrets with its ConfigMap, or switch global.secrets.generate off and supply the Secrets.",
    };
    return;
  }
  for (const [name, secret] of planned) yield* checkEntry(name, secret, job);
  for (const name of job.ledger.keys()) {
    if (planned.has(name)) continue;
    yield {
      ...somethingElse(job, name),
      message: `The Job makes Secret ${name}, which the plan's ledger does not have or has disabled`,
      actual: name,
    };
  }
  yield* checkRights(job, index);
}

function* checkEntry(
  name: string,
  { namespaces, keys }: PlannedSecret,
  job: SecretsJob,
): Generator<Problem<GenerationCode>> {
  const made = job.ledger.get(name);
  if (made === undefined) {
    yield {
      ...somethingElse(job, name),
      message: `The Job does not make Secret ${name}, which the plan's ledger lists`,
      limit: name,
    };
    return;
  }
  for (const namespace of namespaces) {
    if (made.namespaces.has(namespace)) continue;
    yield {
      ...somethingElse(job, name),
      message: `The Job makes Secret ${name} in ${[...made.namespaces].join(", ")}, and the plan's ledger wants it in ${namespace}`,
      actual: [...made.namespaces].join(", "),
      limit: namespace,
    };
  }
  for (const [key, recipe] of Object.entries(keys)) {
    const own = made.keys.get(key);
    const differs = (["type", "length", "value"] as const).find((field) => own?.[field] !== recipe[field]);
    if (differs === undefined) continue;
    yield {
      ...somethingElse(job, name),
      message:
        own === undefined
          ? `The Job makes Secret ${name} without the key ${key} of the plan's ledger`
          : `The Job's ${differs} of key ${key} of Secret ${name} is not that of the plan's ledger`,
      limit: key,
    };
  }
}

function somethingElse(job: SecretsJob, name: string) {
  return {
    code: "generates-something-else",
    manifest: job.workload.manifest,
    path: `global.secrets.ledger.${name}`,
    fix: `Render the Job's ${LEDGER_FILE} from global.secrets.ledger.`,
  } as const;
}

function* checkRights(job: SecretsJob, index: ManifestIndex): Generator<Problem<GenerationCode>> {
  const { account } = job;
  const rights = new SecretRights(index, account);
  for (const [name, { namespaces }] of job.ledger) {
    for (const namespace of namespaces) {
      const denied = VERBS.filter((verb) => !rights.allows(verb, namespace, name));
      if (denied.length === 0) continue;
      yield {
        code: "generator-forbidden",
        manifest: job.workload.manifest,
        path: `${job.workload.podSpecPath}.serviceAccountName`,
        message: `ServiceAccount ${account.namespace}/${account.name} makes Secret ${namespace}/${name}, but no role allows it to ${denied.join(", ")} it`,
        actual: denied.join(", "),
        fix: `Bind a Role in namespace ${namespace} that allows ${denied.join(", ")} on secrets${denied.includes("create") ? " (create without resourceNames)" : ` named ${name}`}.`,
      };
    }
  }
}
