import { HOST_VARIABLE } from "./host-mentions.ts";
import type { PodText } from "./pod-texts.ts";
import { isPort } from "./port-set.ts";
import type { NetworkService, ServiceDirectory } from "./service-directory.ts";

/** A Service that a text names as a host. */
export interface ServiceReference {
  readonly service: NetworkService;
  /** As the text says it: `store.data.svc:5432`. */
  readonly host: string;
  /** From the text, the URL's scheme or the variable beside it; undefined when none of them tells. */
  readonly port: number | undefined;
}

/**
 * The Services that a text names in one of the forms that the cluster's DNS resolves: `svc`, `svc.ns`,
 * `svc.ns.svc` and `svc.ns.svc.<domain>`, with a pod's name before it for StatefulSets. Short forms are words
 * of every language, so they count only in a URL, before a port of that Service, as a quoted host, or as the
 * whole value of a variable that is meant for hosts.
 */
export function findServiceReferences(
  { text, variable, siblings }: PodText,
  namespace: string,
  services: ServiceDirectory,
): ServiceReference[] {
  const found: ServiceReference[] = [];
  for (const mention of services.mentionsIn(text)) {
    const { host, scheme, isPortGiven, isWhole, isQuoted } = mention;
    const resolved = resolve(host, namespace, services);
    if (resolved === undefined) continue;
    const { service, form } = resolved;
    const asHost =
      form === "qualified" ||
      scheme !== undefined ||
      (isPortGiven && service.ports.some(({ port }) => port === mention.port)) ||
      (isWhole && (form === "namespaced" || HOST_VARIABLE.test(variable ?? ""))) ||
      (isQuoted && form === "namespaced");
    if (!asHost) continue;
    const port = mention.port ?? siblingPort(variable, siblings);
    found.push({ service, host: isPortGiven ? `${host}:${mention.port}` : host, port });
  }
  return found;
}

function resolve(
  host: string,
  namespace: string,
  services: ServiceDirectory,
): { service: NetworkService; form: "short" | "namespaced" | "qualified" } | undefined {
  const end = host.indexOf(".");
  if (!services.hasName(end === -1 ? host : host.slice(0, end)) && !host.includes(".svc")) return undefined;
  const labels = (host.endsWith(".") ? host.slice(0, -1) : host).split(".");
  const svc = labels.indexOf("svc", 2);
  if (svc !== -1) {
    const service = services.find(labels[svc - 1] ?? "", labels[svc - 2] ?? "");
    return service && { service, form: "qualified" };
  }
  const [name = "", inNamespace] = labels;
  if (labels.length > 2) return undefined;
  const service = services.find(inNamespace ?? namespace, name);
  return service && { service, form: inNamespace === undefined ? "short" : "namespaced" };
}

/** `DB_HOST` beside `DB_PORT`. */
function siblingPort(
  variable: string | undefined,
  siblings: ReadonlyMap<string, string>,
): number | undefined {
  const stem = variable?.replace(HOST_VARIABLE, "");
  if (variable === undefined || stem === variable) return undefined;
  const value = siblings.get(`${stem}PORT`);
  const port = value === undefined || !/^\d+$/.test(value) ? undefined : Number(value);
  return isPort(port) ? port : undefined;
}
