import { describeObject, type Manifest } from "../../manifest/kubernetes-object.ts";
import { at, stringAt, stringsIn, textOf } from "../../manifest/values.ts";
import { defineRule, type Problem } from "../rule.ts";
import { ARGOPROJ, type ComponentSet, objectsByComponent, readSets } from "./application-sets.ts";
import { checkObjects, hasClaims, heldBy } from "./protected-data.ts";
import { checkOption } from "./sync-option.ts";
import { type SyncOptionCode, syncOptionCodes } from "./sync-option-codes.ts";

/** What the Applications of every layer are synced with, and why. */
const NEEDED: readonly (readonly [option: string, why: string])[] = [
  ["ServerSideApply=true", "objects with several owners and large definitions cannot be applied without"],
  ["CreateNamespace=false", "a namespace must not exist before its quota and labels"],
  ["FailOnSharedResource=true", "two Applications would take turns in overwriting one object"],
];
/** Syncs mend and never destroy. */
export const syncOptions = defineRule({
  id: "sync-options",
  group: "gitops",
  severity: "error",
  needs: "plan",
  title: "Syncs are safe for data, bounded, and mend themselves",
  explanation: {
    protects: "Data against the tool that installs it: Argo CD deletes what is no longer rendered.",
    incident:
      "A values file was renamed, the chart rendered no database any more, and the next sync pruned the claim together with three years of experiments.",
    fix: "Render the options of the umbrella's ApplicationSets, and sync options Prune=false,Delete=false on claims and definitions (Prune=confirm,Delete=confirm on namespaces).",
    source:
      "argo-cd v3.5.5 docs/user-guide/sync-options.md, docs/operator-manual/applicationset/Controlling-Resource-Modification.md",
  },
  codes: syncOptionCodes,
  *check({ index, plan }) {
    const objects = objectsByComponent(index, plan);
    for (const set of readSets(index).sets) {
      yield* checkTemplate(
        set.manifest,
        at(set.manifest.object, "spec", "template", "spec"),
        "spec.template.spec",
      );
      yield* checkSet(set, objects);
    }
    for (const application of index.filter({ group: ARGOPROJ, kind: "Application" })) {
      yield* checkTemplate(application, application.object.spec, "spec");
    }
    yield* checkObjects(index);
  },
});

function* checkTemplate(manifest: Manifest, spec: unknown, path: string): Generator<Problem<SyncOptionCode>> {
  const policy = at(spec, "syncPolicy");
  const options = stringsIn(at(policy, "syncOptions"));
  for (const [option, why] of NEEDED) {
    if (options.includes(option)) continue;
    yield {
      code: "option-missing",
      manifest,
      path: `${path}.syncPolicy.syncOptions`,
      message: `lacks ${option}: ${why}`,
      actual: options.find((one) => one.startsWith(option.replace(/=.*/, "="))) ?? "not set",
      limit: option,
      fix: `Add ${option}.`,
    };
  }
  for (const [position, option] of options.entries()) {
    yield* checkOption(manifest, `${path}.syncPolicy.syncOptions[${position}]`, option);
  }
  if (at(policy, "automated", "allowEmpty") === true) {
    yield {
      code: "empty-allowed",
      manifest,
      path: `${path}.syncPolicy.automated.allowEmpty`,
      message: "a rendering that lost everything would be synced, and everything deleted",
      actual: "true",
      limit: "false",
      fix: "Set allowEmpty: false.",
    };
  }
  if (at(policy, "automated", "selfHeal") !== true) {
    yield {
      code: "self-heal-off",
      manifest,
      path: `${path}.syncPolicy.automated.selfHeal`,
      message: "what somebody changes in the cluster stays changed",
      actual: textOf(at(policy, "automated", "selfHeal") ?? "not set"),
      limit: "true",
      fix: "Set automated.selfHeal: true.",
    };
  }
  yield* checkRetry(manifest, at(policy, "retry"), `${path}.syncPolicy.retry`);
}

function* checkRetry(manifest: Manifest, retry: unknown, path: string): Generator<Problem<SyncOptionCode>> {
  const limit = at(retry, "limit");
  const isBounded = typeof limit === "number" && limit > 0;
  if (isBounded && at(retry, "refresh") === true) return;
  yield {
    code: "retry-strands",
    manifest,
    path: isBounded ? `${path}.refresh` : `${path}.limit`,
    message: isBounded
      ? "retries apply the commit that failed, not the one that mends it"
      : "retries have no positive limit: a sync that fails is tried for ever, or not again",
    actual: textOf((isBounded ? at(retry, "refresh") : limit) ?? "not set"),
    limit: isBounded ? "true" : "a positive number",
    fix: isBounded ? "Set retry.refresh: true." : "Set retry.limit to a number, such as 10.",
  };
}

function* checkSet(
  { manifest, elements }: ComponentSet,
  objects: ReadonlyMap<string, readonly Manifest[]>,
): Generator<Problem<SyncOptionCode>> {
  const { object } = manifest;
  if (at(object, "spec", "strategy", "type") === "RollingSync") {
    yield {
      code: "self-heal-off",
      manifest,
      path: "spec.strategy",
      message: "RollingSync switches automated syncs of its Applications off",
      actual: "RollingSync",
      fix: "Remove the strategy: waves and health overrides order the layers.",
    };
  }
  const data = elements
    .flatMap(({ component }) => objects.get(component) ?? [])
    .find((one) => heldBy(one) !== undefined || hasClaims(one));
  if (data === undefined) return;
  const policy = at(object, "spec", "syncPolicy");
  const finalizers = stringsIn(at(object, "spec", "template", "metadata", "finalizers"));
  const isKept = at(policy, "preserveResourcesOnDeletion") === true;
  const neverDeletes = /^create-(only|update)$/.test(stringAt(policy, "applicationsSync") ?? "");
  const cascades = finalizers.some((one) => one.startsWith("resources-finalizer.argocd.argoproj.io"));
  if (isKept && neverDeletes && !cascades) return;
  const [path, wanted] = !isKept
    ? ["spec.syncPolicy.preserveResourcesOnDeletion", "true"]
    : cascades
      ? ["spec.template.metadata.finalizers", "no resources-finalizer"]
      : ["spec.syncPolicy.applicationsSync", "create-update"];
  yield {
    code: "data-deleted-with-set",
    manifest,
    path,
    message: `its Applications hold ${describeObject(data)}, which goes when the set, or the Application's element, is deleted`,
    limit: wanted,
    fix: `Set ${path} to ${wanted}.`,
  };
}
