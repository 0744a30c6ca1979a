/**
 * Writes Longhorn's CRDs as templates, from the manifest of the version that is deployed:
 * `node charts/infrastructure/crds-generator/longhorn.mjs`, on a machine that reaches GitHub. `--open` writes of each
 * kind what the API server needs to serve it (names, scope, version, columns) and leaves `spec` and `status` open: that
 * is what is committed, for Longhorn publishes no module whose types could be generated from, and its text is not ours.
 * `--from FILE` reads the manifest from a file, `--sha256` accepts another one than the pinned, `--into` writes
 * elsewhere.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { crdTemplate, partsOf } from "./template.mjs";

const VERSION = "v1.12.1";
const SOURCE = `https://raw.githubusercontent.com/longhorn/longhorn/${VERSION}/deploy/longhorn.yaml`;
/** Of the file at the tag; whatever else answers is refused, unless `--sha256` names it. */
const SHA256 = "41648963af867ac1d0c85755fb53cf61cacd57c9bb22e1942e3fb0439eeb04fd";

const OPEN = ["type: object", "x-kubernetes-preserve-unknown-fields: true"];

async function download() {
  const response = await fetch(SOURCE).catch((error) => {
    throw new Error(`${SOURCE}: ${error.cause?.message ?? error.message}; give the file by --from FILE`);
  });
  if (!response.ok) throw new Error(`${SOURCE}: ${response.status} ${response.statusText}`);
  return response.text();
}

function checked(manifest, expected) {
  const found = createHash("sha256").update(manifest).digest("hex");
  if (found !== expected) throw new Error(`this is not deploy/longhorn.yaml of ${VERSION}: its SHA-256 is ${found}`);
  return manifest;
}

/**
 * Descriptions are left out: they are most of the text, and Longhorn's documentation has them. A property of that name
 * stays: its schema follows on the next lines.
 */
function withoutDescriptions(spec) {
  const kept = [];
  let dropping = -1;
  let startsItem = false;
  for (const line of spec.split("\n")) {
    const indent = line.search(/\S/);
    if (dropping >= 0 && (indent === -1 || indent > dropping)) continue;
    const description = /^ *(- )?description: \S/.exec(line);
    if (description !== null) {
      startsItem = description[1] !== undefined;
      dropping = indent + (startsItem ? 2 : 0);
      continue;
    }
    dropping = -1;
    kept.push(startsItem ? `${line.slice(0, indent - 2)}- ${line.slice(indent)}` : line);
    startsItem = false;
  }
  return kept.join("\n");
}

/** Keeps the fields of the object itself, and of those only the types: what is inside may be anything. */
function withOpenSchema(spec) {
  const lines = spec.split("\n");
  const start = lines.findIndex((line) => line === "      openAPIV3Schema:") + 1;
  const end = lines.findIndex((line, at) => at > start && /^ {0,6}\S/.test(line));
  const schema = lines.slice(start, end);
  const properties = [];
  for (const [at, line] of schema.entries()) {
    const field = /^ {10}(\w+):$/.exec(line)?.[1];
    if (field === undefined) continue;
    const body = schema.slice(at + 1, schema.findIndex((next, place) => place > at && /^ {0,10}\S/.test(next)));
    const type = body.find((text) => /^ {12}type: /.test(text))?.trim();
    const inside = field === "metadata" || type !== "type: object" ? [type] : OPEN;
    properties.push(line, ...inside.map((text) => `            ${text}`));
  }
  const required = schema.findIndex((line) => line === "        required:");
  const demands = required === -1 ? [] : schema.slice(required, schema.findIndex((line) => line === "        type: object"));
  const open = ["        properties:", ...properties, ...demands, "        type: object"];
  return [...lines.slice(0, start), ...open, ...lines.slice(end)].join("\n");
}

async function write({ from, sha256, open, into }) {
  const manifest = from === undefined ? await download() : await readFile(from, "utf8");
  const templates = checked(manifest, sha256)
    .split(/^---$/m)
    .filter((document) => /^kind: CustomResourceDefinition$/m.test(document))
    .map(partsOf)
    .map(({ name, spec }) => {
      const plain = withoutDescriptions(spec);
      return crdTemplate({
        component: "longhorn",
        generator: "longhorn.mjs",
        loss: "With the definition every volume goes, and with the volumes all data.",
        name,
        spec: open ? withOpenSchema(plain) : plain,
      });
    });
  await mkdir(into, { recursive: true });
  const stale = new Set(await readdir(into));
  for (const { file, text } of templates) {
    await writeFile(join(into, file), text);
    stale.delete(file);
  }
  for (const file of stale) await rm(join(into, file));
  return `${templates.length} definitions, ${open ? "open" : "as upstream has them"}\n`;
}

const { values } = parseArgs({
  options: {
    from: { type: "string" },
    sha256: { type: "string", default: SHA256 },
    open: { type: "boolean", default: false },
    into: { type: "string", default: join(import.meta.dirname, "../templates/longhorn/crds") },
  },
});
try {
  process.stdout.write(await write(values));
} catch ({ message }) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
