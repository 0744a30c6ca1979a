import type { Manifest } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { at, objectAt, objectsIn, stringAt } from "../manifest/values.ts";
import { type HostMention, hostMentions } from "./host-mentions.ts";
import type { IntervalSet } from "./interval-set.ts";
import type { PodGroup } from "./pod-group.ts";
import { PodLookup } from "./pod-lookup.ts";
import { isPort, type Protocol, portRange, toProtocol } from "./port-set.ts";

export interface ServicePort {
  readonly name: string | undefined;
  readonly protocol: Protocol;
  readonly port: number;
  /** A number, or the name of a container port. */
  readonly targetPort: number | string;
}

export interface NetworkService {
  readonly manifest: Manifest;
  readonly namespace: string;
  readonly name: string;
  /** `clusterIP: None`: its name resolves to the pods, so clients name the pods' own ports. */
  readonly headless: boolean;
  readonly ports: readonly ServicePort[];
  /** The pods behind it. */
  readonly pods: readonly PodGroup[];
}

/** Several rules look for hosts in the same texts. */
const mentionsByRendering = new WeakMap<ManifestIndex, Map<string, readonly HostMention[]>>();

/** The Services of a rendering with the pods that they select, and the texts in which they are looked for. */
export class ServiceDirectory {
  readonly all: readonly NetworkService[];
  readonly #names: ReadonlySet<string>;
  readonly #byName = new Map<string, NetworkService>();
  readonly #mentions: Map<string, readonly HostMention[]>;

  constructor(index: ManifestIndex, groups: readonly PodGroup[]) {
    const pods = new PodLookup(groups);
    this.#mentions = mentionsByRendering.get(index) ?? new Map();
    mentionsByRendering.set(index, this.#mentions);
    this.all = index.filter({ group: "", kind: "Service" }).map((manifest) => toService(manifest, pods));
    this.#names = new Set(this.all.map(({ name }) => name));
    for (const service of this.all) this.#byName.set(`${service.namespace}/${service.name}`, service);
  }

  /** Whether a Service of any namespace has this name. */
  hasName(name: string): boolean {
    return this.#names.has(name);
  }

  /** The words of a text that may be hosts; a text of a rendering is read once. */
  mentionsIn(text: string): readonly HostMention[] {
    let mentions = this.#mentions.get(text);
    if (mentions === undefined) {
      mentions = hostMentions(text);
      this.#mentions.set(text, mentions);
    }
    return mentions;
  }

  find(namespace: string, name: string): NetworkService | undefined {
    return this.#byName.get(`${namespace}/${name}`);
  }
}

/** The ports on `pods` to which a port of their Service leads; empty for a name that the pods do not have. */
export function targetPorts(port: ServicePort, pods: PodGroup): IntervalSet {
  if (typeof port.targetPort === "number") return portRange(port.protocol, port.targetPort, port.targetPort);
  return pods.namedPorts
    .filter((named) => named.name === port.targetPort && named.protocol === port.protocol)
    .flatMap((named) => portRange(port.protocol, named.port, named.port));
}

function toService(manifest: Manifest, lookup: PodLookup): NetworkService {
  const spec = objectAt(manifest.object, "spec");
  const selector = objectAt(spec, "selector");
  const namespace = manifest.namespace ?? "default";
  const selects = selector !== undefined && Object.keys(selector).length > 0;
  return {
    manifest,
    namespace,
    name: manifest.name,
    headless: stringAt(spec, "clusterIP") === "None",
    ports: objectsIn(at(spec, "ports")).flatMap((entry): ServicePort[] => {
      const protocol = toProtocol(entry.protocol);
      if (protocol === undefined || !isPort(entry.port)) return [];
      const { targetPort } = entry;
      const target =
        isPort(targetPort) || (typeof targetPort === "string" && targetPort !== "") ? targetPort : entry.port;
      return [{ name: stringAt(entry, "name"), protocol, port: entry.port, targetPort: target }];
    }),
    pods: selects ? lookup.select({ matchLabels: selector }, namespace) : [],
  };
}
