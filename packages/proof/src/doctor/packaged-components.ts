import { packagedComponents } from "../node/packaged-components.ts";
import { itemsOf, nameOf, namespaceOf } from "./cluster-facts.ts";
import type { Examination } from "./examination.ts";
import { installNode } from "./remedies.ts";

const NAMESPACE = "kube-system";

export const runningComponents: Examination = {
  id: "packaged-components",
  title: "K3s runs those of its own components that the plan has use for",
  needs: ["pods"],
  *examine(plan, { pods }) {
    const names = itemsOf(pods)
      .filter((pod) => namespaceOf(pod) === NAMESPACE)
      .map(nameOf);
    for (const { name, deployment, wanted, reason } of packagedComponents(plan)) {
      // servicelb makes a DaemonSet for each Service.
      const prefix = deployment === "" ? "svclb-" : `${deployment}-`;
      const running = names.find((pod) => pod.startsWith(prefix));
      if ((running !== undefined) === wanted) continue;
      yield {
        severity: "error",
        object: running === undefined ? "" : `Pod ${NAMESPACE}/${running}`,
        message: wanted ? `K3s' ${name} does not run, and ${reason}` : `K3s' ${name} runs: ${reason}`,
        fix: wanted
          ? `take ${name} out of disable in /etc/rancher/k3s/config.yaml: ${installNode(plan)}`
          : `add ${name} to disable in /etc/rancher/k3s/config.yaml: ${installNode(plan)}; K3s removes it`,
      };
    }
  },
};
