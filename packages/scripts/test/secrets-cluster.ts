import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A call of kubectl, with what it was given on standard input. */
export interface Call {
  readonly args: readonly string[];
  readonly input: string;
}

interface Stored {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } & Readonly<
    Record<string, unknown>
  >;
  readonly data?: Readonly<Record<string, string>>;
}

/** An object as it was sent. */
interface Given {
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly name: string };
}

/** Objects by `kind/namespace/name`. */
type Objects = Record<string, Stored>;

/**
 * A kubectl that keeps objects in a file: it gets, creates, deletes and replaces them as the API server does, with
 * versions, and takes rollouts and commands as done. A created Job is complete at once. A real API server is another
 * test's.
 */
export class SecretsCluster {
  readonly env: Readonly<Record<string, string>>;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "calls.jsonl"), "");
    this.#write({});
    this.fail("");
    writeFileSync(join(folder, "kubectl"), `#!${process.execPath}\n${PROGRAM}`);
    chmodSync(join(folder, "kubectl"), 0o755);
    this.env = { PATH: `${folder}${delimiter}${process.env.PATH ?? ""}` };
  }

  /** From now on calls whose words fit this expression fail; none when it is empty. Without a text they quote the input. */
  fail(pattern: string, text = ""): void {
    writeFileSync(join(this.#folder, "fail"), JSON.stringify({ pattern, text }));
  }

  put(kind: string, namespace: string, name: string, rest: object = {}): void {
    const metadata = { name, namespace, creationTimestamp: "2026-11-01T00:00:00Z", resourceVersion: "1" };
    const id = `${kind}/${namespace}/${name}`;
    this.#write({
      ...this.#read(),
      [id]: { apiVersion: "v1", kind, metadata, ...rest } as unknown as Stored,
    });
  }

  putSecret(namespace: string, name: string, values: Readonly<Record<string, string>>): void {
    const data = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
    );
    this.put("Secret", namespace, name, { type: "Opaque", data });
  }

  remove(kind: string, namespace: string, name: string): void {
    const { [`${kind}/${namespace}/${name}`]: _gone, ...objects } = this.#read();
    this.#write(objects);
  }

  get(kind: string, namespace: string, name: string): Stored | undefined {
    return this.#read()[`${kind}/${namespace}/${name}`];
  }

  value(namespace: string, name: string, key: string): string | undefined {
    const encoded = this.get("Secret", namespace, name)?.data?.[key];
    return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString();
  }

  annotations(namespace: string, name: string): Readonly<Record<string, string>> {
    return this.get("Secret", namespace, name)?.metadata.annotations ?? {};
  }

  calls(): readonly Call[] {
    return readFileSync(join(this.#folder, "calls.jsonl"), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Call);
  }

  /** What was changed, in order: `replace Secret data/redis`, `rollout restart deployment/redis data`. */
  changes(): readonly string[] {
    return this.calls().flatMap(({ args, input }) => {
      const [verb = "", ...rest] = args;
      if (verb === "get" || (verb === "rollout" && rest[0] === "status")) return [];
      if (input === "" || verb === "exec") return [args.filter((word) => !word.startsWith("--")).join(" ")];
      const given = JSON.parse(input) as Given & { readonly items?: readonly Given[] };
      return (given.items ?? [given]).map(
        ({ kind, metadata: { namespace, name } }) => `${verb} ${kind} ${namespace}/${name}`,
      );
    });
  }

  forget(): void {
    writeFileSync(join(this.#folder, "calls.jsonl"), "");
  }

  #read(): Objects {
    return JSON.parse(readFileSync(join(this.#folder, "objects.json"), "utf8")) as Objects;
  }

  #write(objects: Objects): void {
    writeFileSync(join(this.#folder, "objects.json"), JSON.stringify(objects));
  }
}

const PROGRAM = String.raw`
const { appendFileSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const file = (name) => join(__dirname, name);
const args = process.argv.slice(2);
const input = args.some((word) => word === "--filename=-" || word === "--stdin") ? readFileSync(0, "utf8") : "";
appendFileSync(file("calls.jsonl"), JSON.stringify({ args, input }) + "\n");
const KINDS = { secrets: "Secret", secret: "Secret", job: "Job", deployment: "Deployment", statefulset: "StatefulSet", daemonset: "DaemonSet", namespace: "Namespace" };
const fail = (text) => { process.stderr.write(text + "\n"); process.exit(1); };
const { pattern, text } = JSON.parse(readFileSync(file("fail"), "utf8"));
if (pattern !== "" && new RegExp(pattern).test(args.join(" "))) fail(text || "Error from server (InternalError): told to fail on " + input);
const objects = JSON.parse(readFileSync(file("objects.json"), "utf8"));
const save = () => writeFileSync(file("objects.json"), JSON.stringify(objects));
const at = args.indexOf("--namespace");
const namespace = at < 0 ? "" : args[at + 1];
const words = args.filter((word, index) => !word.startsWith("--") && (at < 0 || index !== at + 1));
const verb = words[0] === "rollout" ? words[1] : words[0];
const rest = words.slice(words[0] === "rollout" ? 2 : 1);
const named = rest[0]?.includes("/") ? rest.map((word) => word.split("/")) : rest.slice(1).map((name) => [rest[0], name]);
const ids = named.map(([kind, name]) => KINDS[kind] + "/" + (kind === "namespace" ? "" : namespace) + "/" + name);
const idOf = ({ kind, metadata }) => kind + "/" + (metadata.namespace ?? "") + "/" + metadata.name;
if (verb === "get") {
  const found = ids.flatMap((id) => objects[id] ?? []);
  if (found.length < ids.length && !args.includes("--ignore-not-found")) fail("Error from server (NotFound)");
  if (args.includes("--output=name")) process.stdout.write(found.map(({ metadata }) => metadata.name + "\n").join(""));
  else if (ids.length > 1) process.stdout.write(JSON.stringify({ kind: "List", items: found }));
  else if (found.length > 0) process.stdout.write(JSON.stringify(found[0]));
} else if (verb === "create" && rest[0] === "namespace") {
  objects["Namespace//" + rest[1]] = { kind: "Namespace", metadata: { name: rest[1] } };
  save();
} else if (verb === "create" || verb === "replace") {
  const given = JSON.parse(input);
  for (const object of given.items ?? [given]) {
    const id = idOf(object);
    if (verb === "create" && objects[id] !== undefined) fail("Error from server (AlreadyExists)");
    if (verb === "replace" && objects[id] === undefined) fail("Error from server (NotFound)");
    if (verb === "replace" && objects[id].metadata.resourceVersion !== object.metadata.resourceVersion) fail("Error from server (Conflict)");
    object.metadata.resourceVersion = String(Number(objects[id]?.metadata.resourceVersion ?? 0) + 1);
    if (object.kind === "Job") object.status = { conditions: [{ type: "Complete", status: "True" }] };
    objects[id] = object;
    save();
  }
} else if (verb === "delete") {
  for (const id of ids) delete objects[id];
  save();
} else if (["restart", "status"].includes(verb)) {
  for (const id of ids) if (objects[id] === undefined) fail("Error from server (NotFound)");
}
`;
