import { createHash, randomBytes } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository this launcher belongs to, with a trailing slash. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const CACHE = join(ROOT, "node_modules/.cache/t495/compiled");
/** As deep as a source file of packages/proof, so that data files are found from the bundle as from the source. */
const BUNDLE = "src/bundle";
/** How many bundles are kept: enough for some branches and parallel runs. */
const KEPT = 8;

/**
 * The file of the command line, bundled from exactly the sources that are on disk: its folder is named by
 * their content, so a changed rule is in force at once and a warm start reads files but compiles nothing.
 * @returns {Promise<string>}
 */
export async function compiledCli() {
  const folder = join(CACHE, sourceHash());
  if (existsSync(folder)) markUsed(folder);
  else await compile(folder);
  return join(folder, BUNDLE, "cli.cjs");
}

/** A digest of all that decides what the bundle does: sources, data beside them, manifests, lock file, Node. */
function sourceHash() {
  const hash = createHash("sha256").update(process.version);
  for (const file of sourceFiles()) hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
  return hash.digest("hex").slice(0, 32);
}

function sourceFiles() {
  const files = [
    "package.json",
    "pnpm-lock.yaml",
    "packages/scripts/bin/compiled.mjs",
    "packages/scripts/bin/code-cache.mjs",
  ];
  for (const name of readdirSync(join(ROOT, "packages")).sort()) {
    if (existsSync(join(ROOT, "packages", name, "package.json"))) files.push(`packages/${name}/package.json`);
    collect(`packages/${name}/src`, files);
    collect(`packages/${name}/schemas`, files);
  }
  return files;
}

function collect(folder, files) {
  let entries;
  try {
    entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw error;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) collect(path, files);
    else if (/\.(ts|json|yaml)$/.test(entry.name) && !entry.name.endsWith(".test.ts")) files.push(path);
  }
}

/** Bundles beside the final place and renames: a parallel run sees all of it or nothing. */
async function compile(folder) {
  const { build } = await import("esbuild");
  const draft = `${folder}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    await build({
      absWorkingDir: ROOT,
      entryPoints: { cli: "packages/scripts/src/cli.ts" },
      outdir: join(draft, BUNDLE),
      bundle: true,
      // One file, whose parts still run only when they are imported: V8's code cache knows no ES modules.
      format: "cjs",
      outExtension: { ".js": ".cjs" },
      platform: "node",
      target: "node20",
      sourcemap: "linked",
      sourcesContent: false,
      logLevel: "error",
      // Names stay: a defect's stack trace is read by people.
      minifyWhitespace: true,
      minifySyntax: true,
      define: { "import.meta.url": "bundleUrl" },
      banner: { js: 'const bundleUrl=require("node:url").pathToFileURL(__filename).href;' },
    });
    cpSync(join(ROOT, "packages/proof/schemas"), join(draft, "schemas"), { recursive: true });
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // A parallel run was faster: its bundle comes from the same sources.
    if (!existsSync(folder)) throw error;
  }
  prune();
}

function markUsed(folder) {
  const now = new Date();
  try {
    utimesSync(folder, now, now);
  } catch {
    // A read-only checkout keeps its bundles in no order; nothing else depends on it.
  }
}

function prune() {
  mkdirSync(CACHE, { recursive: true });
  const bundles = readdirSync(CACHE)
    .map((name) => join(CACHE, name))
    .map((path) => ({ path, used: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.used - a.used);
  for (const { path } of bundles.slice(KEPT)) rmSync(path, { recursive: true, force: true });
}
