import { at, stringsIn, textOf } from "../../manifest/values.ts";
import { nearest } from "../../nearest.ts";
import { K3S_OPTIONS } from "../../node/k3s-options.ts";
import type { NodeConfiguration } from "../../node/node-configuration.ts";
import { K3S_CONFIG, KUBELET_CONFIG } from "../../node/node-paths.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Problem } from "../rule.ts";
import type { NodeCode } from "./node-codes.ts";

/** Settings that this repository keeps in the kubelet's file; flags of these names would win over it. */
const FLAGS_OF_FILE: ReadonlySet<string> = new Set([
  "eviction-hard",
  "eviction-minimum-reclaim",
  "image-gc-high-threshold",
  "image-gc-low-threshold",
  "kube-reserved",
  "max-pods",
  "pod-max-pids",
  "system-reserved",
]);

/** K3s' own file: options that exist, the plan's network, and the way to the kubelet's file. */
export function* checkK3sOptions({ k3s }: NodeConfiguration, plan: Plan): Generator<Problem<NodeCode>> {
  for (const option of Object.keys(k3s)) {
    // `disable+` appends to what another file says.
    const name = option.replace(/\+$/, "");
    if (K3S_OPTIONS.has(name)) continue;
    const meant = nearest(name, [...K3S_OPTIONS]);
    yield {
      code: "unknown-option",
      path: `${K3S_CONFIG}: ${option}`,
      message: `K3s has no option ${option}, and would say so only in its log`,
      actual: option,
      fix: meant === undefined ? "see https://docs.k3s.io/cli/server" : `write ${meant}`,
    };
  }
  yield* checkNetwork(k3s, plan);
  yield* checkEnforcement(k3s);
  if (textOf(at(k3s, "secrets-encryption")) !== "true") {
    yield {
      code: "secrets-readable",
      path: `${K3S_CONFIG}: secrets-encryption`,
      message:
        "secrets-encryption is not true: whoever reads the datastore, or a copy of it, reads every Secret",
      actual: textOf(at(k3s, "secrets-encryption") ?? "not set"),
      limit: "true",
      fix: "write secrets-encryption: true (for a node that runs: node/README.md)",
    };
  }
  const flags = stringsIn(at(k3s, "kubelet-arg"));
  if (!flags.includes(`config=/${KUBELET_CONFIG}`)) {
    yield {
      code: "kubelet-file-not-passed",
      path: `${K3S_CONFIG}: kubelet-arg`,
      message: `kubelet-arg does not name /${KUBELET_CONFIG}: its reserves and eviction signals have no effect`,
      actual: flags.join(", "),
      fix: `add config=/${KUBELET_CONFIG}`,
    };
  }
  for (const flag of flags) {
    const name = flag.replace(/^--/, "").split("=")[0] ?? "";
    if (!FLAGS_OF_FILE.has(name)) continue;
    yield {
      code: "flag-beside-file",
      path: `${K3S_CONFIG}: kubelet-arg`,
      message: `the flag ${name} wins over /${KUBELET_CONFIG}`,
      actual: flag,
      fix: "remove the flag; the plan decides",
    };
  }
}

/** K3s' own controller enforces NetworkPolicies on its own flannel; the platform brings no other network. */
function* checkEnforcement(k3s: unknown): Generator<Problem<NodeCode>> {
  for (const [option, value] of [
    ["disable-network-policy", "true"],
    ["flannel-backend", "none"],
  ] as const) {
    if (textOf(at(k3s, option)) !== value) continue;
    yield {
      code: "policies-not-enforced",
      path: `${K3S_CONFIG}: ${option}`,
      message: `${option} is ${value}: nothing enforces the platform's NetworkPolicies, and every pod reaches every other`,
      actual: value,
      fix: `remove ${option}`,
    };
  }
}

function* checkNetwork(k3s: unknown, { node }: Plan): Generator<Problem<NodeCode>> {
  const { address, apiServerPort, podCidr, serviceCidr } = node.network;
  const planned: readonly (readonly [option: string, value: string | number, byDefault?: string | number])[] =
    [
      ["node-name", node.name],
      ["node-ip", address],
      ["https-listen-port", apiServerPort, 6443],
      ["cluster-cidr", podCidr, "10.42.0.0/16"],
      ["service-cidr", serviceCidr, "10.43.0.0/16"],
    ];
  for (const [option, value, byDefault] of planned) {
    const actual = at(k3s, option) ?? byDefault;
    if (textOf(actual) === textOf(value)) continue;
    yield {
      code: "network-differs",
      path: `${K3S_CONFIG}: ${option}`,
      message: `${option} is ${actual ?? "left to the machine"}; the plan says ${value}`,
      actual: actual === undefined ? undefined : textOf(actual),
      limit: value,
      fix: `write ${option}: ${value}`,
    };
  }
}
