/**
 * Writes `schemas/*.json`: what the rule `valid-object` holds manifests against.
 * `node packages/proof/schemas-generator/generate.mjs`, with Go and its module proxy at hand; the output is
 * the same on every machine, since Go's checksum database fixes the modules. `--check` writes nothing and
 * fails when the committed files are not what would be written.
 */
import { readFile, writeFile } from "node:fs/promises";
import { execa } from "execa";
import { load } from "js-yaml";
import { customResourceBundle } from "./custom-resources.mjs";
import { fieldFacts } from "./field-facts.mjs";
import { kubernetesBundle } from "./kubernetes.mjs";
import { MODULES } from "./modules.mjs";
import { sortKeys } from "./sort-keys.mjs";

const OUTPUT = new URL("../schemas/", import.meta.url);

async function moduleDirectory({ path, version }) {
  const { stdout } = await execa("go", ["mod", "download", "-json", `${path}@${version}`]);
  return JSON.parse(stdout).Dir;
}

async function generateKubernetes() {
  const directory = await moduleDirectory(MODULES.kubernetes);
  const openApi = JSON.parse(await readFile(`${directory}/api/openapi-spec/swagger.json`, "utf8"));
  const goSource = await readFile(`${directory}/pkg/generated/openapi/zz_generated.openapi.go`, "utf8");
  return { source: sourceOf([MODULES.kubernetes]), ...kubernetesBundle(openApi, fieldFacts(goSource)) };
}

async function generateCustomResources() {
  const modules = [MODULES.argocd, MODULES.metallb];
  const definitions = await Promise.all(
    modules.map(async (module) => {
      const directory = await moduleDirectory(module);
      const files = module.crds.map((file) => readFile(`${directory}/${file}`, "utf8"));
      return (await Promise.all(files)).map((text) => load(text));
    }),
  );
  return { source: sourceOf(modules), ...customResourceBundle(definitions.flat()) };
}

function sourceOf(modules) {
  return modules.map(({ path, version }) => `${path}@${version}`).join(" ");
}

const isCheck = process.argv.includes("--check");
const stale = [];
for (const [name, generate] of [
  ["kubernetes", generateKubernetes],
  ["custom-resources", generateCustomResources],
]) {
  const file = new URL(`${name}.json`, OUTPUT);
  const text = `${JSON.stringify(sortKeys(await generate()))}\n`;
  if (!isCheck) await writeFile(file, text);
  else if ((await readFile(file, "utf8")) !== text) stale.push(`schemas/${name}.json`);
}
if (stale.length > 0) {
  process.stderr.write(`Stale: ${stale.join(", ")}. Run node schemas-generator/generate.mjs and commit.\n`);
  process.exitCode = 1;
}
