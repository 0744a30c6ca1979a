import { readNodeConfiguration } from "../../node/node-configuration.ts";
import { defineRule } from "../rule.ts";
import { checkK3sOptions } from "./k3s-options.ts";
import { checkKubelet } from "./kubelet-options.ts";
import { checkPackagedComponents } from "./packaged-pods.ts";
import { checkShutdown } from "./shutdown-order.ts";

const codes = {
  "unreadable-file": "A file of the machine's configuration is missing or cannot be read.",
  "unknown-option": "K3s does not know an option and passes over it.",
  "network-differs": "Name, address, port or networks are not those of the plan.",
  "component-differs":
    "K3s deploys a component that the platform replaces, or does not deploy one that it needs.",
  "undeclared-pods":
    "K3s runs pods that the plan does not count, or the plan counts pods that K3s does not run.",
  "kubelet-file-not-passed": "K3s does not hand the kubelet its configuration file.",
  "flag-beside-file": "A kubelet flag wins over the same setting in the kubelet's file.",
  "allocatable-differs": "The kubelet would give pods another amount than the plan.",
  "signal-missing": "An eviction signal is not named, and naming the others switched it off.",
  "signal-differs": "The kubelet evicts at another threshold than the plan says.",
  "max-pods-differs": "The kubelet admits another number of pods than the plan says.",
  "images-stay-too-long": "Pods are evicted for disk space before unused images are removed.",
  "stops-too-soon": "A shutdown ends pods earlier than they ask for.",
  "delay-too-short": "The system does not wait as long as the kubelet's shutdown takes.",
} as const;

export type NodeCode = keyof typeof codes;

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
  codes,
  *check({ accounting, nodeFiles, plan, workloads }) {
    if (nodeFiles === undefined) {
      yield {
        unchecked:
          "no configuration of the machine is given: `pnpm docs:generate` writes it for the profiles of the umbrella",
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
