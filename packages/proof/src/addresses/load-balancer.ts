import type { Manifest } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { at, objectAt, objectsIn, stringAt, stringsIn } from "../manifest/values.ts";
import { type Address, parseAddress } from "./ipv4.ts";

/** One address that a Service asks for. */
export interface Pin {
  /** As written, without surrounding blanks. */
  readonly text: string;
  /** Undefined when the text is no canonical IPv4 address. */
  readonly address: Address | undefined;
  /** Field path in the Service. */
  readonly path: string;
}

/** A Service of type LoadBalancer that MetalLB serves. */
export interface LoadBalancer {
  readonly manifest: Manifest;
  /** `namespace/name`. */
  readonly key: string;
  readonly pins: readonly Pin[];
  /** The fields that pin addresses: MetalLB refuses the annotation together with the field of the spec. */
  readonly pinnedBy: readonly string[];
  /** The pool that it asks for; empty when it leaves the choice to its address. */
  readonly requestedPool: { readonly value: string; readonly path: string };
  /** Services share an address only if both have this key and it is the same. */
  readonly sharingKey: string;
  /** What sharing Services must have in common: their selector under `externalTrafficPolicy: Local`. */
  readonly backendKey: string;
  /** `TCP/443` of each port. */
  readonly ports: ReadonlySet<string>;
  readonly ipFamilies: readonly string[];
}

const PREFIXES = ["metallb.io", "metallb.universe.tf"] as const;

/**
 * Every LoadBalancer Service that MetalLB serves when it runs without `--lb-class`: those that name no
 * loadBalancerClass. Source: metallb v0.16.1, controller/service.go, internal/k8s/controllers.
 */
export function loadBalancers(index: ManifestIndex): readonly LoadBalancer[] {
  return index
    .filter({ group: "", kind: "Service" })
    .filter(({ object }) => at(object, "spec", "type") === "LoadBalancer")
    .filter(({ object }) => stringAt(object, "spec", "loadBalancerClass") === undefined)
    .map(toLoadBalancer);
}

function toLoadBalancer(manifest: Manifest): LoadBalancer {
  const { object } = manifest;
  const annotation = annotationOf(manifest, "loadBalancerIPs");
  const field = stringAt(object, "spec", "loadBalancerIP") ?? "";
  const fromAnnotation = annotation.value === "" ? [] : annotation.value.split(",");
  const fromField = field === "" ? [] : [field];
  return {
    manifest,
    key: `${manifest.namespace ?? "default"}/${manifest.name}`,
    pins: [
      ...fromAnnotation.map((text) => toPin(text.trim(), annotation.path)),
      ...fromField.map((text) => toPin(text, "spec.loadBalancerIP")),
    ],
    pinnedBy: [
      ...(fromAnnotation.length > 0 ? [annotation.path] : []),
      ...(fromField.length > 0 ? ["spec.loadBalancerIP"] : []),
    ],
    requestedPool: annotationOf(manifest, "address-pool"),
    sharingKey: annotationOf(manifest, "allow-shared-ip").value,
    backendKey: backendKeyOf(manifest),
    ports: listensOn(manifest),
    ipFamilies: stringsIn(at(object, "spec", "ipFamilies")),
  };
}

/** `TCP/443` of each port of a Service. */
export function listensOn({ object }: Manifest): ReadonlySet<string> {
  return new Set(
    objectsIn(at(object, "spec", "ports")).map(({ protocol, port }) => `${protocol ?? "TCP"}/${port}`),
  );
}

/** An address as a field of a Service holds it. */
export function toPin(text: string, path: string): Pin {
  return { text, address: parseAddress(text), path };
}

/** MetalLB's annotation, by its present or else its deprecated prefix; an empty present one wins too. */
function annotationOf(manifest: Manifest, name: string): { value: string; path: string } {
  for (const prefix of PREFIXES) {
    const value = stringAt(manifest.object, "metadata", "annotations", `${prefix}/${name}`);
    if (value !== undefined) return { value, path: `metadata.annotations["${prefix}/${name}"]` };
  }
  return { value: "", path: `metadata.annotations["${PREFIXES[0]}/${name}"]` };
}

/** The values of the annotation under the present and the deprecated prefix, where both are set. */
export function contradictingPins({ manifest }: LoadBalancer): readonly [string, string] | undefined {
  const [present, deprecated] = PREFIXES.map((prefix) =>
    stringAt(manifest.object, "metadata", "annotations", `${prefix}/loadBalancerIPs`),
  );
  return present === undefined || deprecated === undefined || present === deprecated
    ? undefined
    : [present, deprecated];
}

function backendKeyOf({ object }: Manifest): string {
  if (at(object, "spec", "externalTrafficPolicy") !== "Local") return "";
  return Object.entries(objectAt(object, "spec", "selector") ?? {})
    .map(([key, value]) => `${key}=${String(value)}`)
    .sort()
    .join(",");
}
