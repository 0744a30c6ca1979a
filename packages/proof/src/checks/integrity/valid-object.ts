import type { Manifest } from "../../manifest/kubernetes-object.ts";
import type { Workload } from "../../manifest/workload.ts";
import { KindCatalogue, type KindLookup } from "../../schemas/kind-catalogue.ts";
import { kubernetesSchemas } from "../../schemas/schema-bundles.ts";
import { validateStructure } from "../../schemas/validate-structure.ts";
import { defineRule, type Problem, type Unchecked } from "../rule.ts";
import type { AdmissionCode } from "./admission/admission-problem.ts";
import { checkAdmission } from "./admission/check-admission.ts";
import { uncountedPods } from "./custom-pods.ts";

type Code = AdmissionCode | "duplicate-key" | "unserved-version" | "unknown-kind" | "unknown-kind-makes-pods";

export const validObject = defineRule({
  id: "valid-object",
  group: "integrity",
  severity: "error",
  title: "Every object is one that the API server accepts",
  explanation: {
    protects:
      "Every field that a chart writes: one that Kubernetes does not know is dropped or refused, and one with the wrong type stops the whole sync.",
    incident:
      "`resources.limit` instead of `resources.limits` applies without an error on a lenient client: the container runs without a limit and the node's memory is no longer bounded.",
    fix: "Correct the field in the template; the finding names the nearest field or the values that are allowed.",
    source:
      "k8s.io/kubernetes v1.36.3 api/openapi-spec and pkg/apis/*/validation; k8s.io/apimachinery v0.36.3 pkg/runtime/serializer/json (strict decoding); the CRDs of the stream, of Argo CD v3.5.5 and of MetalLB v0.16.1",
  },
  codes: {
    "unknown-field": "A field that the kind does not have.",
    "wrong-type": "A value of another type than the field's.",
    "missing-field": "A field without which the object is refused.",
    "invalid-value": "A value outside what the field may hold.",
    "duplicate-entry": "Two entries of a list with the same key.",
    "conflicting-fields": "Fields that exclude each other.",
    "missing-volume": "A mount of a volume that the pod does not have.",
    "requests-exceed-limits": "A request above its limit.",
    "unserved-version": "An API version that this Kubernetes does not serve.",
    "unknown-kind": "A kind that its API group does not have.",
    "unknown-kind-makes-pods":
      "A custom object that makes, scales or resizes pods which no entry of global.dynamicPods counts.",
    "duplicate-key": "A key that is written twice: only the last value counts.",
  },
  *check({ index, workloads, plan }) {
    const catalogue = new KindCatalogue(index);
    const workloadOf = new Map(workloads.map((workload) => [workload.manifest, workload]));
    for (const manifest of index.all) {
      const lookup = catalogue.lookup(manifest);
      yield* duplicateKeys(manifest);
      yield* checkManifest(manifest, lookup, workloadOf.get(manifest));
      const uncounted = plan && uncountedPods(manifest, lookup, plan);
      if (uncounted !== undefined) yield uncounted;
    }
  },
});

/** Strict validation refuses them; Argo CD and a lenient client drop the first value without a word. */
function* duplicateKeys(manifest: Manifest): Generator<Problem<Code>> {
  for (const { path, line } of manifest.duplicateKeys ?? []) {
    yield {
      code: "duplicate-key",
      manifest,
      path,
      message: `${path} is written a second time on line ${line}; what stands above it is lost`,
      actual: `line ${line}`,
      fix: "Keep one of the two.",
    };
  }
}

function* checkManifest(
  manifest: Manifest,
  lookup: KindLookup,
  workload: Workload | undefined,
): Generator<Problem<Code> | Unchecked> {
  if (lookup.found !== "schema") {
    yield withoutSchema(manifest, lookup);
    return;
  }
  const seen = new Set<string>();
  for (const { code, path, message, actual, limit, fix } of [
    ...validateStructure(manifest.object, lookup.schema, lookup.settings),
    ...checkAdmission(manifest, workload),
  ]) {
    const key = `${code} ${path}`;
    if (seen.has(key)) continue;
    seen.add(key);
    yield {
      code,
      manifest,
      path,
      message: path === "" ? `The object ${message}` : `${path} ${message}`,
      actual,
      limit,
      fix,
    };
  }
}

function withoutSchema(
  manifest: Manifest,
  lookup: Exclude<KindLookup, { readonly found: "schema" }>,
): Problem<Code> | Unchecked {
  const { kind, group, object } = manifest;
  const { apiVersion } = object;
  const release = kubernetesSchemas().source.replace(/^.*@/, "Kubernetes ");
  switch (lookup.found) {
    case "nothing":
      return { unchecked: `No schema for ${apiVersion} ${kind}: its CRD is not in the stream`, manifest };
    case "other-version":
      return {
        code: "unserved-version",
        manifest,
        path: "apiVersion",
        message: `${kind} is not served as ${apiVersion}; it is as ${lookup.served.join(", ")}`,
        actual: apiVersion,
        limit: lookup.served.join(", "),
        fix: `Set apiVersion to ${lookup.served[0]} and adapt the fields that changed.`,
      };
    case "removed":
      return {
        code: "unserved-version",
        manifest,
        path: "apiVersion",
        message: `${release} no longer has ${kind} in any version`,
        actual: apiVersion,
        fix: lookup.successor,
      };
    case "no-such-kind": {
      const near = lookup.nearest === undefined ? "" : `; the nearest is ${lookup.nearest}`;
      return {
        code: "unknown-kind",
        manifest,
        path: "kind",
        message: `${group === "" ? "The core group" : group} has no kind ${kind}${near}`,
        actual: kind,
        limit: lookup.nearest,
        fix: lookup.nearest === undefined ? "Correct apiVersion or kind." : `Set kind to ${lookup.nearest}.`,
      };
    }
  }
}
