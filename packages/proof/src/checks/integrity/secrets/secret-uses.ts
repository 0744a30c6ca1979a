import { namespaceOf } from "../../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../../manifest/manifest-index.ts";
import { at, objectsIn, stringAt } from "../../../manifest/values.ts";
import type { Workload } from "../../../manifest/workload.ts";
import { collectReferences } from "../references/collect-references.ts";
import { dataUses } from "../references/key-references.ts";
import { runtimePodUses } from "./runtime-pod-uses.ts";
import type { SecretUse } from "./secret-use.ts";

const TLS_KEYS = ["tls.crt", "tls.key"];
const IMAGE_PULL_KEYS = [".dockerconfigjson"];

/** Every use of a Secret: by pods and those that they make, by ServiceAccounts, by Ingresses and by Traefik's middlewares. */
export function* secretUses(index: ManifestIndex, workloads: readonly Workload[]): Generator<SecretUse> {
  for (const workload of workloads) {
    const user = workload.manifest;
    for (const { kind, name, key, path, optional } of dataUses(workload)) {
      if (kind !== "Secret") continue;
      yield {
        user,
        namespace: namespaceOf(user),
        name,
        keys: key === undefined ? undefined : [key],
        path,
        optional,
      };
    }
    yield* runtimePodUses(workload, index);
  }
  for (const { user, kind, namespace, name, path } of collectReferences(index, workloads)) {
    if (kind !== "Secret" || namespace === undefined) continue;
    // What pods read as data is above, with its keys.
    const keys = path.startsWith("spec.tls[")
      ? TLS_KEYS
      : path.includes("imagePullSecrets[")
        ? IMAGE_PULL_KEYS
        : [];
    if (keys.length > 0) yield { user, namespace, name, keys, path, optional: false };
  }
  yield* middlewareUses(index);
}

function* middlewareUses(index: ManifestIndex): Generator<SecretUse> {
  for (const user of index.filter({ group: "traefik.io", kind: "Middleware" })) {
    for (const field of ["basicAuth", "digestAuth"]) {
      const name = stringAt(user.object, "spec", field, "secret");
      if (name === undefined) continue;
      const path = `spec.${field}.secret`;
      yield { user, namespace: namespaceOf(user), name, keys: undefined, path, optional: false };
    }
  }
  for (const user of [
    ...index.filter({ group: "traefik.io", kind: "IngressRoute" }),
    ...index.filter({ group: "traefik.io", kind: "IngressRouteTCP" }),
  ]) {
    const name = stringAt(user.object, "spec", "tls", "secretName");
    if (name === undefined) continue;
    yield {
      user,
      namespace: namespaceOf(user),
      name,
      keys: TLS_KEYS,
      path: "spec.tls.secretName",
      optional: false,
    };
  }
  for (const user of index.filter({ group: "traefik.io", kind: "TLSStore" })) {
    const holders = [
      [at(user.object, "spec", "defaultCertificate"), "spec.defaultCertificate"] as const,
      ...objectsIn(at(user.object, "spec", "certificates")).map(
        (certificate, position) => [certificate, `spec.certificates[${position}]`] as const,
      ),
    ];
    for (const [holder, path] of holders) {
      const name = stringAt(holder, "secretName");
      if (name === undefined) continue;
      const use = { keys: TLS_KEYS, path: `${path}.secretName`, optional: false };
      yield { user, namespace: namespaceOf(user), name, ...use };
    }
  }
}
