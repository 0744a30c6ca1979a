import type { KubernetesObject, Manifest } from "@t495/proof";
import { argocdOrder } from "../../../proof/src/order/argocd-order.ts";
import { type ApiClient, ApiError } from "../api/api-client.ts";
import { eventually } from "./program.ts";

/** An object that the API server refused, with its words. */
export interface Refusal {
  readonly manifest: Manifest;
  readonly message: string;
}

/** How many requests are under way at once. */
const AT_ONCE = 8;

/**
 * Applies objects as Argo CD would: in its order, whoever shares a step at once. What the API server refuses is
 * returned, and the rest goes on. Webhook configurations are validated and not kept.
 */
export async function applyInOrder(api: ApiClient, manifests: readonly Manifest[]): Promise<Refusal[]> {
  const refusals: Refusal[] = [];
  const steps = new Map<number, Manifest[]>();
  for (const { step, manifest } of argocdOrder(manifests)) {
    steps.set(step, [...(steps.get(step) ?? []), manifest]);
  }
  for (const batch of steps.values()) {
    for (const group of chunks(batch, AT_ONCE)) {
      const refused = await Promise.all(group.map((manifest) => applyOne(api, manifest)));
      refusals.push(...refused.filter((refusal) => refusal !== undefined));
    }
    for (const { kind, name } of batch) if (kind === "CustomResourceDefinition") await established(api, name);
  }
  return refusals;
}

/** They would be asked from then on, and nothing answers at a Service's address where there is no pod network. */
const ADMITTED_ONLY: ReadonlySet<string> = new Set([
  "ValidatingWebhookConfiguration",
  "MutatingWebhookConfiguration",
]);

async function applyOne(api: ApiClient, manifest: Manifest): Promise<Refusal | undefined> {
  try {
    await api.apply(manifest.object, { dryRun: ADMITTED_ONLY.has(manifest.kind) });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return { manifest, message: error.message };
    throw error;
  }
}

async function established(api: ApiClient, name: string): Promise<void> {
  const definition = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", name };
  await eventually(`CustomResourceDefinition ${name} is established`, async () => {
    const { status } = (await api.get(definition)) as KubernetesObject & {
      status?: { conditions?: { type: string; status: string }[] };
    };
    return (
      status?.conditions?.some(({ type, status }) => type === "Established" && status === "True") ?? false
    );
  });
}

function* chunks<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
