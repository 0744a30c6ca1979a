import type { Manifest } from "../../manifest/kubernetes-object.ts";
import { objectAt, stringsIn } from "../../manifest/values.ts";
import { containersOf, type Workload } from "../../manifest/workload.ts";
import type { Plan } from "../../plan/plan.ts";
import { fieldPath } from "../../schemas/field-path.ts";
import { defineRule, type Problem } from "../rule.ts";
import { passwordsInCommand } from "./secret-material/embedded-passwords.ts";
import { isLiteralSecret, isSecretName } from "./secret-material/literal-passwords.ts";
import { ObjectSecrets } from "./secret-material/object-secrets.ts";
import type { SecretKind } from "./secret-material/recognise-secret.ts";

type Code = "secret-object" | "literal-password" | SecretKind;

const WHAT: Readonly<Record<SecretKind, string>> = {
  "private-key": "a private key",
  "access-key": "a cloud access key",
  token: "a token",
  "password-hash": "a password's hash, which can be guessed offline",
  "url-with-password": "a URL with a password",
};

const FIX =
  "Keep it in a Secret that is made in the cluster (global.secrets.ledger), and refer to it by name.";

/** What a key of the ledger's Secrets is called that somebody could log in with. */
const LEDGER_SECRET = /(?:pass(?:word|wd|phrase)?|secret|token|key|credentials?|hash|htpasswd)$/i;
const PUBLIC_KEY = /(?:access|public)[_.-]?key(?:[_.-]?id)?$/i;

/** Findings never repeat what they have found. */
export const noSecrets = defineRule<Code>({
  id: "no-secrets",
  group: "security",
  severity: "error",
  title: "Nothing secret in Git or in rendered output",
  explanation: {
    protects:
      "That passwords, keys and tokens are neither in values nor in what is rendered from them: the rendering is " +
      "in Git, in Argo CD's cache, in CI logs and in every reader's terminal.",
    incident:
      "A chart generates a password while rendering: Argo CD renders anew, sees a difference, and replaces the " +
      "password under a running database.",
    fix: FIX,
    source: "reference of formats: RFC 7468 (PEM), RFC 7519 (JWT), crypt(5); design of global.secrets",
  },
  codes: {
    "secret-object": "A Secret with content is rendered.",
    "literal-password": "A variable, argument, setting, script or the ledger holds a password as text.",
    "private-key": "A text holds a private key.",
    "access-key": "A text holds a cloud access key.",
    token: "A text holds a token.",
    "password-hash": "A text holds the hash of a password.",
    "url-with-password": "A URL holds a password.",
  },
  *check({ index, workloads, plan }) {
    const secrets = new ObjectSecrets();
    const reported = new Map<Manifest, Set<string>>();
    for (const manifest of index.all) {
      // Schemas are prose and examples.
      if (manifest.kind === "CustomResourceDefinition") continue;
      if (manifest.kind === "Secret" && manifest.group === "") {
        yield* secretContent(manifest);
        continue;
      }
      const paths = new Set<string>();
      for (const secret of secrets.in(manifest)) {
        paths.add(secret.path);
        const { path } = secret;
        yield "kind" in secret
          ? { code: secret.kind, manifest, path, message: `the text holds ${WHAT[secret.kind]}`, fix: FIX }
          : literal(manifest, path, secret.what);
      }
      if (paths.size > 0) reported.set(manifest, paths);
    }
    const isNew = ({ manifest, path }: Problem): boolean =>
      manifest === undefined || path === undefined || !reported.get(manifest)?.has(path);
    for (const workload of workloads) yield* [...literals(workload)].filter(isNew);
    for (const manifest of index.filter({ group: "", kind: "ConfigMap" })) {
      yield* [...keys(manifest)].filter(isNew);
    }
    if (plan !== undefined) yield* plannedLiterals(plan);
  },
});

function* secretContent(manifest: Manifest): Generator<Problem<Code>> {
  for (const field of ["data", "stringData"]) {
    const keys = Object.entries(objectAt(manifest.object, field) ?? {}).flatMap(([key, value]) =>
      value === null || value === "" ? [] : [key],
    );
    if (keys.length === 0) continue;
    yield {
      code: "secret-object",
      manifest,
      path: field,
      message: `the Secret is rendered with content: ${keys.join(", ")}`,
      actual: keys.length,
      limit: 0,
      fix: FIX,
    };
  }
}

function* literals(workload: Workload): Generator<Problem<Code>> {
  const { manifest } = workload;
  for (const { container, path } of containersOf(workload)) {
    for (const field of ["command", "args"]) {
      const words = stringsIn(container[field]);
      for (const place of passwordsInCommand(words)) yield literal(manifest, `${path}.${field}`, place);
      for (const [position, word] of words.entries()) {
        const [, name, value = words[position + 1] ?? ""] = /^--?([\w.-]+)(?:=(.*))?$/s.exec(word) ?? [];
        if (name === undefined || !isSecretName(name) || value.startsWith("-") || !isLiteralSecret(value))
          continue;
        yield literal(manifest, `${path}.${field}[${position}]`, `the argument --${name}`);
      }
    }
  }
}

function* keys(manifest: Manifest): Generator<Problem<Code>> {
  for (const [key, text] of Object.entries(objectAt(manifest.object, "data") ?? {})) {
    if (typeof text !== "string" || !isSecretName(key) || text.includes("\n") || !isLiteralSecret(text))
      continue;
    yield literal(manifest, fieldPath("data", key), `the key ${key}`);
  }
}

/** A literal of the ledger is for names: `user`, `access-key`. */
function* plannedLiterals({ secrets }: Plan): Generator<Problem<Code>> {
  for (const [name, secret] of Object.entries(secrets.ledger)) {
    for (const [key, { type, value }] of Object.entries(secret.keys)) {
      if (type !== "literal" || value === "" || PUBLIC_KEY.test(key) || !LEDGER_SECRET.test(key)) continue;
      yield {
        code: "literal-password",
        path: `global.secrets.ledger.${name}.keys.${key}.value`,
        message: `the ledger holds the value of ${name}/${key} as text`,
        actual: type,
        limit: "random",
        fix: "Write type: random with a length; a literal is for what is no secret, such as a user name.",
      };
    }
  }
}

function literal(manifest: Manifest, path: string, what: string): Problem<Code> {
  return { code: "literal-password", manifest, path, message: `${what} holds its value as text`, fix: FIX };
}
