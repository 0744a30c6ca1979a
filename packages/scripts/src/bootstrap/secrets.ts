import { type Plan, SOURCE_NAMESPACE } from "@t495/proof";
import type { Kubectl } from "../cluster/kubectl.ts";
import { readSecrets } from "../secrets/cluster-secrets.ts";
import { makeValues } from "../secrets/make-values.ts";
import type { Credentials } from "./credentials.ts";

const COMPONENT = "argocd";

interface Secret {
  readonly apiVersion: "v1";
  readonly kind: "Secret";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

/**
 * Secrets of the ledger that Argo CD's own pods need: made before foundation's Job, which adopts them. Where the
 * source is there already, imported or of a life before, its values count: the Job would refuse others.
 */
export async function ledgerSecrets(plan: Plan, kubectl: Kubectl): Promise<readonly Secret[]> {
  const entries = Object.entries(plan.secrets.ledger).filter(
    ([, { enabled, component }]) => enabled && component === COMPONENT,
  );
  const sources = await readSecrets(
    kubectl,
    SOURCE_NAMESPACE,
    entries.map(([name]) => name),
  );
  const made = entries.map(async ([name, { namespaces, keys }]) => {
    const held = sources.find(({ metadata }) => metadata.name === name)?.data ?? {};
    const missing = Object.keys(keys).filter((key) => !held[key]);
    const data = { ...held, ...(await makeValues(missing, keys, held)) };
    return namespaces.map((namespace) => ({ ...secret(name, namespace, {}), data }));
  });
  return (await Promise.all(made)).flat();
}

/** What opens a private repository, as Argo CD looks for it. */
export function repositorySecret(
  namespace: string,
  repoURL: string,
  { repository }: Credentials,
): Secret | undefined {
  if (repository === undefined) return undefined;
  const labels = { "argocd.argoproj.io/secret-type": "repository" };
  const stringData = { type: "git", url: repoURL, ...repository };
  return { ...secret("repository-platform", namespace, labels), stringData };
}

/** The webhook's secret, in the one Secret where Argo CD looks for it. */
export function webhookSecret(namespace: string, { webhookSecret: value }: Credentials): Secret | undefined {
  if (value === undefined) return undefined;
  const labels = { "app.kubernetes.io/part-of": "argocd" };
  return { ...secret("argocd-secret", namespace, labels), stringData: { "webhook.github.secret": value } };
}

function secret(name: string, namespace: string, labels: Readonly<Record<string, string>>): Secret {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace, labels } };
}
