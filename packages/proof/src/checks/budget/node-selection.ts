import { nodeLabels } from "../../accounting/node.ts";
import { at, objectAt, objectsIn, stringAt, stringsIn } from "../../manifest/values.ts";
import type { PodSpec } from "../../manifest/workload.ts";
import { type Labels, matchesLabels } from "../../network/label-selector.ts";
import type { Plan } from "../../plan/plan.ts";

/** A demand on the node that the plan's only one does not meet. */
interface UnmetSelection {
  /** Relative to the pod spec. */
  readonly path: string;
  /** The demand and what the node is instead, as a sentence without its end. */
  readonly message: string;
}

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";

/**
 * What a pod demands of its node by name, labels and topology, held against the plan's node. A label that the
 * plan does not know counts as absent.
 * @see k8s.io/component-helpers v0.36.3 scheduling/corev1/nodeaffinity/nodeaffinity.go
 */
export function* unmetSelections(podSpec: PodSpec, plan: Plan): Generator<UnmetSelection> {
  const { name } = plan.node;
  const labels = nodeLabels(plan);
  const { nodeName } = podSpec;
  if (typeof nodeName === "string" && nodeName !== "" && nodeName !== name) {
    yield {
      path: "nodeName",
      message: `the pod is bound to node ${nodeName}, the plan's only node is ${name}`,
    };
  }
  for (const [key, wanted] of Object.entries(objectAt(podSpec, "nodeSelector") ?? {})) {
    if (typeof wanted !== "string" || labels[key] === wanted) continue;
    yield {
      path: `nodeSelector[${key}]`,
      message: `the pod wants a node with ${key}=${wanted}, ${has(plan, labels, key)}`,
    };
  }
  const terms = objectsIn(at(podSpec.affinity, "nodeAffinity", REQUIRED, "nodeSelectorTerms"));
  if (terms.length > 0 && !terms.some((term) => termMatches(term, labels, name))) {
    yield {
      path: `affinity.nodeAffinity.${REQUIRED}`,
      message: `no term of the required node affinity (${terms.map(describeTerm).join("; or ")}) matches node ${name}`,
    };
  }
  for (const [field, topologyKey] of topologyKeys(podSpec)) {
    if (Object.hasOwn(labels, topologyKey)) continue;
    yield {
      path: field,
      message: `the pod wants a node with the label ${topologyKey}, ${has(plan, labels, topologyKey)}`,
    };
  }
}

/** Fields whose topology key a node must carry to be taken at all. */
function* topologyKeys({ affinity, topologySpreadConstraints }: PodSpec): Generator<[string, string]> {
  for (const [position, term] of objectsIn(at(affinity, "podAffinity", REQUIRED)).entries()) {
    const key = stringAt(term, "topologyKey");
    if (key !== undefined) yield [`affinity.podAffinity.${REQUIRED}[${position}].topologyKey`, key];
  }
  for (const [position, constraint] of objectsIn(topologySpreadConstraints).entries()) {
    const key = stringAt(constraint, "topologyKey");
    if (key === undefined || at(constraint, "whenUnsatisfiable") !== "DoNotSchedule") continue;
    yield [`topologySpreadConstraints[${position}].topologyKey`, key];
  }
}

/** Expressions and fields of one term are joined by «and»; a term without any matches no node. */
function termMatches(term: unknown, labels: Labels, name: string): boolean {
  const expressions = objectsIn(at(term, "matchExpressions"));
  const fields = objectsIn(at(term, "matchFields"));
  return (
    expressions.length + fields.length > 0 &&
    matchesLabels({ matchExpressions: expressions }, labels) &&
    matchesLabels({ matchExpressions: fields }, { "metadata.name": name })
  );
}

function describeTerm(term: unknown): string {
  const parts = [...objectsIn(at(term, "matchExpressions")), ...objectsIn(at(term, "matchFields"))];
  return (
    parts
      .map((part) =>
        [stringAt(part, "key"), stringAt(part, "operator"), stringsIn(part.values).join(" ")]
          .filter(Boolean)
          .join(" "),
      )
      .join(" and ") || "an empty term"
  );
}

function has({ node }: Plan, labels: Labels, key: string): string {
  return Object.hasOwn(labels, key)
    ? `node ${node.name} has ${key}=${labels[key]}`
    : `node ${node.name} has no label ${key}`;
}
