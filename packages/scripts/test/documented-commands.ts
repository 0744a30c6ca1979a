import { isInputError } from "@t495/proof/errors";
import type { CommandDefinition } from "../src/command.ts";
import { parseCommandLine } from "../src/parse-command-line.ts";
import type { PageCode } from "./markdown-page.ts";

/** What commands of a page are held against. */
export interface KnownCommands {
  readonly commands: Readonly<Record<string, CommandDefinition>>;
  /** The scripts of the root's package.json. */
  readonly scripts: Readonly<Record<string, string>>;
}

/** Commands of pnpm itself, and of programs that it finds for the workspace. */
const PNPM_COMMANDS = new Set(["add", "approve-builds", "changeset", "exec", "install", "remove", "why"]);
const SHELLS = new Set(["sh", "bash", "shell"]);
const WITHOUT_COREPACK = /(?<!corepack )\bpnpm (?=[a-z-])/;
/** A sentence may name a script by its short name; what has arguments is there to be typed. */
const WITHOUT_COREPACK_IN_SENTENCE = /(?<!corepack )\bpnpm (?:--silent )?[a-z][\w:-]* \S/;
const LAUNCHER = "node packages/scripts/bin/platform.mjs";

/** One sentence for each command of the code that the command line or package.json does not know. */
export function wrongCommands(code: PageCode, known: KnownCommands): string[] {
  if (code.language !== undefined && !SHELLS.has(code.language)) return [];
  const wrong = commandsOf(code).flatMap((words) => {
    const problem = problemOf(words, known);
    return problem === undefined ? [] : [problem];
  });
  if (code.language !== undefined) return [...wrong, ...wrongLines(code.text)];
  return WITHOUT_COREPACK_IN_SENTENCE.test(code.text) ? [...wrong, lacksCorepack(code.text)] : wrong;
}

/** What is typed works on a machine that has Node only, and what pnpm itself prints is in no file and no pipe. */
function wrongLines(text: string): string[] {
  return text
    .replaceAll("\\\n", " ")
    .split("\n")
    .flatMap((line) => [
      ...(WITHOUT_COREPACK.test(line) ? [lacksCorepack(line)] : []),
      ...(/\bpnpm (?!.*--silent)[^#|&;]*(?:\||\s>)/.test(line)
        ? [`without --silent, pnpm's own line is in the output: ${line.trim()}`]
        : []),
    ]);
}

function lacksCorepack(line: string): string {
  return `corepack is missing before pnpm: ${line.trim()}`;
}

/** Programs with their words: lines joined at `\`, split where a shell starts another program. */
function commandsOf({ text, language }: PageCode): string[][] {
  const shell = text
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => (language === undefined ? line : line.replace(/(^|\s)#.*$/, "")))
    .join("\n");
  return shell.split(/\n|&&|\|\||;|\$\(|\)|"|(?:^|\s)\|(?=\s)/).map((command) =>
    command
      .replace(/<[a-z][\w' -]*>/g, "PLACEHOLDER")
      .replace(/\s\d?[<>]+&?\s*\S+/g, "")
      .replaceAll(LAUNCHER, "platform")
      // What may be left away is written as if it were there.
      .replace(/[[\]]|…|\.\.\./g, " ")
      .trim()
      .replace(/^(?:[A-Za-z_]+=\S*\s+)+/, "")
      .split(/\s+/),
  );
}

function problemOf(words: readonly string[], known: KnownCommands): string | undefined {
  const rest = words[0] === "corepack" ? words.slice(1) : words;
  if (rest[0] === "platform") return platformProblem(rest.slice(1), known);
  if (rest[0] !== "pnpm") return undefined;
  const [script, ...after] = rest.slice(1).filter((word, at) => !(at === 0 && word === "--silent"));
  if (script === undefined || !/^[a-z]/.test(script) || PNPM_COMMANDS.has(script)) return undefined;
  const runs = Object.hasOwn(known.scripts, script) ? known.scripts[script] : undefined;
  if (runs === undefined) return `package.json has no script ${script}`;
  return runs.startsWith(LAUNCHER)
    ? platformProblem([...runs.slice(LAUNCHER.length).split(" ").filter(Boolean), ...after], known)
    : undefined;
}

function platformProblem(words: readonly string[], { commands }: KnownCommands): string | undefined {
  const [name, ...after] = words[0] === "help" ? words.slice(1) : words;
  // A placeholder (COMMAND) or an option of the program itself.
  if (name === undefined || !/^[a-z]/.test(name)) return undefined;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return `platform has no command ${name}`;
  try {
    parseCommandLine(name, command, after);
    return undefined;
  } catch (error) {
    if (isInputError(error)) return error.what;
    throw error;
  }
}
