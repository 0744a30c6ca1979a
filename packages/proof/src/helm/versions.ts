/** What Argo CD 3.5.5 renders with: `helm4_version` of its hack/tool-versions.sh. */
export const HELM_VERSION = "4.2.1";

/** The older Helm that must render the same objects, and the oldest that `HELM_BIN` may name. */
export const OLDEST_HELM_VERSION = "3.22.0";

/** The Kubernetes version that charts are rendered for and objects are checked against. */
export const KUBERNETES_VERSION = "1.36.3";
