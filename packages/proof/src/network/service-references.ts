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

/** Scheme and user of a URL, host, port. A path, an image reference and a file name are not preceded alike. */
const HOST =
  /(?<![\w./-])(?:([a-z][a-z0-9+.-]*):\/\/(?:[^\s/@"'`]*@)?)?([a-z0-9][a-z0-9.-]*)(?::(\d{1,5})(?![\w.-]))?/g;

const COMMENT = /^[ \t]*(?:#|\/\/|;|--[ \t]).*$/gm;

/** Ports that clients take when a URL names none. */
const DEFAULT_PORT: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  postgres: 5432,
  postgresql: 5432,
  redis: 6379,
  rediss: 6379,
  mysql: 3306,
  mongodb: 27017,
  amqp: 5672,
  ldap: 389,
};

/** Variables whose whole value is a host. */
const HOST_VARIABLE = /(?:HOST|HOSTNAME|SERVER|ADDR|ADDRESS|ENDPOINT|URL|URI)S?$/i;

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
  const content = text.includes("\n") ? text.replaceAll(COMMENT, "") : text;
  for (const match of content.matchAll(HOST)) {
    const [whole, scheme, host = "", digits] = match;
    const resolved = resolve(host, namespace, services);
    if (resolved === undefined) continue;
    const { service, form } = resolved;
    const explicit = digits === undefined ? undefined : Number(digits);
    const isWhole = whole.length === content.trim().length;
    const isQuoted =
      /["'`]/.test(content[match.index - 1] ?? "") && /["'`]/.test(content[match.index + whole.length] ?? "");
    const asHost =
      form === "qualified" ||
      scheme !== undefined ||
      service.ports.some(({ port }) => port === explicit) ||
      (isWhole && (form === "namespaced" || HOST_VARIABLE.test(variable ?? ""))) ||
      (isQuoted && form === "namespaced");
    if (!asHost) continue;
    const byScheme = scheme === undefined ? undefined : DEFAULT_PORT[scheme.split("+")[0] ?? ""];
    const port = explicit ?? byScheme ?? siblingPort(variable, siblings);
    found.push({
      service,
      host: digits === undefined ? host : `${host}:${digits}`,
      port: isPort(port) ? port : undefined,
    });
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
  return value === undefined || !/^\d+$/.test(value) ? undefined : Number(value);
}
