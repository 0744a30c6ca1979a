import { at } from "../../manifest/values.ts";
import { defineRule } from "../rule.ts";

export const noServiceLinks = defineRule({
  id: "no-service-links",
  group: "security",
  severity: "error",
  title: "No variables that Services inject",
  explanation: {
    protects: "Programs that read their configuration from variables against those that Kubernetes adds.",
    incident:
      "A Service named registry gives every pod REGISTRY_PORT=tcp://10.43.0.12:5000, which the registry program " +
      "takes for its own setting and refuses to start; it happens at the first restart after the Service appeared.",
    fix: "Set enableServiceLinks: false in the pod's spec; it is true by default.",
    source: "kubernetes v1.36 staging/src/k8s.io/api/core/v1/types.go, PodSpec.enableServiceLinks",
  },
  codes: { "service-links-enabled": "A pod gets a set of variables for every Service of its namespace." },
  *check({ workloads }) {
    for (const { manifest, podSpec, podSpecPath } of workloads) {
      const value = at(podSpec, "enableServiceLinks");
      if (value === false) continue;
      yield {
        code: "service-links-enabled" as const,
        manifest,
        path: `${podSpecPath}.enableServiceLinks`,
        message:
          "the pod gets variables for every Service of its namespace, which programs may take for settings",
        actual: value === undefined ? "not set (true)" : String(value),
        limit: "false",
        fix: "Set enableServiceLinks: false.",
      };
    }
  },
});
