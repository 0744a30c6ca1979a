import { formatAmount, parseQuantity } from "../accounting/quantity.ts";
import { at, isObject, objectAt, objectsIn } from "../manifest/values.ts";
import { itemsOf, nameOf, namespaceOf } from "./cluster-facts.ts";
import type { Examination, Symptom } from "./examination.ts";

const FIX = "sync the Application foundation";

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
        yield { severity: "error", object: `Namespace ${namespace}`, message, fix: FIX };
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
    yield { severity: "error", object, message, actual, limit, fix: FIX };
  }
}

export const closedNamespaces: Examination = {
  id: "closed-namespaces",
  title: "Every namespace that the plan closes is closed",
  needs: ["networkPolicies"],
  *examine(plan, { networkPolicies }) {
    for (const [namespace, { network }] of Object.entries(plan.namespaces)) {
      if (network === "open") continue;
      const closing = itemsOf(networkPolicies).some(
        (policy) => namespaceOf(policy) === namespace && nameOf(policy) === network && selectsAll(policy),
      );
      if (closing) continue;
      yield {
        severity: "error",
        object: `NetworkPolicy ${namespace}/${network}`,
        message:
          "it is not there, or not for every pod: who has no policy of its own may be reached by anybody",
        fix: FIX,
      };
    }
  },
};

function selectsAll(policy: unknown): boolean {
  const selector = objectAt(policy, "spec", "podSelector");
  return isObject(selector) && Object.keys(selector).length === 0;
}
