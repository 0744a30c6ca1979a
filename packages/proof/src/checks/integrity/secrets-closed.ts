import { describeObject } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { nearest } from "../../nearest.ts";
import type { Plan, PlannedSecret } from "../../plan/plan.ts";
import { isProduced } from "../../plan/produced-secret.ts";
import { defineRule, type Problem } from "../rule.ts";
import { keysOf } from "./references/key-references.ts";
import { checkGeneration, type GenerationCode } from "./secrets/check-generation.ts";
import type { SecretUse } from "./secrets/secret-use.ts";
import { secretUses } from "./secrets/secret-uses.ts";

type Code = "missing-secret" | "missing-secret-key" | "unused-secret" | "unused-secret-key" | GenerationCode;

export const secretsClosed = defineRule<Code>({
  id: "secrets-closed",
  group: "integrity",
  severity: "error",
  title: "Every secret has a producer and every product a consumer",
  needs: "plan",
  explanation: {
    protects:
      "Pods from waiting for a Secret that nobody makes, and the cluster from credentials that nobody uses and nobody rotates.",
    incident:
      "The ledger made `mlflow-s3` in the data namespace only. MLflow's pod in another namespace stayed in CreateContainerConfigError until somebody copied it by hand.",
    fix: "Add the namespace or the key to global.secrets.ledger, correct the reference, or remove the entry that nothing uses. For the Job that creates Secrets: render its ledger and its roles from global.secrets.ledger.",
    source:
      "the plan's global.secrets.ledger; k8s.io/api v0.36.3 core/v1 (where pods name Secrets); k8s.io/kubernetes v1.36.3 pkg/apis/rbac/v1/evaluation_helpers.go (what a rule allows)",
  },
  codes: {
    "missing-secret": "A Secret that neither the ledger nor the rendering produces in that namespace.",
    "missing-secret-key": "A key that the producer does not make.",
    "unused-secret": "A ledger entry that nothing in one of its namespaces uses.",
    "unused-secret-key": "A key of the ledger that nothing reads.",
    "missing-generator": "The plan has Secrets generated, and no rendered Job does it.",
    "generates-something-else": "The rendered Job makes something else than the plan's ledger says.",
    "generator-forbidden": "The Job may not read, create or extend a Secret that it has to make.",
  },
  *check({ index, workloads, plan }) {
    const ledger = new Map(
      Object.entries(plan.secrets.ledger).filter(([, secret]) => isProduced(secret, plan)),
    );
    const used = new Map<string, SecretUse[]>();
    const missing = new Set<string>();
    for (const use of secretUses(index, workloads)) {
      const uses = used.get(`${use.namespace}/${use.name}`);
      if (uses === undefined) used.set(`${use.namespace}/${use.name}`, [use]);
      else uses.push(use);
      if (use.optional) continue;
      for (const problem of checkProducer(use, ledger, index, plan)) {
        // A pod that reads five keys of a Secret that is not there is one finding.
        const first = `${describeObject(use.user)} ${use.name}`;
        if (problem.code === "missing-secret" && missing.has(first)) continue;
        if (problem.code === "missing-secret") missing.add(first);
        yield problem;
      }
    }
    for (const [name, secret] of ledger) yield* checkConsumers(name, secret, used, plan);
    if (plan.secrets.generate.enabled) yield* checkGeneration(ledger, index, workloads);
    else if (ledger.size > 0)
      yield { unchecked: `Secrets supplied by the owner: ${[...ledger.keys()].join(", ")}` };
  },
});

function* checkProducer(
  use: SecretUse,
  ledger: ReadonlyMap<string, PlannedSecret>,
  index: ManifestIndex,
  plan: Plan,
): Generator<Problem<Code>> {
  const { user, namespace, name } = use;
  const rendered = index.find("", "Secret", namespace, name);
  const planned = ledger.get(name);
  const makes = planned?.namespaces.includes(namespace) === true;
  if (!makes && rendered === undefined) {
    const path = use.path.replace(/secretKeyRef\.key$/, "secretKeyRef.name");
    const near = planned === undefined ? nearest(name, ledger.keys()) : undefined;
    yield {
      code: "missing-secret",
      manifest: user,
      path,
      message: `${path} names Secret ${namespace}/${name}, ${whyMissing(name, planned, near, plan)}`,
      actual: name,
      limit: near,
      fix: howToMend(use, planned, near, plan),
    };
    return;
  }
  const { path } = use;
  const keys = new Set([...(makes ? Object.keys(planned?.keys ?? {}) : []), ...keysOf(rendered?.object)]);
  for (const key of use.keys ?? []) {
    if (keys.has(key)) continue;
    const near = nearest(key, keys);
    yield {
      code: "missing-secret-key",
      manifest: user,
      path,
      message: `${path} takes ${key} of Secret ${namespace}/${name}, which has: ${[...keys].join(", ")}`,
      actual: key,
      limit: near ?? [...keys].join(", "),
      fix: near === undefined ? `Add ${key} to global.secrets.ledger.${name}.keys.` : `Take ${near}.`,
    };
  }
}

function whyMissing(
  name: string,
  planned: PlannedSecret | undefined,
  near: string | undefined,
  plan: Plan,
): string {
  if (planned !== undefined) return `which the ledger makes only in ${planned.namespaces.join(", ")}`;
  if (isSwitchedOff(name, plan)) return "which the ledger has disabled";
  const disabled = disabledOwner(name, plan);
  if (disabled !== undefined) return `which is not made while ${disabled} is disabled`;
  return `which the ledger does not know${near === undefined ? "" : `; the nearest is ${near}`}`;
}

function howToMend(
  { namespace, name }: SecretUse,
  planned: PlannedSecret | undefined,
  near: string | undefined,
  plan: Plan,
): string {
  if (planned !== undefined) return `Add ${namespace} to global.secrets.ledger.${name}.namespaces.`;
  if (isSwitchedOff(name, plan)) return `Enable global.secrets.ledger.${name}, or do without it.`;
  const disabled = disabledOwner(name, plan);
  if (disabled !== undefined) return `Enable ${disabled}, or let a component that runs own the secret.`;
  return near === undefined ? `Add ${name} to global.secrets.ledger.` : `Name ${near}.`;
}

/** An entry that is disabled itself, whatever its component is. */
function isSwitchedOff(name: string, plan: Plan): boolean {
  return Object.hasOwn(plan.secrets.ledger, name) && plan.secrets.ledger[name]?.enabled === false;
}

/** The disabled component that owns a secret of the ledger. */
function disabledOwner(name: string, plan: Plan): string | undefined {
  return Object.hasOwn(plan.secrets.ledger, name) ? plan.secrets.ledger[name]?.component : undefined;
}

function* checkConsumers(
  name: string,
  secret: PlannedSecret,
  used: ReadonlyMap<string, readonly SecretUse[]>,
  plan: Plan,
): Generator<Problem<Code>> {
  const path = `global.secrets.ledger.${name}`;
  const read = new Set(htpasswdInputs(secret));
  let whole = false;
  let consumers = 0;
  for (const namespace of secret.namespaces) {
    const uses = used.get(`${namespace}/${name}`) ?? [];
    consumers += uses.length;
    for (const { keys } of uses) {
      if (keys === undefined) whole = true;
      for (const key of keys ?? []) read.add(key);
    }
    if (uses.length > 0 || isDormant(namespace, plan)) continue;
    yield {
      code: "unused-secret",
      object: { apiVersion: "v1", kind: "Secret", namespace, name },
      path: `${path}.namespaces`,
      message: `Nothing in namespace ${namespace} uses Secret ${name}`,
      actual: namespace,
      fix: `Remove ${namespace} from ${path}.namespaces.`,
    };
  }
  if (whole || consumers === 0) return;
  for (const key of Object.keys(secret.keys)) {
    if (read.has(key)) continue;
    yield {
      code: "unused-secret-key",
      object: { apiVersion: "v1", kind: "Secret", namespace: secret.namespaces[0], name },
      path: `${path}.keys.${key}`,
      message: `Nothing reads key ${key} of Secret ${name}`,
      actual: key,
      fix: `Remove ${key} from ${path}.keys, or use it.`,
    };
  }
}

/** A namespace whose components are all disabled: its copy waits for them. */
function isDormant(namespace: string, plan: Plan): boolean {
  const components = Object.values(plan.components).filter((component) => component.namespace === namespace);
  return components.length > 0 && components.every(({ enabled }) => !enabled);
}

/** An htpasswd key is made of two others, whose consumer it is. */
function htpasswdInputs({ keys }: PlannedSecret): readonly string[] {
  return Object.values(keys).flatMap(({ type, value }) => (type === "htpasswd" ? value.split(":") : []));
}
