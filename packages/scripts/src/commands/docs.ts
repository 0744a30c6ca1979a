import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { EXIT, report, ruleTexts } from "@t495/proof";
import { DEFAULT_PROFILE } from "@t495/proof/rendering";
import type { CommandAction } from "../command.ts";
import { type GeneratedFile, generateReferences } from "../docs/generate.ts";
import { generateNodeFiles, placeNodeFiles } from "../docs/node-files.ts";
import { withVerdict } from "../docs/verdict-picture.ts";
import { filesBelow, NODE_PROFILES } from "../node-profiles.ts";
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
  const rendered = stale > 0 && isCheck ? undefined : await generateFromRenderings(root);
  const written = stale + settle(root, rendered ?? [], isCheck);
  const removed = rendered === undefined ? 0 : clearProfiles(root, rendered, isCheck);
  if (!isCheck) {
    const count = references.length + (rendered?.length ?? 0);
    writeOut(`${count} generated files, ${written} written${removed > 0 ? `, ${removed} removed` : ""}\n`);
    return EXIT.proven;
  }
  const all = written + removed;
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

/** Removes what was generated for a profile that is gone, or says so. Returns how many files that are. */
function clearProfiles(root: string, files: readonly GeneratedFile[], isCheck: boolean): number {
  const expected = new Set(files.map(({ path }) => path));
  const left = filesBelow(join(root, NODE_PROFILES))
    .map((file) => join(NODE_PROFILES, file))
    .filter((path) => !expected.has(path));
  for (const path of left) {
    if (isCheck) writeNote(`stale: ${path}, which nothing generates`);
    else removeWithFolders(root, path);
  }
  return left.length;
}

/** Git keeps no empty folders, and the scripts of the machine list the folders of profiles. */
function removeWithFolders(root: string, path: string): void {
  rmSync(join(root, path));
  for (let folder = dirname(path); folder !== NODE_PROFILES; folder = dirname(folder)) {
    if (readdirSync(join(root, folder)).length > 0) return;
    rmdirSync(join(root, folder));
  }
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
