/** Where the generated files of a machine stand below `node/profiles/<profile>/`; the same path below `/` on it. */
export const K3S_CONFIG = "etc/rancher/k3s/config.yaml";
export const KUBELET_CONFIG = "etc/rancher/k3s/kubelet.yaml";
export const REGISTRIES_CONFIG = "etc/rancher/k3s/registries.yaml";
/** Sorts after `unattended-upgrades-logind-maxdelay.conf`, which allows 30 seconds and would win otherwise. */
export const LOGIND_CONFIG = "etc/systemd/logind.conf.d/zz-platform.conf";

/** Text by path. */
export type NodeFiles = ReadonlyMap<string, string>;
