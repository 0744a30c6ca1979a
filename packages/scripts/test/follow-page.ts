import { type PageCommands, readMarkdown } from "./markdown-page.ts";
import type { RepositoryCopy } from "./repository-copy.ts";
import { type CliResult, runCli } from "./run-cli.ts";
import { writeExample } from "./write-examples.ts";

const COMMAND = /^corepack pnpm (?:--silent )?(platform|prove|docs:generate)(?: (.*))?$/;

/**
 * Does to a copy of the repository what one of its pages says, step by step: writes its files, runs its commands, and
 * holds what they print against what the page shows.
 *
 * @returns lines of the page that its commands do not print, in the page's order
 */
export async function followPage(copy: RepositoryCopy, page: string, helm: string): Promise<string[]> {
  const problems: string[] = [];
  for (const step of readMarkdown(copy.read(page)).steps) {
    if (step.mode !== "run") writeExample(copy, step);
    else problems.push(...(await runCommands(copy, step, helm)));
  }
  return problems;
}

async function runCommands(
  copy: RepositoryCopy,
  { commands, shown }: PageCommands,
  helm: string,
): Promise<string[]> {
  let output = "";
  for (const command of commands) {
    const [, script = "", rest = ""] = COMMAND.exec(command.replace(/\s+#.*$/, "")) ?? [];
    // What shows nothing is only run when later steps need what it writes.
    if (script === "" || (shown === undefined && script !== "docs:generate")) continue;
    const { stdout, stderr } = await runWords(copy, script, rest, helm);
    output += `${stderr}\n${stdout}\n`;
  }
  return shown === undefined ? [] : missingLines(shown, output);
}

function runWords(copy: RepositoryCopy, script: string, rest: string, helm: string): Promise<CliResult> {
  const name = { prove: ["prove"], "docs:generate": ["docs"] }[script] ?? [];
  const words = [...name, ...rest.split(" ").filter((word) => word !== "")];
  return runCli(words, { launcher: copy.launcher, cwd: copy.root, env: { HELM_BIN: helm } });
}

/** Pages wrap lines, leave some away, and cut them at an ellipsis; what remains is printed in that order. */
function missingLines(shown: string, output: string): string[] {
  const printed = collapse(output);
  let from = 0;
  return shown
    .split(/\n|…/)
    .map(collapse)
    .filter((line) => line !== "")
    .filter((line) => {
      const at = printed.indexOf(line, from);
      if (at >= 0) from = at + line.length;
      return at < 0;
    });
}

function collapse(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
