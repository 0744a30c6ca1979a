import type { Manifest } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { at, isObject, objectAt, objectsIn, stringAt, stringsIn } from "../manifest/values.ts";
import { labelsOf, matchesLabels } from "../network/label-selector.ts";

/** What MetalLB tells the network about pools. Source: metallb v0.16.1, internal/config/config.go, speaker/. */
export interface Advertisement {
  readonly manifest: Manifest;
  /** False for one that speaks BGP to nobody: no BGPPeer of the rendering is meant. */
  readonly heard: boolean;
}

/** Every L2Advertisement and BGPAdvertisement. */
export function advertisements(index: ManifestIndex): readonly Advertisement[] {
  const peers = index.filter({ group: "metallb.io", kind: "BGPPeer" }).map(({ name }) => name);
  const heard = ({ object }: Manifest): boolean => {
    const named = stringsIn(at(object, "spec", "peers"));
    return named.length === 0 ? peers.length > 0 : named.some((name) => peers.includes(name));
  };
  return [
    ...index
      .filter({ group: "metallb.io", kind: "L2Advertisement" })
      .map((manifest) => ({ manifest, heard: true })),
    ...index
      .filter({ group: "metallb.io", kind: "BGPAdvertisement" })
      .map((manifest) => ({ manifest, heard: heard(manifest) })),
  ];
}

/** An advertisement without names and selectors announces every pool. */
export function advertisesPool({ manifest: { object } }: Advertisement, pool: Manifest): boolean {
  const names = stringsIn(at(object, "spec", "ipAddressPools"));
  const selectors = objectsIn(at(object, "spec", "ipAddressPoolSelectors"));
  if (names.length === 0 && selectors.length === 0) return true;
  const labels = labelsOf(pool.object.metadata);
  return names.includes(pool.name) || selectors.some((selector) => matchesLabels(selector, labels));
}

/** An advertisement without selectors announces every Service. */
export function advertisesService({ manifest: { object } }: Advertisement, service: Manifest): boolean {
  const selectors = objectsIn(at(object, "spec", "serviceSelectors"));
  const labels = labelsOf(service.object.metadata);
  return selectors.length === 0 || selectors.some((selector) => matchesLabels(selector, labels));
}

/**
 * Whether the node announces, and to the home network: `unknown` when that hangs on labels or interfaces that no
 * rendering shows.
 *
 * @param node The node's name, which is its label `kubernetes.io/hostname` under K3s.
 */
export function advertisesFrom({ manifest: { object } }: Advertisement, node: string): boolean | "unknown" {
  const known = { "kubernetes.io/hostname": node, "kubernetes.io/os": "linux" };
  const selectors = objectsIn(at(object, "spec", "nodeSelectors"));
  const answers = selectors.map((selector) => matchesKnown(selector, known));
  if (answers.length > 0 && answers.every((answer) => answer === false)) return false;
  const chosen = answers.length === 0 || answers.includes(true);
  return chosen && stringsIn(at(object, "spec", "interfaces")).length === 0 ? true : "unknown";
}

/** A LabelSelector against labels of which only some are known. */
function matchesKnown(selector: unknown, known: Readonly<Record<string, string>>): boolean | "unknown" {
  const labels = Object.entries(objectAt(selector, "matchLabels") ?? {});
  const expressions = objectsIn(at(selector, "matchExpressions"));
  const isKnown = (key: string | undefined): boolean => key !== undefined && Object.hasOwn(known, key);
  const part = {
    matchLabels: Object.fromEntries(labels.filter(([key]) => isKnown(key))),
    matchExpressions: expressions.filter((expression) => isKnown(stringAt(expression, "key"))),
  };
  if (!isObject(selector) || !matchesLabels(part, known)) return false;
  const complete =
    labels.length === Object.keys(part.matchLabels).length &&
    expressions.length === part.matchExpressions.length;
  return complete ? true : "unknown";
}
