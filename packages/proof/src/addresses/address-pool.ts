import type { Manifest } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { at, objectAt, objectsIn, stringsIn } from "../manifest/values.ts";
import { labelsOf, matchesLabels } from "../network/label-selector.ts";
import {
  type AddressRange,
  isRange,
  type Network,
  parseNetwork,
  parseRange,
  type RangeProblem,
} from "./address-range.ts";
import { isIpv6 } from "./ipv4.ts";

/** One line of a pool's addresses. */
export interface PoolEntry {
  readonly text: string;
  /** Field path in the pool. */
  readonly path: string;
  /** What MetalLB makes of it; undefined when it refuses the text, and for IPv6. */
  readonly range: AddressRange | undefined;
  readonly problem: RangeProblem | "ipv6" | undefined;
  /** Set when the text names a host: MetalLB takes the whole network around it. */
  readonly shifted: Network | undefined;
}

export interface AddressPool {
  readonly manifest: Manifest;
  readonly name: string;
  /** MetalLB's default is to hand addresses out by itself. */
  readonly autoAssign: boolean;
  readonly entries: readonly PoolEntry[];
}

/** MetalLB's IPAddressPools. Source: metallb v0.16.1, internal/config/config.go (`ParseCIDR`). */
export function addressPools(index: ManifestIndex): readonly AddressPool[] {
  return index.filter({ group: "metallb.io", kind: "IPAddressPool" }).map((manifest) => {
    const addresses = at(manifest.object, "spec", "addresses");
    return {
      manifest,
      name: manifest.name,
      autoAssign: at(manifest.object, "spec", "autoAssign") !== false,
      entries: (Array.isArray(addresses) ? addresses : []).map((text, number) =>
        toEntry(typeof text === "string" ? text : JSON.stringify(text), `spec.addresses[${number}]`),
      ),
    };
  });
}

/**
 * Whether a pool serves a Service, by its `serviceAllocation`: `unknown` when that hangs on the labels of a
 * namespace that is not rendered. Selectors of namespaces that match none leave the pool open to all.
 *
 * Source: metallb v0.16.1, internal/allocator/allocator.go (`isPoolCompatibleWithService`), internal/config.
 */
export function servesService(pool: Manifest, service: Manifest, index: ManifestIndex): boolean | "unknown" {
  const allocation = objectAt(pool.object, "spec", "serviceAllocation");
  const services = objectsIn(allocation?.serviceSelectors);
  const labels = labelsOf(service.object.metadata);
  if (services.length > 0 && !services.some((selector) => matchesLabels(selector, labels))) return false;
  const selectors = objectsIn(allocation?.namespaceSelectors);
  const selected = index.filter({ group: "", kind: "Namespace" }).filter((namespace) => {
    const own = { ...labelsOf(namespace.object.metadata), "kubernetes.io/metadata.name": namespace.name };
    return selectors.some((selector) => matchesLabels(selector, own));
  });
  const admitted = new Set([...stringsIn(allocation?.namespaces), ...selected.map(({ name }) => name)]);
  const namespace = service.namespace ?? "default";
  if (admitted.size === 0 || admitted.has(namespace)) return true;
  const isRendered = index.find("", "Namespace", undefined, namespace) !== undefined;
  return selectors.length > 0 && !isRendered ? "unknown" : false;
}

function toEntry(text: string, path: string): PoolEntry {
  const entry = { text, path, range: undefined, problem: undefined, shifted: undefined };
  if (isIpv6(text)) return { ...entry, problem: "ipv6" };
  if (!text.includes("-")) {
    const network = parseNetwork(text);
    if (network === undefined) return { ...entry, problem: "malformed" };
    return { ...entry, range: network, shifted: network.shifted ? network : undefined };
  }
  const parsed = parseRange(text);
  return isRange(parsed) ? { ...entry, range: parsed } : { ...entry, problem: parsed };
}
