import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EXIT, report, ruleTexts } from "@t495/proof";
import { DEFAULT_PROFILE } from "@t495/proof/rendering";
import type { CommandAction } from "../command.ts";
import { type GeneratedFile, generateReferences } from "../docs/generate.ts";
import { generateNodeFiles, placeNodeFiles } from "../docs/node-files.ts";
import { withVerdict } from "../docs/verdict-picture.ts";
import { writeFileAtomically, writeNote, writeOut } from "../output.ts";
import { proveProfile } from "../prove-profile.ts";
import { openOwnPlatform } from "../render-platform.ts";
import { FILE_STYLE } from "../terminal.ts";

/** `platform docs`: writes what is generated from the sources; with `--check`, and in CI, only says what is stale. */
export const run: CommandAction = async ({ options, root, commands }) => {
  const isCheck = options.has("check") || Boolean(process.env.CI);
  const references = await generateReferences(root, commands);
  const stale = settle(root, references, isCheck);
  // Rendered with the schemas of the charts as they are now.
  const rendered = stale > 0 && isCheck ? [] : await generateFromRenderings(root);
  const all = stale + settle(root, rendered, isCheck);
  if (!isCheck) {
    writeOut(`${references.length + rendered.length} generated files, ${all} written\n`);
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

/** The machines' files, and what `platform prove` prints with these. */
async function generateFromRenderings(root: string): Promise<readonly GeneratedFile[]> {
  const opened = await openOwnPlatform(root);
  const nodeFiles = await generateNodeFiles(root, opened.platform);
  const proof = await proveProfile(opened, {
    profile: DEFAULT_PROFILE,
    rendering: opened.platform.render({ profile: DEFAULT_PROFILE }),
    nodeFiles: nodeFiles.get(DEFAULT_PROFILE),
    rules: [],
    thorough: false,
  });
  const verdict = report([proof], "pretty", { style: FILE_STYLE, rules: ruleTexts });
  const readme = withVerdict(readText(join(root, "README.md")) ?? "", verdict);
  return [...placeNodeFiles(nodeFiles), { path: "README.md", text: readme }];
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
