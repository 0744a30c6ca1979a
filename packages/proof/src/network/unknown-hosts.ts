import type { Manifest } from "../manifest/kubernetes-object.ts";
import { at, objectsIn, stringsIn } from "../manifest/values.ts";
import type { Plan } from "../plan/plan.ts";
import type { Network } from "./flow-ends.ts";
import { HOST_VARIABLE, type HostMention } from "./host-mentions.ts";
import type { PodGroup } from "./pod-group.ts";
import type { PodText } from "./pod-texts.ts";

/** A name that looks like a Service's and that no Service has. */
export interface UnknownHost {
  readonly host: string;
  readonly manifest: Manifest;
  readonly path: string;
}

/** Below are well-known ports, where `name:number` is as likely a version; above those that are handed out. */
const SERVICE_PORTS = { first: 1024, last: 49151 };

/** A word of an argument that is an address as a whole: `store:5432`, `--backend=store:5432`. */
const ADDRESS_ARGUMENT = /^(?:--?[\w.-]+=)?[a-z][a-z0-9-]*:\d+$/;

/** The hosts in the texts of pods that the cluster's DNS will not resolve, each once for an object. */
export function unknownHosts(network: Network, plan: Plan): UnknownHost[] {
  const found = new Map<string, UnknownHost>();
  for (const group of network.groups) {
    // Pods on the host's network ask the node's resolver.
    if (group.hostNetwork) continue;
    const aliases = hostAliases(group);
    for (const text of network.texts.get(group) ?? []) {
      for (const mention of network.services.mentionsIn(text.text)) {
        const service = serviceNamed(mention, text, group.namespace, plan);
        if (service === undefined || aliases.has(mention.host)) continue;
        const { namespace, name } = service;
        if (network.services.find(namespace, name) !== undefined || isRunElsewhere(namespace, name, plan))
          continue;
        const { manifest, path } = text;
        const { host } = mention;
        found.set(`${manifest.kind}/${manifest.namespace}/${manifest.name} ${host}`, {
          host,
          manifest,
          path,
        });
      }
    }
  }
  return [...found.values()];
}

/** The Service that a host must be if it is a Service at all; undefined where it may be anything else. */
function serviceNamed(
  mention: HostMention,
  text: PodText,
  own: string,
  plan: Plan,
): { readonly namespace: string; readonly name: string } | undefined {
  const { host, scheme, port, isPortGiven, isWhole, isPartial } = mention;
  if (isPartial) return undefined;
  const labels = host.split(".");
  const svc = labels.indexOf("svc", 2);
  if (svc !== -1) return { namespace: labels[svc - 1] ?? "", name: labels[svc - 2] ?? "" };
  const [name = "", namespace] = labels;
  const isUrl = scheme !== undefined && port !== undefined;
  if (labels.length === 2 && namespace !== undefined && Object.hasOwn(plan.namespaces, namespace)) {
    return isUrl || isPortGiven ? { namespace, name } : undefined;
  }
  // In files, short names are also upstreams, aliases and sections that the file itself defines.
  const isFile = text.variable === undefined && text.path.startsWith("data[");
  if (labels.length !== 1 || isFile || name === "localhost" || !/[a-z]/.test(name)) return undefined;
  const isAddress =
    isPortGiven &&
    (text.variable === undefined
      ? ADDRESS_ARGUMENT.test(text.text) && isServicePort(port)
      : isWhole && HOST_VARIABLE.test(text.variable));
  return isUrl || isAddress ? { namespace: own, name } : undefined;
}

function isServicePort(port: number | undefined): boolean {
  return port !== undefined && port >= SERVICE_PORTS.first && port <= SERVICE_PORTS.last;
}

/** Services that are there without being rendered here, and those of components that are off. */
function isRunElsewhere(namespace: string, name: string, plan: Plan): boolean {
  if (namespace === "default" && name === "kubernetes") return true;
  const isOthers = Object.values(plan.dynamicPods).some(
    (pods) => pods.enabled && pods.component === "" && pods.namespace === namespace,
  );
  return (
    isOthers ||
    Object.entries(plan.components).some(
      ([component, planned]) =>
        !planned.enabled &&
        planned.namespace === namespace &&
        (name === component || name.startsWith(`${component}-`)),
    )
  );
}

function hostAliases({ workloads }: PodGroup): ReadonlySet<string> {
  return new Set(
    workloads.flatMap(({ podSpec }) =>
      objectsIn(podSpec.hostAliases).flatMap((alias) => stringsIn(at(alias, "hostnames"))),
    ),
  );
}
