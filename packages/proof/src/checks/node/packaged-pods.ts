import type { Accounting } from "../../accounting/accounting.ts";
import { at, stringsIn } from "../../manifest/values.ts";
import type { NodeConfiguration } from "../../node/node-configuration.ts";
import { K3S_CONFIG } from "../../node/node-paths.ts";
import { packagedComponents } from "../../node/packaged-components.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Problem } from "../rule.ts";
import type { NodeCode } from "./node-codes.ts";

const NAMESPACE = "kube-system";

/** K3s deploys exactly what the plan has use for, and the plan counts the pods of exactly these. */
export function* checkPackagedComponents(
  { k3s }: NodeConfiguration,
  plan: Plan,
  { namespaces }: Accounting,
): Generator<Problem<NodeCode>> {
  const disabled = disabledComponents(k3s);
  const owners = (namespaces.get(NAMESPACE)?.dynamicPods ?? []).map(({ subject }) => subject);
  for (const { name, deployment, wanted, reason } of packagedComponents(plan)) {
    const runs = !disabled.has(name);
    if (runs !== wanted) {
      yield {
        code: "component-differs",
        path: `${K3S_CONFIG}: disable`,
        message: wanted ? `K3s must deploy ${name}: ${reason}` : `K3s must not deploy ${name}: ${reason}`,
        actual: [...disabled].join(", "),
        fix: wanted ? `remove ${name} from disable` : `add ${name} to disable`,
      };
    }
    if (deployment === "" || runs !== wanted) continue;
    const owner = `Deployment ${NAMESPACE}/${deployment}`;
    const counted = owners.some((subject) => subject === owner || subject.startsWith(`${owner} `));
    if (counted === runs) continue;
    yield {
      code: "undeclared-pods",
      path: "global.dynamicPods",
      message: runs
        ? `K3s runs ${owner}, which the plan does not count`
        : `the plan counts ${owner}, which K3s does not run: ${reason}`,
      fix: runs
        ? `declare it: an enabled entry of namespace ${NAMESPACE} with owner ${owner}`
        : "set enabled: false in its entry",
    };
  }
}

/** `disable` is a list, or one text with commas. */
function disabledComponents(k3s: unknown): ReadonlySet<string> {
  const written = at(k3s, "disable");
  const names = typeof written === "string" ? [written] : stringsIn(written);
  return new Set(names.flatMap((name) => name.split(",")).map((name) => name.trim()));
}
