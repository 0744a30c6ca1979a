import { isLiteralSecret, isSecretName, looksChosen, passwordSetting } from "./literal-passwords.ts";

/** A quoted or bare value, in one of three groups. */
const VALUE = String.raw`(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"';&|)\x60]+))`;

/** `PGPASSWORD=… exec psql`, also behind `export` and `env`. */
const ASSIGNMENT = new RegExp(String.raw`(?:^|[\s;&|("'\x60])([A-Z][A-Z0-9_]*)=${VALUE}`, "g");

const FLAG = new RegExp(String.raw`(?:^|\s)--?([a-z][\w.-]*)(=|[ \t]+)${VALUE}`, "gi");

const JSON_PAIR = /"([\w.-]+)"\s*:\s*"([^"\n]*)"/g;

/** A list of `keyword=value` as libpq reads it (postgresql.org/docs/18, Connection Strings). */
const CONNINFO = /\b(?:host|hostaddr|user|dbname|application_name)\s*=/i;
const CONNINFO_PASSWORD = new RegExp(String.raw`\bpassword\s*=\s*${VALUE}`, "gi");

/** A line of Redis' ACL (redis.io, ACL): `>` begins a password, `#` the SHA-256 of one. */
const ACL_USER = /\b(?:user|setuser)[ \t]+\S+[ \t].*(?:\bon\b|\boff\b|[~+&]|allkeys|allcommands|reset)/i;
const ACL_PASSWORD = /(?:^|\s)(?:>([^\s"'>]+)|#[0-9a-f]{64}(?![0-9a-f]))/g;

/** Where well-known programs and languages take a password: what to call it, and the value in the first group. */
const PLACES: readonly (readonly [string, RegExp])[] = [
  ["SQL PASSWORD", /\bPASSWORD\s+E?'([^'\n]+)'/gi],
  ["SQL IDENTIFIED BY", /\bIDENTIFIED\s+BY\s+'([^'\n]+)'/gi],
  ["sentinel auth-pass", /\bauth-pass[ \t]+\S+[ \t]+["']?([^\s"']+)/g],
  ["redis-cli -a", /\bredis-cli\b[^\n|;]*?\s-a[ \t]+["']?([^\s"']+)/g],
  ["curl --user", /\bcurl\b[^\n|;]*?\s(?:-u|--user)[ \t=]+["']?[^\s:"']+:([^\s"']+)/g],
  ["mc alias set", /\bmc[ \t]+alias[ \t]+set[ \t]+\S+[ \t]+\S+[ \t]+\S+[ \t]+["']?([^\s"']+)/g],
  ["sshpass -p", /\bsshpass[ \t]+-p[ \t]*["']?([^\s"']+)/g],
];

/** Every place above names one of these; most lines name none, and are done after one look. */
const HINT = /pass|secret|token|key|auth|identified|alias|curl|redis-cli|\buser\b/i;

const COMMENT = /^(?:#|\/\/|;|--[ \t])/;

/** What a text calls the passwords that it holds as text, each once: settings, shell, SQL, Redis' ACL, JSON. */
export function passwordsInText(text: string, isValues: boolean): ReadonlySet<string> {
  const found = new Set<string>();
  if (!HINT.test(text)) return found;
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (!HINT.test(line) || COMMENT.test(line)) continue;
    const setting = passwordSetting(line, isValues);
    if (setting !== undefined) found.add(setting);
    for (const name of namedIn(line)) found.add(name);
    for (const name of placedIn(line)) found.add(name);
  }
  return found;
}

/** Of a command that is written word by word, what only the words together show. */
export function passwordsInCommand(words: readonly string[]): ReadonlySet<string> {
  const alone = new Set(words.flatMap((word) => [...placedIn(word)]));
  return new Set([...placedIn(words.join(" "))].filter((place) => !alone.has(place)));
}

function* namedIn(line: string): Generator<string> {
  for (const [, name = "", ...values] of line.matchAll(ASSIGNMENT)) {
    if (isSecretName(name) && isLiteralSecret(valueIn(values))) yield name;
  }
  for (const [, name = "", separator = "", ...values] of line.matchAll(FLAG)) {
    const value = valueIn(values);
    if (!isSecretName(name) || !isLiteralSecret(value) || value.startsWith("-")) continue;
    // Behind a space there may be prose as well: `--token is read from the file`.
    if (separator === "=" || /\d/.test(value) || looksChosen(value)) yield `--${name}`;
  }
  for (const [, name = "", value = ""] of line.matchAll(JSON_PAIR)) {
    if (isSecretName(name) && isLiteralSecret(value) && looksChosen(value)) yield name;
  }
}

function* placedIn(line: string): Generator<string> {
  if (CONNINFO.test(line)) {
    for (const [, ...values] of line.matchAll(CONNINFO_PASSWORD)) {
      if (isLiteralSecret(valueIn(values))) yield "password of a connection string";
    }
  }
  if (ACL_USER.test(line)) {
    for (const [, value] of line.matchAll(ACL_PASSWORD)) {
      if (value === undefined || isLiteralSecret(value)) yield "password of an ACL";
    }
  }
  for (const [what, place] of PLACES) {
    for (const [, value = ""] of line.matchAll(place)) if (isLiteralSecret(value)) yield what;
  }
}

function valueIn(groups: readonly (string | undefined)[]): string {
  return groups.find((group) => group !== undefined) ?? "";
}
