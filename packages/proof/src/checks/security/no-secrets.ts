import type { Manifest } from "../../manifest/kubernetes-object.ts";
import { isObject, objectAt, objectsIn, stringAt, stringsIn } from "../../manifest/values.ts";
import { containersOf, type Workload } from "../../manifest/workload.ts";
import { fieldPath } from "../../schemas/field-path.ts";
import { defineRule, type Problem } from "../rule.ts";
import { isLiteralSecret, isSecretName, passwordSettings } from "./secret-material/literal-passwords.ts";
import { mayHoldSecret, recogniseSecrets, type SecretKind } from "./secret-material/recognise-secret.ts";

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
    "literal-password": "A variable, argument or setting holds a password as text.",
    "private-key": "A text holds a private key.",
    "access-key": "A text holds a cloud access key.",
    token: "A text holds a token.",
    "password-hash": "A text holds the hash of a password.",
    "url-with-password": "A URL holds a password.",
  },
  *check({ index, workloads }) {
    for (const manifest of index.all) {
      // Schemas are prose and examples.
      if (manifest.kind === "CustomResourceDefinition") continue;
      if (manifest.kind === "Secret" && manifest.group === "") yield* secretContent(manifest);
      else yield* recognised(manifest);
    }
    for (const workload of workloads) yield* literals(workload);
    for (const manifest of index.filter({ group: "", kind: "ConfigMap" })) yield* settings(manifest);
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

function* recognised(manifest: Manifest): Generator<Problem<Code>> {
  if (!anyTextMayHoldSecret(manifest.object)) return;
  for (const { text, path } of textsWithin(manifest.object, "")) {
    for (const kind of recogniseSecrets(text)) {
      yield { code: kind, manifest, path, message: `the text holds ${WHAT[kind]}`, fix: FIX };
    }
  }
}

function* literals(workload: Workload): Generator<Problem<Code>> {
  const { manifest } = workload;
  for (const { container, path } of containersOf(workload)) {
    for (const [position, variable] of objectsIn(container.env).entries()) {
      const name = stringAt(variable, "name") ?? "";
      const value = stringAt(variable, "value");
      if (value === undefined || !isSecretName(name) || !isLiteralSecret(value)) continue;
      yield literal(manifest, `${path}.env[${position}].value`, `variable ${name} holds its value as text`);
    }
    for (const field of ["command", "args"]) {
      const words = stringsIn(container[field]);
      for (const [position, word] of words.entries()) {
        const [, name, value = words[position + 1] ?? ""] = /^--?([\w.-]+)(?:=(.*))?$/s.exec(word) ?? [];
        if (name === undefined || !isSecretName(name) || value.startsWith("-") || !isLiteralSecret(value))
          continue;
        yield literal(
          manifest,
          `${path}.${field}[${position}]`,
          `the argument --${name} holds its value as text`,
        );
      }
    }
  }
}

function* settings(manifest: Manifest): Generator<Problem<Code>> {
  for (const [key, text] of Object.entries(objectAt(manifest.object, "data") ?? {})) {
    if (typeof text !== "string") continue;
    const path = fieldPath("data", key);
    if (isSecretName(key) && !text.includes("\n") && isLiteralSecret(text)) {
      yield literal(manifest, path, `the key ${key} holds its value as text`);
    }
    for (const name of passwordSettings(text))
      yield literal(manifest, path, `the setting ${name} holds its value as text`);
  }
}

function literal(manifest: Manifest, path: string, message: string): Problem<Code> {
  return { code: "literal-password", manifest, path, message, fix: FIX };
}

/** Spares most objects the field paths, which cost more than the looking. */
function anyTextMayHoldSecret(value: unknown): boolean {
  if (typeof value === "string") return mayHoldSecret(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(anyTextMayHoldSecret);
}

function* textsWithin(value: unknown, path: string): Generator<{ text: string; path: string }> {
  if (typeof value === "string") yield { text: value, path };
  else if (Array.isArray(value)) {
    for (const [position, item] of value.entries()) yield* textsWithin(item, fieldPath(path, position));
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      yield* textsWithin(item, fieldPath(path, key));
    }
  }
}
