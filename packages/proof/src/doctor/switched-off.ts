import { stringAt } from "../manifest/values.ts";
import { nameOf, namespaceOf } from "./cluster-facts.ts";
import type { Examination } from "./examination.ts";
import { running } from "./pods.ts";

/** Argo CD deletes nothing of a component that leaves its set; see argocd/README.md. */
export const switchedOffComponents: Examination = {
  id: "switched-off",
  title: "Nothing runs of a component that the plan has switched off",
  needs: ["pods"],
  *examine(plan, { pods }) {
    const left = running(pods);
    for (const [name, { enabled, namespace }] of Object.entries(plan.components)) {
      if (enabled) continue;
      const own = left.filter(
        (pod) =>
          namespaceOf(pod) === namespace &&
          stringAt(pod, "metadata", "labels", "app.kubernetes.io/name") === name,
      );
      if (own.length === 0) continue;
      yield {
        severity: "error",
        object: own.map((pod) => `Pod ${namespace}/${nameOf(pod)}`).join(", "),
        message: `the plan has ${name} switched off and counts its memory as free, but it still runs`,
        fix: "delete its Application with the finalizer that deletes what it made (argocd/README.md, Switch a component off)",
      };
    }
  },
};
