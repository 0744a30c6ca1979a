#!/usr/bin/env node
import { requireWithCode } from "./code-cache.mjs";
import { compiledCli, ROOT } from "./compiled.mjs";

const BAD_INPUT = 2;
/** As in src/cli.ts: neither a verdict nor bad input. */
const DEFECT = 70;

try {
  const file = await compiledCli();
  const words = process.argv.slice(2);
  // Each command keeps the code of what it runs, and nothing else.
  const command = /^[a-z]+$/.exec(words[0] ?? "")?.[0] ?? "help";
  const { exports, keepCode } = requireWithCode(file, `${file}.${command}.code`);
  process.exitCode = await exports.main(words, ROOT);
  if (process.exitCode < BAD_INPUT) keepCode();
} catch (error) {
  if (error?.code === "ERR_MODULE_NOT_FOUND") {
    process.stderr.write(
      `error: the workspace's dependencies are not installed\n  at:  ${error.message.split("\n")[0]}\n  fix: corepack pnpm install\n`,
    );
    process.exitCode = BAD_INPUT;
  } else if (Array.isArray(error?.errors)) {
    // esbuild has printed what does not compile, with file and line.
    process.exitCode = DEFECT;
  } else throw error;
}
