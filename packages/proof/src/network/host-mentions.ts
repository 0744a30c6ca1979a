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

/** A path, an image reference and a file name are not preceded alike. */
const START = String.raw`(?<![\w./-])`;
/** Scheme and user of a URL, host, port. */
const WORD = String.raw`(?:([a-z][a-z0-9+.-]*):\/\/(?:[^\s/@"'\x60]*@)?)?([a-z0-9][a-z0-9.-]*)(?::(\d{1,5})(?![\w.-]))?`;
const HOST = new RegExp(START + WORD, "g");
/** Among others, a word without scheme, port and dot is no host: most are done after one look. */
const HOST_AMONG_WORDS = new RegExp(`${START}(?=[a-z0-9+-]*[.:])${WORD}`, "g");

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
  const trimmed = content.trim();
  const pattern = /\s/.test(trimmed) ? HOST_AMONG_WORDS : HOST;
  const found: HostMention[] = [];
  for (const { 0: whole, 1: scheme, 2: host = "", 3: digits, index } of content.matchAll(pattern)) {
    const before = content[index - 1] ?? "";
    const after = content[index + whole.length] ?? "";
    const given = digits === undefined ? undefined : Number(digits);
    const port = given ?? (scheme === undefined ? undefined : DEFAULT_PORT[scheme.split("+")[0] ?? ""]);
    // A word alone is a host only as the whole text.
    const isWhole = whole.length === trimmed.length;
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
