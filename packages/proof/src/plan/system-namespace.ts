/**
 * Where K3s runs its own pods and puts back what others change (k3s v1.36 manifests/): the plan records how it is
 * and decides nothing, so no rule asks for a reason.
 */
export const SYSTEM_NAMESPACE = "kube-system";
