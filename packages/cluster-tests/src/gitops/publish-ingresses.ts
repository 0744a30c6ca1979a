import type { ApiClient } from "../api/api-client.ts";

const EVERY_MS = 300;
const INGRESS = { apiVersion: "networking.k8s.io/v1", kind: "Ingress" } as const;

interface Ingress {
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly unknown[] } };
}

/**
 * Stands in for Traefik, which is a pod of the platform: an Ingress gets its address, without which Argo CD calls it
 * Progressing for ever. Nothing is published before Traefik's own Service is there. Returns what stops it.
 */
export function publishIngresses(
  api: ApiClient,
  service: { namespace: string; name: string },
): () => Promise<void> {
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      await publishOnce(api, service).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  })();
  return async () => {
    stopped = true;
    await loop;
  };
}

async function publishOnce(api: ApiClient, service: { namespace: string; name: string }): Promise<void> {
  const { status } = (await api.get({ apiVersion: "v1", kind: "Service", ...service })) as Ingress;
  const loadBalancer = status?.loadBalancer ?? {};
  if (loadBalancer.ingress === undefined) return;
  for (const ingress of await api.list(INGRESS)) {
    if ((ingress as Ingress).status?.loadBalancer?.ingress !== undefined) continue;
    const { namespace, name } = ingress.metadata;
    await api.patch({ ...INGRESS, namespace, name }, { status: { loadBalancer } }, "status");
  }
}
