import { InputError } from "@t495/proof/errors";
import { runProcess } from "@t495/proof/packaging";

/**
 * Runs the pnpm that this command was started with, or corepack's. The workspace was installed before it got here.
 *
 * @throws InputError with the end of what pnpm said.
 */
export async function pnpm(folder: string, ...words: readonly string[]): Promise<void> {
  const started = process.env.npm_execpath ?? "";
  const [program, ...first] = /pnpm[^/]*$/.test(started) ? [process.execPath, started] : ["corepack", "pnpm"];
  const args = [...first, "--config.verify-deps-before-run=false", "--dir", folder, ...words];
  const env = definedEnvironment();
  const { exitCode, stdout, stderr } = await runProcess(program ?? "corepack", args, { cwd: folder, env });
  if (exitCode === 0) return;
  const lines = `${stdout}${stderr}`.trim().split("\n");
  throw new InputError({
    what: `pnpm ${words.join(" ")} failed: ${lines.find((line) => /error/i.test(line)) ?? lines.at(-1)}`,
    where: folder,
    fix: `run \`corepack pnpm --dir ${folder} ${words.join(" ")}\` and mend what it says`,
  });
}

/** This process' environment, as a child takes it. */
export function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
