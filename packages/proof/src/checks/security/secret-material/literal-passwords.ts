import { isPlaceholder } from "./recognise-secret.ts";

/** Names that end in what only a secret is called; `PASSWORD_FILE` and `secretName` say where one is. */
const SECRET_NAME =
  /(?:^|[^a-z0-9])(?:[a-z0-9]*(?:password|passwd|passphrase)|secret|(?:secret|private|api|auth|encryption|signing|session|secret_?access)[_.-]?key|(?:\w+[_.-])?token|requirepass)$/i;

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
  return SECRET_NAME.test(name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2"));
}

/** True for what stands in place of a secret: not a reference, a path, a switch or nothing. */
export function isLiteralSecret(value: string): boolean {
  if (value.trim() === "" || isPlaceholder(value)) return false;
  return !/^(?:\/|\.{1,2}\/|file:|env:|vault:|true$|false$|null$|none$|yes$|no$|auto$|disabled?$|enabled?$)/i.test(
    value,
  );
}

/** The names of settings in a file whose value is a password by its looks. */
export function passwordSettings(text: string): string[] {
  if (!/pass|secret|token|key/i.test(text)) return [];
  return text.split("\n").flatMap((line) => {
    const [, name = "", doubleQuoted, singleQuoted, bare] = SETTING.exec(line.trim()) ?? [];
    const value = doubleQuoted ?? singleQuoted ?? bare ?? "";
    return isSecretName(name) && isLiteralSecret(value) && looksChosen(value) ? [name] : [];
  });
}

/** A well-known default, or random: a file also has words, code and references after such names. */
function looksChosen(value: string): boolean {
  if (KNOWN_DEFAULTS.has(value.toLowerCase())) return true;
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
