import { checkKubelet } from "../checks/node/kubelet-options.ts";
import { isObject, objectAt, objectsIn } from "../manifest/values.ts";
import type { Examination } from "./examination.ts";
import { installNode } from "./remedies.ts";

/** The rule `node-config-agrees`, asked of the kubelet that runs. */
export const runningKubelet: Examination = {
  id: "kubelet",
  title: "The kubelet runs with the configuration that is proven",
  needs: ["configz"],
  *examine(plan, { configz }) {
    const kubelet = objectAt(configz, "kubeletconfig");
    const object = `Node ${plan.node.name}`;
    const fix = `${installNode(plan)} on the node, which writes its files and restarts K3s`;
    if (!isObject(kubelet)) {
      yield { severity: "warning", object, message: "the kubelet does not say how it is configured", fix };
      return;
    }
    for (const { message, actual, limit } of checkKubelet(
      { k3s: {}, kubelet, shutdownDelay: undefined },
      plan,
    )) {
      yield { severity: "error", object, message, actual, limit, fix };
    }
    if (objectsIn(kubelet.shutdownGracePeriodByPodPriority).length === 0) {
      yield {
        severity: "warning",
        object,
        message: "a shutdown stops all pods at once: databases lose their clients' last writes",
        fix,
      };
    }
  },
};
