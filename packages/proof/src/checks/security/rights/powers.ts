import { RBAC } from "../../../rbac/bindings.ts";
import type { RoleRule } from "../../../rbac/role-rule.ts";

/** A right that is worth more than it looks. */
interface Power {
  readonly code: "escalates" | "cluster-wide-secrets" | "cluster-wide-workloads";
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** True when it is dangerous only where it holds in every namespace. */
  readonly onlyClusterWide?: true;
  /** True when `resourceNames` do not tame it. */
  readonly evenNamed?: true;
  /** What its holder can do. */
  readonly why: string;
  readonly fix: string;
}

const WRITE = ["create", "update", "patch"];
const NAME_THEM = "List the objects in resourceNames, or leave the verbs out.";

/**
 * The rights that lead to others.
 * @see https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
 */
const POWERS: readonly Power[] = [
  {
    code: "escalates",
    group: RBAC,
    resources: ["roles", "clusterroles"],
    verbs: ["escalate"],
    evenNamed: true,
    why: "may write rights into the role that it does not have itself",
    fix: "Leave escalate out: without it the API server only lets it pass on what it has.",
  },
  {
    code: "escalates",
    group: RBAC,
    resources: ["roles", "clusterroles"],
    verbs: ["bind"],
    why: "may give itself any role",
    fix: "Name the roles that it may bind in resourceNames.",
  },
  {
    code: "escalates",
    group: "",
    resources: ["users", "groups", "serviceaccounts"],
    verbs: ["impersonate"],
    why: "may act as anybody",
    fix: "Name whom it may impersonate in resourceNames.",
  },
  {
    code: "escalates",
    group: "authentication.k8s.io",
    resources: ["uids", "userextras", "userextras/*"],
    verbs: ["impersonate"],
    why: "may act as anybody",
    fix: "Name whom it may impersonate in resourceNames.",
  },
  {
    code: "escalates",
    group: "",
    resources: ["serviceaccounts/token"],
    verbs: ["create"],
    why: "may sign in as any ServiceAccount that it reaches",
    fix: "Name the ServiceAccounts in resourceNames.",
  },
  {
    code: "escalates",
    group: "",
    resources: ["nodes/proxy"],
    verbs: ["get", "list", "watch", ...WRITE, "delete"],
    evenNamed: true,
    why: "may run commands in every pod of the node through the kubelet, past audit and admission",
    fix: "Ask for what is needed of the kubelet: nodes/metrics, nodes/stats, nodes/log.",
  },
  {
    code: "escalates",
    group: "certificates.k8s.io",
    resources: ["signers"],
    verbs: ["approve", "sign"],
    why: "may have certificates issued for any user",
    fix: "Name the signers in resourceNames.",
  },
  {
    code: "escalates",
    group: "admissionregistration.k8s.io",
    resources: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
    verbs: WRITE,
    why: "may read and change every object that anybody writes, Secrets too",
    fix: "Render the configuration, and name it in resourceNames for the update of its certificate.",
  },
  {
    code: "escalates",
    group: "",
    resources: ["persistentvolumes"],
    verbs: ["create"],
    why: "may make a volume of any folder of the node",
    fix: "Let the storage driver's provisioner make volumes.",
  },
  {
    code: "escalates",
    group: "",
    resources: ["namespaces"],
    verbs: ["update", "patch"],
    why: "may lift the Pod Security level of any namespace",
    fix: NAME_THEM,
  },
  {
    code: "cluster-wide-secrets",
    group: "",
    resources: ["secrets"],
    verbs: ["get", "list", "watch", "update", "patch", "delete", "deletecollection"],
    onlyClusterWide: true,
    why: "reaches every Secret of every namespace",
    fix: "Bind a Role where they are needed, or name them in resourceNames.",
  },
  {
    code: "cluster-wide-workloads",
    group: "",
    resources: ["pods", "replicationcontrollers"],
    verbs: WRITE,
    onlyClusterWide: true,
    why: "may run a pod of its own in any namespace, with each ServiceAccount and each Secret there",
    fix: "Bind a Role in the namespaces where it runs pods.",
  },
  {
    code: "cluster-wide-workloads",
    group: "apps",
    resources: ["deployments", "statefulsets", "daemonsets", "replicasets"],
    verbs: WRITE,
    onlyClusterWide: true,
    why: "may run a pod of its own in any namespace, with each ServiceAccount and each Secret there",
    fix: "Bind a Role in the namespaces where it runs pods.",
  },
  {
    code: "cluster-wide-workloads",
    group: "batch",
    resources: ["jobs", "cronjobs"],
    verbs: WRITE,
    onlyClusterWide: true,
    why: "may run a pod of its own in any namespace, with each ServiceAccount and each Secret there",
    fix: "Bind a Role in the namespaces where it runs pods.",
  },
  {
    code: "cluster-wide-workloads",
    group: "",
    resources: ["pods/exec", "pods/attach", "pods/ephemeralcontainers"],
    verbs: ["get", ...WRITE],
    onlyClusterWide: true,
    why: "may run commands in every pod",
    fix: "Bind a Role in the namespaces where it enters pods.",
  },
];

/** A power that a rule gives, with the resources and verbs that give it. */
interface GivenPower {
  readonly power: Power;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Resources must be written out: a wildcard is reported as what it is. */
export function powersOf(rule: RoleRule, isClusterWide: boolean): readonly GivenPower[] {
  return POWERS.flatMap((power) => {
    if (!rule.groups.includes(power.group)) return [];
    if (power.onlyClusterWide && !isClusterWide) return [];
    if (rule.names.length > 0 && power.evenNamed !== true) return [];
    const resources = rule.resources.filter((resource) => power.resources.includes(resource));
    const verbs = rule.verbs.includes("*") ? ["*"] : rule.verbs.filter((verb) => power.verbs.includes(verb));
    return resources.length === 0 || verbs.length === 0 ? [] : [{ power, resources, verbs }];
  });
}
