import type { KubernetesObject } from "@t495/proof";
import type { ApiClient } from "../api/api-client.ts";
import { repeatedly } from "./repeatedly.ts";

const EVERY_MS = 300;

interface Claim extends KubernetesObject {
  readonly spec: {
    readonly storageClassName?: string;
    readonly resources: { readonly requests: { readonly storage: string } };
  };
  readonly status?: { readonly phase?: string };
}

/**
 * Stands in for the provisioners of storage classes: each claim that waits gets a PersistentVolume made for it, which
 * Kubernetes' own controller then binds. Returns what stops it.
 */
export function provideVolumes(api: ApiClient): () => Promise<void> {
  const provided = new Set<string>();
  return repeatedly(EVERY_MS, () => provideOnce(api, provided));
}

async function provideOnce(api: ApiClient, provided: Set<string>): Promise<void> {
  const claims = (await api.list({ apiVersion: "v1", kind: "PersistentVolumeClaim" })) as Claim[];
  for (const { metadata, spec, status } of claims) {
    const uid = String(metadata.uid);
    if (status?.phase !== "Pending" || provided.has(uid)) continue;
    await api.apply(
      {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name: `pvc-${uid}` },
        spec: {
          accessModes: ["ReadWriteOnce"],
          capacity: { storage: spec.resources.requests.storage },
          claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", ...identity(metadata), uid },
          hostPath: { path: `/var/lib/proof/${uid}` },
          persistentVolumeReclaimPolicy: "Retain",
          ...(spec.storageClassName === undefined ? {} : { storageClassName: spec.storageClassName }),
        },
      },
      { manager: "provisioner" },
    );
    provided.add(uid);
  }
}

function identity({ name, namespace }: KubernetesObject["metadata"]): object {
  return { name, namespace };
}
