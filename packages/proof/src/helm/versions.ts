/** What Argo CD 3.5.5 renders with: `helm4_version` of its hack/tool-versions.sh. */
export const HELM_VERSION = "4.2.1";

/** The older Helm that must render the same objects, and the oldest that `HELM_BIN` may name. */
export const OLDEST_HELM_VERSION = "3.22.0";

/** The Kubernetes version that charts are rendered for and objects are checked against. */
export const KUBERNETES_VERSION = "1.36.3";

/** The K3s release that installs this Kubernetes. */
export const K3S_VERSION = `v${KUBERNETES_VERSION}+k3s1`;

/**
 * SHA-256 of that release's binary `k3s` for amd64: its `sha256sum-amd64.txt`, as recorded by ten public
 * repositories that pin the same version (2026-08 to 2026-10). It changes with the version above.
 */
export const K3S_SHA256 = "2f98a9f8fe5782479ee2d54e70a1b10a7f6fd4cae8d38ed3098452dc6eed76b5";
