import { account } from "../accounting/account.ts";
import type { Accounting } from "../accounting/accounting.ts";
import type { Manifest } from "../manifest/kubernetes-object.ts";
import { ManifestIndex } from "../manifest/manifest-index.ts";
import { toWorkload } from "../manifest/workload.ts";
import type { Plan } from "../plan/plan.ts";
import type { CheckContext } from "./rule.ts";

/** What a rendering does not say of itself; see {@link CheckContext}. */
type Circumstances = Partial<Pick<CheckContext, "nodeFiles" | "renderings" | "today" | "valueFiles">>;

/** What every rule sees of one rendering; the accounting is made once, when the first rule asks for it. */
export function createContext(
  manifests: readonly Manifest[],
  plan: Plan | undefined,
  { nodeFiles, renderings, today, valueFiles }: Circumstances = {},
): CheckContext {
  const index = new ManifestIndex(manifests);
  const workloads = manifests.map(toWorkload).filter((workload) => workload !== undefined);
  let accounting: Accounting | undefined;
  return {
    index,
    plan,
    workloads,
    renderings,
    today,
    valueFiles,
    nodeFiles,
    get accounting() {
      accounting ??= account(index, workloads, plan);
      return accounting;
    },
  };
}
