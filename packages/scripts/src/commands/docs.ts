import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EXIT, proofJsonSchema } from "@t495/proof";
import type { CommandAction } from "../command.ts";
import { type GeneratedFile, generateReferences } from "../docs/generate.ts";
import { generateNodeFiles } from "../docs/node-files.ts";
import { writeFileAtomically, writeNote, writeOut } from "../output.ts";

/** `platform docs`: writes what is generated from the sources; with `--check`, and in CI, only says what is stale. */
export const run: CommandAction = async ({ options, root }) => {
  const files = [...(await generateReferences(root)), ...(await generateNodeFiles(root)), proofSchemaFile()];
  const stale = files.filter(({ path, text }) => readText(join(root, path)) !== text);
  if (options.has("check") || process.env.CI) {
    for (const { path } of stale) writeNote(`stale: ${path}`);
    if (stale.length > 0) writeNote("fix: corepack pnpm docs:generate, and commit what it writes");
    return stale.length > 0 ? EXIT.findings : EXIT.proven;
  }
  for (const { path, text } of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileAtomically(join(root, path), text);
  }
  writeOut(`${files.length} generated files, ${stale.length} written\n`);
  return EXIT.proven;
};

function proofSchemaFile(): GeneratedFile {
  return {
    path: "packages/proof/schemas/proof.schema.json",
    text: `${JSON.stringify(proofJsonSchema(), undefined, 2)}\n`,
  };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
