import { isPlaceholder } from "./recognise-secret.ts";

/** Names that end in what only a secret is called; `PASSWORD_FILE` and `secretName` say where one is. */
const SECRET_NAME =
  /(?:^|[^a-z0-9])(?:[a-z0-9]*(?:password|passwd|passphrase)|secret|(?:secret|private|api|auth|encryption|signing|session|secret_?access)[_.-]?key|(?:\w+[_.-])?token|requirepass)$/i;

/** What all those names contain: most names do not, and are done after one look. */
const SECRET_HINT = /pass|secret|token|key/i;

/** Names that only a password has: nobody calls a key, a file or a Secret so. */
const PASSWORD_NAME = /(?:password|passwd|passphrase|requirepass|masterauth)$/i;

/** Directives whose one argument is a password, whatever it looks like: redis.conf. */
const DIRECTIVES = new Set(["masterauth", "requirepass", "tls-key-file-pass", "tls-client-key-file-pass"]);

/** One line of a configuration file: a name, a separator, a single value. */
const SETTING =
  /^(?:export[ \t]+|-[ \t]+)?["']?([\w.-]+)["']?(?:[ \t]*[:=][ \t]*|[ \t]+)(?:"([^"]*)"|'([^']*)'|([^\s"'#;,]+))[ \t]*[,;]?(?:[ \t]+#.*)?$/;

const KNOWN_DEFAULTS = new Set([
  "admin",
  "changeit",
  "changeme",
  "letmein",
  "minioadmin",
  "minio123",
  "passw0rd",
  "password",
  "password123",
  "postgres",
  "root",
  "s3cr3t",
  "secret",
  "test123",
]);

/** Bits per character above which a text of twelve or more characters is no word and no identifier. */
const RANDOM_ENTROPY = 3;

export function isSecretName(name: string): boolean {
  return SECRET_HINT.test(name) && SECRET_NAME.test(name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2"));
}

/** True for what stands in place of a secret: not a reference, a path, a switch or nothing. */
export function isLiteralSecret(value: string): boolean {
  if (value.trim() === "" || isPlaceholder(value)) return false;
  return !/^(?:\/|\.{1,2}\/|file:|env:|vault:|true$|false$|null$|none$|yes$|no$|auto$|disabled?$|enabled?$|ENC\[)/i.test(
    value,
  );
}

/** True for names of passwords alone; {@link isSecretName} also knows keys and tokens. */
export function isPasswordName(name: string): boolean {
  return isSecretName(name) && PASSWORD_NAME.test(name);
}

/**
 * The name that a line of a configuration file gives a password to.
 * @param isValues the text holds settings only, so a value under a password's name needs no further sign
 */
export function passwordSetting(line: string, isValues: boolean): string | undefined {
  const [, name = "", doubleQuoted, singleQuoted, bare] = SETTING.exec(line) ?? [];
  const value = doubleQuoted ?? singleQuoted ?? bare ?? "";
  if (!isLiteralSecret(value)) return undefined;
  if (DIRECTIVES.has(name.toLowerCase())) return name;
  return isSecretName(name) && ((isValues && isPasswordName(name)) || looksChosen(value)) ? name : undefined;
}

/** A well-known default, or random: a file also has words, code and references after such names. */
export function looksChosen(value: string): boolean {
  return KNOWN_DEFAULTS.has(value.toLowerCase()) || looksRandom(value);
}

/** Twelve characters or more that are neither a word nor an identifier nor code. */
export function looksRandom(value: string): boolean {
  return (
    value.length >= 12 &&
    /\d/.test(value) &&
    /[a-z]/i.test(value) &&
    !/[()[\]]/.test(value) &&
    entropy(value) >= RANDOM_ENTROPY
  );
}

/** Shannon entropy in bits per character. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => {
    const share = count / value.length;
    return sum - share * Math.log2(share);
  }, 0);
}
