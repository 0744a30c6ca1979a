import { isPort } from "./port-set.ts";

/** A word of a text that may be a host, with what stands around it. */
export interface HostMention {
  readonly host: string;
  readonly scheme: string | undefined;
  /** From the text, else what clients take for the URL's scheme. */
  readonly port: number | undefined;
  /** The text itself names the port. */
  readonly isPortGiven: boolean;
  /** The text consists of it. */
  readonly isWhole: boolean;
  readonly isQuoted: boolean;
  /** `%`, `$`, `*` or a bracket stands beside it: a part of the name is put there later. */
  readonly isPartial: boolean;
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

const BESIDE_TEMPLATE = /[%$*<>{}[\]]/;

/** Variables whose whole value is a host. */
export const HOST_VARIABLE = /(?:HOST|HOSTNAME|SERVER|ADDR|ADDRESS|ENDPOINT|URL|URI)S?$/i;

/** Every word of a text that may be a host: comments of files are left out. */
export function hostMentions(text: string): readonly HostMention[] {
  const content = text.includes("\n") ? text.replaceAll(COMMENT, "") : text;
  const length = content.trim().length;
  const found: HostMention[] = [];
  for (const { 0: whole, 1: scheme, 2: host = "", 3: digits, index } of content.matchAll(HOST)) {
    const before = content[index - 1] ?? "";
    const after = content[index + whole.length] ?? "";
    const given = digits === undefined ? undefined : Number(digits);
    const port = given ?? (scheme === undefined ? undefined : DEFAULT_PORT[scheme.split("+")[0] ?? ""]);
    // A word alone is a host only as the whole text.
    const isWhole = whole.length === length;
    if (scheme === undefined && given === undefined && !isWhole && !host.includes(".")) continue;
    found.push({
      host,
      scheme,
      port: isPort(port) ? port : undefined,
      isPortGiven: given !== undefined,
      isWhole,
      isQuoted: /["'`]/.test(before) && /["'`]/.test(after),
      isPartial: BESIDE_TEMPLATE.test(before) || BESIDE_TEMPLATE.test(after) || /[.-]$/.test(host),
    });
  }
  return found;
}
