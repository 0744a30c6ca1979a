import type { Manifest } from "../../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../../manifest/manifest-index.ts";
import { bindingsOf } from "../../../rbac/bindings.ts";
import { rulesOf } from "../../../rbac/role-rule.ts";
import type { NamedReference } from "./object-reference.ts";

/**
 * The binding that lets a program make the ConfigMap that a reference names, as Istio's control plane makes its
 * certificate's; undefined where none does, and for kinds that programs seldom make.
 */
export function makerOf({ kind, namespace }: NamedReference, index: ManifestIndex): Manifest | undefined {
  if (kind !== "ConfigMap") return undefined;
  return bindingsOf(index).all.find(
    (binding) =>
      (binding.namespace === undefined || binding.namespace === namespace) &&
      binding.role !== undefined &&
      rulesOf(binding.role).some(
        ({ groups, resources, verbs, names }) =>
          names.length === 0 &&
          ["", "*"].some((group) => groups.includes(group)) &&
          ["configmaps", "*"].some((resource) => resources.includes(resource)) &&
          ["create", "*"].some((verb) => verbs.includes(verb)),
      ),
  )?.manifest;
}
