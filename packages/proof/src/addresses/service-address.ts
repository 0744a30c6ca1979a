import type { Manifest } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { at, objectsIn, stringAt, stringsIn } from "../manifest/values.ts";
import { listensOn, type Pin, toPin } from "./load-balancer.ts";

/** A port of the node that a Service asks for. */
interface NodePort {
  readonly port: number;
  /** Field path in the Service. */
  readonly path: string;
}

/** What a Service takes by its own fields: the API server and kube-proxy give it, no pool and no MetalLB does. */
export interface ServiceAddresses {
  readonly manifest: Manifest;
  /** `spec.externalIPs`. */
  readonly external: readonly Pin[];
  /** Its fixed addresses in the Services' network; empty for one that takes any, or none. */
  readonly cluster: readonly Pin[];
  readonly nodePorts: readonly NodePort[];
  /** `TCP/443` of each port. */
  readonly ports: ReadonlySet<string>;
}

/** Every Service but those that are an alias (`ExternalName`), of which the API server ignores these fields. */
export function serviceAddresses(index: ManifestIndex): readonly ServiceAddresses[] {
  return index
    .filter({ group: "", kind: "Service" })
    .filter(({ object }) => at(object, "spec", "type") !== "ExternalName")
    .map((manifest) => ({
      manifest,
      external: stringsIn(at(manifest.object, "spec", "externalIPs")).map((text, number) =>
        toPin(text, `spec.externalIPs[${number}]`),
      ),
      cluster: clusterPins(manifest),
      nodePorts: nodePorts(manifest),
      ports: listensOn(manifest),
    }));
}

/** The first of `clusterIPs` is `clusterIP`, whichever of the two is set. */
function clusterPins({ object }: Manifest): readonly Pin[] {
  const list = stringsIn(at(object, "spec", "clusterIPs")).map((text, number) =>
    toPin(text, `spec.clusterIPs[${number}]`),
  );
  const single = stringAt(object, "spec", "clusterIP");
  const pins = single === undefined ? list : [toPin(single, "spec.clusterIP"), ...list.slice(1)];
  return pins.filter(({ text }) => text !== "" && text !== "None");
}

function nodePorts({ object }: Manifest): readonly NodePort[] {
  const type = at(object, "spec", "type");
  if (type !== "NodePort" && type !== "LoadBalancer") return [];
  const ports = objectsIn(at(object, "spec", "ports")).map(({ nodePort }, number) => ({
    port: nodePort,
    path: `spec.ports[${number}].nodePort`,
  }));
  const health = { port: at(object, "spec", "healthCheckNodePort"), path: "spec.healthCheckNodePort" };
  // Zero asks for any free one.
  return [...ports, health].flatMap(({ port, path }) =>
    typeof port === "number" && port !== 0 ? [{ port, path }] : [],
  );
}
