import { formatAmount, parseQuantity } from "../accounting/quantity.ts";
import { at, type JsonObject, objectsIn, stringsIn } from "../manifest/values.ts";
import { selectsEverything } from "../network/label-selector.ts";
import { closedDirections, type Direction, policyType } from "../network/network-policy.ts";
import { itemsOf, nameOf, namespaceOf } from "./cluster-facts.ts";
import type { Examination, Symptom } from "./examination.ts";
import { SYNC_FOUNDATION } from "./remedies.ts";

/** What a limit range says of a container, in the plan's words and in Kubernetes'. */
const SIZES = ["default", "defaultRequest", "max"] as const;

export const runningLimitRanges: Examination = {
  id: "limit-ranges",
  title: "Every namespace has the limit range of the plan",
  needs: ["limitRanges"],
  *examine(plan, { limitRanges }) {
    for (const [namespace, { limitRange }] of Object.entries(plan.namespaces)) {
      if (!limitRange.enabled) continue;
      const own = itemsOf(limitRanges).filter((range) => namespaceOf(range) === namespace);
      const limits = own.flatMap((range) => objectsIn(at(range, "spec", "limits")));
      const container = limits.find(({ type }) => type === "Container");
      if (container === undefined) {
        const message =
          "it has no limit range: a pod that names no limits is refused, and one may take it all";
        yield { severity: "error", object: `Namespace ${namespace}`, message, fix: SYNC_FOUNDATION };
        continue;
      }
      const object = `LimitRange ${namespace}/${own.map(nameOf).join(", ")}`;
      for (const size of SIZES) yield* compareSize(object, size, container, limitRange[size]);
    }
  },
};

function* compareSize(
  object: string,
  size: string,
  container: unknown,
  planned: Readonly<Record<string, string | number>>,
): Generator<Symptom> {
  for (const [resource, text] of Object.entries(planned)) {
    const wanted = parseQuantity(text) ?? 0n;
    const real = parseQuantity(at(container, size, resource));
    if (real === wanted) continue;
    const [actual, limit] = [
      real === undefined ? "nothing" : formatAmount(resource, real),
      formatAmount(resource, wanted),
    ];
    const message = `${size} of ${resource} is ${actual}; the plan says ${limit}`;
    yield { severity: "error", object, message, actual, limit, fix: SYNC_FOUNDATION };
  }
}

export const closedNamespaces: Examination = {
  id: "closed-namespaces",
  title: "Every namespace that the plan closes is closed",
  needs: ["networkPolicies"],
  *examine(plan, { networkPolicies }) {
    for (const [namespace, { network }] of Object.entries(plan.namespaces)) {
      if (network === "open") continue;
      const policy = itemsOf(networkPolicies).find(
        (candidate) => namespaceOf(candidate) === namespace && nameOf(candidate) === network,
      );
      yield* compareDeny(`NetworkPolicy ${namespace}/${network}`, policy, closedDirections(network));
    }
  },
};

function* compareDeny(
  object: string,
  policy: JsonObject | undefined,
  closed: readonly Direction[],
): Generator<Symptom> {
  const symptom = { severity: "error", object, fix: SYNC_FOUNDATION } as const;
  if (policy === undefined || !selectsEverything(at(policy, "spec", "podSelector"))) {
    const message =
      "it is not there, or not for every pod: who has no policy of its own may be reached by anybody";
    yield { ...symptom, message };
    return;
  }
  const types = stringsIn(at(policy, "spec", "policyTypes"));
  const [actual, limit] = [types, closed.map(policyType)].map(
    (names) => names.toSorted().join(", ") || "nothing",
  );
  if (actual !== limit) {
    const message = `it closes ${actual}; the plan closes ${limit}`;
    yield { ...symptom, message, actual, limit };
  }
  for (const rules of ["ingress", "egress"]) {
    if (objectsIn(at(policy, "spec", rules)).length === 0) continue;
    yield { ...symptom, message: `it has ${rules} rules, which permit for every pod; the plan's has none` };
  }
}
