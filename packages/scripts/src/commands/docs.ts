import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EXIT, type NodeFiles, report, ruleTexts } from "@t495/proof";
import { DEFAULT_PROFILE } from "@t495/proof/rendering";
import type { CommandAction } from "../command.ts";
import { type GeneratedFile, generateReferences } from "../docs/generate.ts";
import { generateNodeFiles, placeNodeFiles } from "../docs/node-files.ts";
import { withVerdict } from "../docs/verdict-picture.ts";
import { writeFileAtomically, writeNote, writeOut } from "../output.ts";
import { proveProfile } from "../prove-profile.ts";
import { type OpenedPlatform, openOwnPlatform } from "../render-platform.ts";
import { FILE_STYLE } from "../terminal.ts";

/** `platform docs`: writes what is generated from the sources; with `--check`, and in CI, only says what is stale. */
export const run: CommandAction = async ({ options, root, commands }) => {
  const opened = await openOwnPlatform(root);
  const nodeFiles = await generateNodeFiles(root, opened.platform);
  const files = [
    ...(await generateReferences(root, commands)),
    ...placeNodeFiles(nodeFiles),
    await readmeWithVerdict(root, opened, nodeFiles.get(DEFAULT_PROFILE)),
  ];
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

/** What `platform prove` prints, with the machine's files as they are generated now. */
async function readmeWithVerdict(
  root: string,
  opened: OpenedPlatform,
  nodeFiles: NodeFiles | undefined,
): Promise<GeneratedFile> {
  const proof = await proveProfile(opened, {
    profile: DEFAULT_PROFILE,
    rendering: opened.platform.render({ profile: DEFAULT_PROFILE }),
    nodeFiles,
    rules: [],
    thorough: false,
  });
  const verdict = report([proof], "pretty", { style: FILE_STYLE, rules: ruleTexts });
  return { path: "README.md", text: withVerdict(readText(join(root, "README.md")) ?? "", verdict) };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
