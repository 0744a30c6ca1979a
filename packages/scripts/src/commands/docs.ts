import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EXIT, proofJsonSchema } from "@t495/proof";
import type { CommandAction } from "../command.ts";
import { type GeneratedFile, generateReferences } from "../docs/generate.ts";
import { generateNodeFiles } from "../docs/node-files.ts";
import { writeFileAtomically, writeNote, writeOut } from "../output.ts";

/** `platform docs`: writes what is generated from the sources; with `--check`, and in CI, only says what is stale. */
export const run: CommandAction = async ({ options, root }) => {
  const isCheck = options.has("check") || Boolean(process.env.CI);
  const references = [...(await generateReferences(root)), proofSchemaFile()];
  const stale = settle(root, references, isCheck);
  // Rendered with the schemas of the charts as they are now.
  const nodeFiles = stale > 0 && isCheck ? [] : await generateNodeFiles(root);
  const all = stale + settle(root, nodeFiles, isCheck);
  if (!isCheck) {
    writeOut(`${references.length + nodeFiles.length} generated files, ${all} written\n`);
    return EXIT.proven;
  }
  if (all > 0) writeNote("fix: corepack pnpm docs:generate, and commit what it writes");
  return all > 0 ? EXIT.findings : EXIT.proven;
};

/** Writes what differs from the disk, or says so. Returns how many files do. */
function settle(root: string, files: readonly GeneratedFile[], isCheck: boolean): number {
  const stale = files.filter(({ path, text }) => readText(join(root, path)) !== text);
  for (const { path, text } of stale) {
    if (isCheck) writeNote(`stale: ${path}`);
    else {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileAtomically(join(root, path), text);
    }
  }
  return stale.length;
}

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
