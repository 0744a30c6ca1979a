import type { KubernetesObject } from "@t495/proof";
import type { ChargeTotals, NamespaceCharge } from "../../../proof/src/accounting/accounting.ts";
import { type Amount, formatAmount, parseQuantity } from "../../../proof/src/accounting/quantity.ts";
import { charged, isPodResource } from "../../../proof/src/accounting/quota.ts";
import { amountOf } from "../../../proof/src/accounting/resource-list.ts";
import type { ApiClient } from "../api/api-client.ts";

export const QUOTA = { apiVersion: "v1", kind: "ResourceQuota" } as const;

export interface ResourceQuota extends KubernetesObject {
  readonly status?: {
    readonly used?: Readonly<Record<string, string>>;
    readonly hard?: Readonly<Record<string, string>>;
  };
}

/** One figure of a quota: what Kubernetes counted and what the proof says. */
export interface QuotaFigure {
  readonly namespace: string;
  readonly resource: string;
  readonly used: Amount;
  readonly predicted: Amount;
}

/** Every figure of every quota, beside what the proof predicts for these totals of its namespace. */
export async function compareQuotas(
  api: ApiClient,
  namespaces: ReadonlyMap<string, NamespaceCharge>,
  totals: (charge: NamespaceCharge) => ChargeTotals,
): Promise<QuotaFigure[]> {
  const quotas = (await api.list(QUOTA)) as ResourceQuota[];
  return quotas.flatMap(({ metadata: { namespace = "" }, status }) => {
    const charge = namespaces.get(namespace);
    if (charge === undefined) return [];
    return Object.entries(status?.used ?? {}).map(([resource, used]) => ({
      namespace,
      resource,
      used: parseQuantity(used) ?? 0n,
      predicted: isPodResource(resource)
        ? charged(totals(charge), resource)
        : (amountOf(charge.objects, resource) ?? 0n),
    }));
  });
}

/** A figure that differs, as people read it; equal ones yield nothing. */
export function describeDifference({ namespace, resource, used, predicted }: QuotaFigure): string[] {
  if (used === predicted) return [];
  return [
    `${namespace} ${resource}: Kubernetes counts ${formatAmount(resource, used)}, the proof ${formatAmount(resource, predicted)}`,
  ];
}
