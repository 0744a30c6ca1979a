/**
 * Writes MetalLB's CRDs as templates, from the Go types of the version that is deployed.
 * `node charts/infrastructure/crds-generator/generate.mjs`, with Go and its module proxy at hand; the output is
 * the same on every machine, since go.sum fixes types and generator. `--check` writes nothing and fails when the
 * committed templates are not what would be written.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { crdTemplate, partsOf } from "./template.mjs";

const TEMPLATES = join(import.meta.dirname, "../templates/metallb/crds");

const CONVERTED = "bgppeers.metallb.io";

/**
 * Two versions of a peer are served, and only the controller knows how one becomes the other. The types do not
 * say that: upstream adds it after generating (config/crd/patches of v0.16.1).
 */
const CONVERSION = `  conversion:
    strategy: Webhook
    webhook:
      clientConfig:
        service:
          name: metallb-webhook-service
          namespace: {{ include "platform.namespace" $c }}
          path: /convert
      conversionReviewVersions: [v1beta1, v1beta2]
`;

/** Descriptions are left out: they are most of the text, and the types' documentation has them. */
async function generate(directory) {
  const paths = "paths=go.universe.tf/metallb/api/...";
  const options = ["crd:maxDescLen=0,crdVersions=v1", paths, `output:dir=${directory}`];
  await promisify(execFile)("go", ["tool", "controller-gen", ...options], { cwd: import.meta.dirname });
  const files = (await readdir(directory)).sort();
  return Promise.all(files.map(async (file) => toTemplate(await readFile(join(directory, file), "utf8"))));
}

function toTemplate(definition) {
  const { name, spec } = partsOf(definition);
  return crdTemplate({
    component: "metallb",
    generator: "generate.mjs",
    loss: "With the definition every pool goes, and with the pools every address.",
    name,
    spec: `${name === CONVERTED ? CONVERSION : ""}${spec}`,
  });
}

const scratch = await mkdtemp(join(tmpdir(), "crds-"));
try {
  const templates = await generate(scratch);
  const wanted = new Set(templates.map(({ file }) => file));
  const stale = (await readdir(TEMPLATES)).filter((file) => !wanted.has(file));
  for (const { file, text } of templates) {
    const path = join(TEMPLATES, file);
    if (!process.argv.includes("--check")) await writeFile(path, text);
    else if ((await readFile(path, "utf8").catch(() => "")) !== text) stale.push(file);
  }
  if (stale.length > 0) {
    process.stderr.write(
      `Stale: templates/metallb/crds: ${stale.join(", ")}. ` +
        "Run node charts/infrastructure/crds-generator/generate.mjs, delete what it no longer writes, and commit.\n",
    );
    process.exitCode = 1;
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
