import { describeObject, type Manifest } from "../../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../../manifest/manifest-index.ts";
import { at, objectsIn, stringAt } from "../../../manifest/values.ts";
import { componentOf } from "../../../order/applications.ts";
import { type Account, accountOf } from "../../../rbac/bindings.ts";
import type { Problem } from "../../rule.ts";

type BindingCode = "powerful-role" | "shared-subject" | "foreign-subject" | "bound-to-nobody";

/** Made by the API server, for administrators. */
const POWERFUL: Readonly<Record<string, string>> = {
  "cluster-admin": "may do everything",
  admin: "may do everything in the namespace, with its Secrets and its roles",
  edit: "may read and write every Secret and run pods as every ServiceAccount of the namespace",
};
const SHARED_GROUPS = /^system:(authenticated|unauthenticated|serviceaccounts(:.*)?)$/;

/** What is wrong with whom a binding names, and with what it gives them. */
export function* bindingProblems(binding: Manifest, index: ManifestIndex): Generator<Problem<BindingCode>> {
  const { object } = binding;
  const role = stringAt(object, "roleRef", "name") ?? "";
  const isBuiltIn = Object.hasOwn(POWERFUL, role) && at(object, "roleRef", "kind") === "ClusterRole";
  if (isBuiltIn && index.find("rbac.authorization.k8s.io", "ClusterRole", undefined, role) === undefined) {
    yield {
      code: "powerful-role",
      manifest: binding,
      path: "roleRef.name",
      message: `binds ${role}: whoever holds it ${POWERFUL[role]}`,
      actual: role,
      fix: "Render a role with the rights that the program uses, and bind that.",
    };
  }
  const subjects = objectsIn(object.subjects);
  if (subjects.length === 0) {
    yield {
      code: "bound-to-nobody",
      manifest: binding,
      path: "subjects",
      message: `gives ${role} to nobody`,
      fix: "Name the ServiceAccount that needs it, or remove the binding and its role.",
    };
  }
  for (const [position, subject] of subjects.entries()) {
    const path = `subjects[${position}]`;
    const name = stringAt(subject, "name") ?? "";
    const account = accountOf(subject, binding.namespace);
    if (subject.kind === "Group" && name === "system:masters") {
      yield {
        code: "powerful-role",
        manifest: binding,
        path,
        message:
          "names the group system:masters, which may do everything past all roles and cannot be revoked",
        actual: name,
        fix: "Name a group or user of your own.",
      };
      continue;
    }
    const shared = sharedBy(stringAt(subject, "kind") ?? "", name, account);
    if (shared !== undefined) {
      yield {
        code: "shared-subject",
        manifest: binding,
        path,
        message: `gives ${role} to ${shared}`,
        actual: name,
        fix: "Give the program a ServiceAccount of its own, and bind that.",
      };
      continue;
    }
    const foreign = account && foreignOwner(binding, account, index);
    if (foreign === undefined) continue;
    yield {
      code: "foreign-subject",
      manifest: binding,
      path,
      message: `gives rights in namespace ${binding.namespace} to ${describeObject(foreign)} of another component (${componentOf(foreign)})`,
      actual: `${foreign.namespace}/${foreign.name}`,
      fix: "Bind an account of the component itself; what another component needs belongs to that one's templates.",
    };
  }
}

function sharedBy(kind: string, name: string, account: Account | undefined): string | undefined {
  if (kind === "Group" && SHARED_GROUPS.test(name)) return `everybody in the group ${name}`;
  if (kind === "User" && name === "system:anonymous") return "whoever reaches the API server";
  if (account?.name !== "default") return undefined;
  return `ServiceAccount ${account.namespace}/default, which every pod has that names no other`;
}

/** The rendered ServiceAccount of another component and namespace; components are known by their label. */
function foreignOwner(binding: Manifest, account: Account, index: ManifestIndex): Manifest | undefined {
  if (binding.kind !== "RoleBinding" || binding.namespace === undefined) return undefined;
  if (account.namespace === binding.namespace) return undefined;
  const owner = index.find("", "ServiceAccount", account.namespace, account.name);
  if (owner === undefined) return undefined;
  const component = componentOf(binding);
  const other = componentOf(owner);
  return component === undefined || other === undefined || component === other ? undefined : owner;
}
