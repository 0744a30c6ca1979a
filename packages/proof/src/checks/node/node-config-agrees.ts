import { readNodeConfiguration } from "../../node/node-configuration.ts";
import { defineRule } from "../rule.ts";
import { checkK3sOptions } from "./k3s-options.ts";
import { checkKubelet } from "./kubelet-options.ts";
import { nodeCodes } from "./node-codes.ts";
import { checkPackagedComponents } from "./packaged-pods.ts";
import { checkShutdown } from "./shutdown-order.ts";

/** The machine is configured for the plan that is proven. */
export const nodeConfigAgrees = defineRule({
  id: "node-config-agrees",
  group: "node",
  severity: "error",
  needs: "plan",
  title: "The machine's K3s and kubelet are configured for this plan",
  explanation: {
    protects:
      "Every figure of the proof: what the node can allocate, which pods die first and which of K3s' own components run follow from the configuration of the machine, not from the charts.",
    incident:
      "K3s replaces the kubelet's eviction defaults by two signals for the disk and reserves nothing: under memory pressure the kernel's OOM killer ended the API server, and the priority classes had no say (spatiumddi issue 1124, v1.36.4+k3s1).",
    fix: "Run `corepack pnpm docs:generate`, which writes node/profiles/<profile>/ from the plan, commit it, and run node/install.sh on the machine.",
    source:
      "k8s.io/kubernetes v1.36.3 pkg/kubelet/cm/node_container_manager_linux.go and pkg/kubelet/eviction/defaults_linux.go; docs.k3s.io/cli/server",
  },
  codes: nodeCodes,
  *check({ accounting, nodeFiles, plan, workloads }) {
    if (nodeFiles === undefined) {
      yield {
        unchecked:
          "no configuration of the machine is given: `corepack pnpm docs:generate` writes it for the profiles of the umbrella",
      };
      return;
    }
    const configuration = readNodeConfiguration(nodeFiles);
    if ("reason" in configuration) {
      yield {
        code: "unreadable-file",
        path: configuration.path,
        message: `${configuration.path} of the machine: ${configuration.reason}`,
        fix: "write it again: corepack pnpm docs:generate",
      };
      return;
    }
    yield* checkK3sOptions(configuration, plan);
    yield* checkPackagedComponents(configuration, plan, accounting);
    yield* checkKubelet(configuration, plan);
    yield* checkShutdown(configuration, plan, workloads);
  },
});
