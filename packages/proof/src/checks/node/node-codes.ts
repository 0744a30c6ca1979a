/** Every code of `node-config-agrees`, whose parts share them. */
export const nodeCodes = {
  "unreadable-file": "A file of the machine's configuration is missing or cannot be read.",
  "unknown-option": "K3s does not know an option and passes over it.",
  "network-differs": "Name, address, port or networks are not those of the plan.",
  "component-differs":
    "K3s deploys a component that the platform replaces, or does not deploy one that it needs.",
  "undeclared-pods":
    "K3s runs pods that the plan does not count, or the plan counts pods that K3s does not run.",
  "policies-not-enforced": "K3s runs without what enforces NetworkPolicies.",
  "secrets-readable": "K3s keeps Secrets in clear text on the disk.",
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

export type NodeCode = keyof typeof nodeCodes;
