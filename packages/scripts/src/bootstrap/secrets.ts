import { randomInt } from "node:crypto";
import type { Plan } from "@t495/proof";
import type { Credentials } from "./credentials.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const COMPONENT = "argocd";

interface Secret {
  readonly apiVersion: "v1";
  readonly kind: "Secret";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly stringData: Readonly<Record<string, string>>;
}

/** Secrets of the ledger that Argo CD's own pods need: made before foundation's Job, which adopts them. */
export function ledgerSecrets(plan: Plan): readonly Secret[] {
  return Object.entries(plan.secrets.ledger)
    .filter(([, { enabled, component }]) => enabled && component === COMPONENT)
    .flatMap(([name, { namespaces, keys }]) => {
      const values = Object.entries(keys).map(([key, { type, length, value }]) => [
        key,
        type === "random" ? randomText(length) : value,
      ]);
      return namespaces.map((namespace) => secret(name, namespace, {}, Object.fromEntries(values)));
    });
}

/** What opens a private repository, as Argo CD looks for it. */
export function repositorySecret(
  namespace: string,
  repoURL: string,
  { repository }: Credentials,
): Secret | undefined {
  if (repository === undefined) return undefined;
  const labels = { "argocd.argoproj.io/secret-type": "repository" };
  return secret("repository-platform", namespace, labels, { type: "git", url: repoURL, ...repository });
}

/** The webhook's secret, in the one Secret where Argo CD looks for it. */
export function webhookSecret(namespace: string, { webhookSecret: value }: Credentials): Secret | undefined {
  if (value === undefined) return undefined;
  const labels = { "app.kubernetes.io/part-of": "argocd" };
  return secret("argocd-secret", namespace, labels, { "webhook.github.secret": value });
}

function secret(
  name: string,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  stringData: Readonly<Record<string, string>>,
): Secret {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace, labels }, stringData };
}

function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}
