import { namespaceOf } from "../../manifest/kubernetes-object.ts";
import { stringAt } from "../../manifest/values.ts";
import type { Workload } from "../../manifest/workload.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule } from "../rule.ts";
import { classNameOf, isSystemClass } from "./priority-classes.ts";

const NAME_LABEL = "app.kubernetes.io/name";

/** A component's pods carry its layer's class. */
export const priorityMatchesLayer = defineRule({
  id: "priority-matches-layer",
  group: "priority",
  severity: "error",
  needs: "plan",
  title: "Pods carry the priority class of their component's layer",
  explanation: {
    protects: "The layers: what others stand on gives way last.",
    incident:
      "A chart is copied from the monitoring layer to the data layer and keeps its class; at the first shortage the new database is evicted before the dashboards.",
    fix: "Take priorityClassName from global.layers.<layer>.priorityClass.",
    source: "The plan in charts/platform-umbrella/values.yaml, global.layers and global.components.",
  },
  codes: {
    "wrong-class": "The class is not that of the component's layer.",
    "class-by-namespace": "No component is found, and the class is not that of the namespace's layer.",
    "component-elsewhere": "The pods carry a component's name outside of its namespace.",
  },
  *check({ workloads, plan }) {
    for (const workload of workloads) {
      const { manifest, podSpecPath } = workload;
      const path = `${podSpecPath}.priorityClassName`;
      const namespace = namespaceOf(manifest);
      const name = componentName(workload);
      const component =
        name !== undefined && Object.hasOwn(plan.components, name) ? plan.components[name] : undefined;
      if (component !== undefined && component.namespace !== namespace) {
        yield {
          code: "component-elsewhere",
          manifest,
          path: "metadata.namespace",
          message: `the label ${NAME_LABEL} says ${name}, which the plan has in ${component.namespace}, not in ${namespace}`,
          actual: namespace,
          limit: component.namespace,
          fix: `move it to ${component.namespace}, or correct the label or global.components.${name}.namespace`,
        };
        continue;
      }
      const layer = component?.layer ?? layerOf(namespace, plan);
      const expected = layer === undefined ? undefined : plan.layers[layer]?.priorityClass;
      const actual = classNameOf(workload);
      if (actual !== undefined && isSystemClass(actual) && namespace === "kube-system") continue;
      // A missing class is require-priority-class's, an unknown namespace node-fits's finding.
      if (actual === undefined || expected === undefined || actual === expected) continue;
      yield {
        code: component === undefined ? "class-by-namespace" : "wrong-class",
        manifest,
        path,
        message: `the pods of ${component === undefined ? `namespace ${namespace}` : `component ${name}`} have class ${actual}, layer ${layer} has ${expected}`,
        actual,
        limit: expected,
        fix: `set priorityClassName: ${expected}`,
      };
    }
  },
});

function componentName({ podMetadata, manifest }: Workload): string | undefined {
  return (
    stringAt(podMetadata, "labels", NAME_LABEL) ?? stringAt(manifest.object, "metadata", "labels", NAME_LABEL)
  );
}

function layerOf(namespace: string, plan: Plan): string | undefined {
  return Object.hasOwn(plan.namespaces, namespace) ? plan.namespaces[namespace]?.layer : undefined;
}
