export type SecretKind = "private-key" | "access-key" | "token" | "password-hash" | "url-with-password";

/** Shapes that nothing but a secret has; each is so specific that chance and prose do not produce it. */
const SHAPES: readonly (readonly [SecretKind, RegExp])[] = [
  ["private-key", /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/],
  ["private-key", /\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b/],
  // AWS marks the keys of its documentation by their end.
  ["access-key", /\b(?:AKIA|ASIA)(?![0-9A-Z]*EXAMPLE\b)[0-9A-Z]{16}\b/],
  ["token", /\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_\w{50,}|\bglpat-[\w-]{20,}/],
  ["token", /\bxox[abprs]-[\w-]{20,}|\bhf_[A-Za-z]{34}\b|\bAIza[\w-]{35}\b/],
  ["token", /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/],
  ["password-hash", /\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}/],
  ["password-hash", /\$(?:apr1|1|5|6|y)\$[./A-Za-z0-9$=]{1,40}\$[./A-Za-z0-9]{22,}|\$argon2id?\$v=\d+\$/],
];

/** All shapes begin with one of these; most texts have none, and are done after one look. */
const HINT =
  /PRIVATE KEY|AGE-SECRET|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox|hf_|AIza|eyJ|\$\w{1,8}\$|:\/\/|LS0tLS1CRUdJTi/;

const URL_PASSWORD = /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"'`]*:([^\s/@"'`]+)@/gi;

/** Base64 of `-----BEGIN`, which also begins certificates: those are public. */
const ENCODED_PEM = /LS0tLS1CRUdJTi[A-Za-z0-9+/]+={0,2}/g;

/** The kinds of secrets in a text, each once. */
export function recogniseSecrets(text: string): ReadonlySet<SecretKind> {
  const found = new Set<SecretKind>();
  if (!HINT.test(text)) return found;
  for (const [kind, shape] of SHAPES) if (shape.test(text)) found.add(kind);
  for (const [, password = ""] of text.matchAll(URL_PASSWORD)) {
    if (!isPlaceholder(password)) found.add("url-with-password");
  }
  for (const [encoded] of text.matchAll(ENCODED_PEM)) {
    if (/PRIVATE KEY/.test(Buffer.from(encoded, "base64").toString("latin1"))) found.add("private-key");
  }
  return found;
}

/** `$(PASSWORD)`, `${PASSWORD}`, `{{ .Password }}`, `<password>`, `%s`, `***`: something else is put there later. */
export function isPlaceholder(value: string): boolean {
  return /[$<>{}]|^%|^\*+$|^x{3,}$|^\.{3}$/i.test(value);
}
