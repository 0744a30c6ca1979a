import { describeObject, type Manifest } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { isClusterScoped } from "../../manifest/scope.ts";
import { nearest } from "../../nearest.ts";
import type { Plan } from "../../plan/plan.ts";
import { customResourceSchemas } from "../../schemas/schema-bundles.ts";
import { defineRule, type Problem, type Unchecked } from "../rule.ts";

type Code = "no-namespace" | "namespace-on-cluster-scoped" | "unknown-namespace";

const BUILT_IN: readonly string[] = ["default", "kube-node-lease", "kube-public", "kube-system"];

export const explicitNamespace = defineRule({
  id: "explicit-namespace",
  group: "integrity",
  severity: "error",
  title: "Every object says where it stands",
  explanation: {
    protects:
      "Objects from landing where the release happens to be installed: beside the quota, policies and secrets that are meant for them.",
    incident:
      "A Service without a namespace followed the release into `default`, its pods were in `data`: the Service had no endpoints, and nothing said so.",
    fix: "Write metadata.namespace from the plan's component, and leave it out of cluster-scoped kinds.",
    source:
      "k8s.io/kubernetes v1.36.3 api/openapi-spec (scopes); Helm 4.2 does not write namespaces into manifests",
  },
  codes: {
    "no-namespace": "A namespaced object without metadata.namespace.",
    "namespace-on-cluster-scoped": "A cluster-scoped object with metadata.namespace.",
    "unknown-namespace": "A namespace that nothing renders, plans or builds in.",
  },
  *check({ index, plan }) {
    const namespaces = index.filter({ group: "", kind: "Namespace" }).map(({ name }) => name);
    const known = new Set([...BUILT_IN, ...namespaces, ...Object.keys(plan?.namespaces ?? {})]);
    const scopes = new Map<string, boolean | undefined>();
    const unknown = new Set<string>();
    const nearestOf = memoised((namespace) => nearest(namespace, known));
    // Who applies foreign manifests names one namespace for all of them: said once, not for each object.
    const homeless: Manifest[] = [];
    for (const manifest of index.all) {
      const kind = `${manifest.group}/${manifest.kind}`;
      if (!scopes.has(kind)) scopes.set(kind, scopeOf(manifest, index));
      const problem = judge(manifest, scopes.get(kind));
      if (problem !== "no-namespace") {
        if (problem !== undefined) yield problem;
      } else if (plan === undefined) homeless.push(manifest);
      else yield noNamespace(manifest, 1);
      const { namespace } = manifest;
      if (scopes.get(kind) === true || namespace === undefined || known.has(namespace)) continue;
      if (plan !== undefined || namespaces.length > 0)
        yield unknownNamespace(manifest, namespace, nearestOf(namespace), plan);
      else if (!unknown.has(namespace)) {
        unknown.add(namespace);
        yield {
          unchecked: `Namespace ${namespace} is not in the stream, and there is no plan that knows it`,
          manifest,
        };
      }
    }
    if (homeless[0] !== undefined) yield noNamespace(homeless[0], homeless.length);
  },
});

/** True for cluster-scoped kinds, undefined for kinds that nobody here knows. */
function scopeOf({ group, kind }: Manifest, index: ManifestIndex): boolean | undefined {
  const known = isClusterScoped(group, kind, index);
  if (known !== undefined) return known;
  const entry = Object.entries(customResourceSchemas().kinds).find(
    ([key]) => key.startsWith(`${group}/`) && key.endsWith(`/${kind}`),
  );
  return entry === undefined ? undefined : entry[1].scope === "Cluster";
}

function judge(
  manifest: Manifest,
  isCluster: boolean | undefined,
): Problem<Code> | Unchecked | "no-namespace" | undefined {
  const { kind, namespace, object } = manifest;
  if (isCluster === undefined) {
    if (namespace !== undefined) return undefined;
    return {
      unchecked: `Whether ${object.apiVersion} ${kind} is namespaced: its CRD is not in the stream`,
      manifest,
    };
  }
  if (!isCluster && namespace === undefined) return "no-namespace";
  if (isCluster && namespace !== undefined) {
    return {
      code: "namespace-on-cluster-scoped",
      manifest,
      path: "metadata.namespace",
      message: `${kind} ${manifest.name} is cluster-scoped, but names namespace ${namespace}`,
      actual: namespace,
      fix: "Remove metadata.namespace.",
    };
  }
  return undefined;
}

/** One object, or the first of several that lack the same. */
function noNamespace(manifest: Manifest, count: number): Problem<Code> {
  const others = count > 1 ? `; so do ${count - 1} more` : "";
  return {
    code: "no-namespace",
    manifest,
    path: "metadata.namespace",
    message: `${describeObject(manifest)} has no metadata.namespace and goes wherever the release is installed${others}`,
    actual: count > 1 ? `${count} objects without a namespace` : undefined,
    limit: "a namespace",
    fix: "Write metadata.namespace.",
  };
}

function unknownNamespace(
  manifest: Manifest,
  namespace: string,
  near: string | undefined,
  plan: Plan | undefined,
): Problem<Code> {
  const where = plan === undefined ? "is not rendered" : "is neither rendered nor in the plan";
  return {
    code: "unknown-namespace",
    manifest,
    path: "metadata.namespace",
    message: `Namespace ${namespace} ${where}${near === undefined ? "" : `; the nearest is ${near}`}`,
    actual: namespace,
    limit: near,
    fix:
      near === undefined
        ? `Render the Namespace, or add it to the plan.`
        : `Write ${near}, or render the Namespace.`,
  };
}

/** A whole chart may stand in one misspelt namespace. */
function memoised<Result>(find: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    if (!known.has(text)) known.set(text, find(text));
    return known.get(text) as Result;
  };
}
