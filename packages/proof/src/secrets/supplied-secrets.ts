import type { PlannedSecret } from "../plan/plan.ts";

/** How an owner who makes the Secrets elsewhere wants to see what must exist. */
export const SUPPLY_KINDS = ["secret", "external-secret"] as const;
export type SupplyKind = (typeof SUPPLY_KINDS)[number];

/**
 * The manifests of the Secrets that must exist without foundation's Job, one for each namespace, as YAML: empty
 * Secrets to fill and seal, or ExternalSecrets (external-secrets.io/v1) that fetch each key from a store.
 *
 * @param store the name of a ClusterSecretStore, for ExternalSecrets
 */
export function suppliedSecrets(
  ledger: ReadonlyMap<string, PlannedSecret>,
  kind: SupplyKind,
  store: string,
): string {
  const documents = [...ledger].flatMap(([name, entry]) =>
    entry.namespaces.map((namespace) =>
      kind === "secret" ? secret(name, namespace, entry) : externalSecret(name, namespace, entry, store),
    ),
  );
  return documents.map((lines) => `---\n${lines.join("\n")}\n`).join("");
}

function secret(name: string, namespace: string, entry: PlannedSecret): readonly string[] {
  return [
    ...note(entry),
    "apiVersion: v1",
    "kind: Secret",
    "type: Opaque",
    ...metadata(name, namespace),
    "stringData:",
    ...Object.entries(entry.keys).map(
      ([key, recipe]) =>
        `  ${key}: ${recipe.type === "literal" ? JSON.stringify(recipe.value) : `"" # ${wanted(recipe)}`}`,
    ),
  ];
}

function externalSecret(
  name: string,
  namespace: string,
  entry: PlannedSecret,
  store: string,
): readonly string[] {
  return [
    ...note(entry),
    "apiVersion: external-secrets.io/v1",
    "kind: ExternalSecret",
    ...metadata(name, namespace),
    "spec:",
    "  secretStoreRef:",
    "    kind: ClusterSecretStore",
    `    name: ${store}`,
    "  target:",
    `    name: ${name}`,
    "  data:",
    ...Object.entries(entry.keys).flatMap(([key, recipe]) => [
      `    - secretKey: ${key} # ${wanted(recipe)}`,
      `      remoteRef: { key: ${name}, property: ${key} }`,
    ]),
  ];
}

function note({ component, namespaces }: PlannedSecret): readonly string[] {
  const others = namespaces.length > 1 ? `; the same values in ${namespaces.join(", ")}` : "";
  return [`# ${component}${others}`];
}

function metadata(name: string, namespace: string): readonly string[] {
  return ["metadata:", `  name: ${name}`, `  namespace: ${namespace}`];
}

function wanted({ type, length, value }: PlannedSecret["keys"][string]): string {
  if (type === "literal") return `exactly ${value}`;
  if (type === "random") return `${length} letters and digits, by chance`;
  const [user, password] = value.split(":");
  return `htpasswd -nbB of ${user} and ${password}`;
}
