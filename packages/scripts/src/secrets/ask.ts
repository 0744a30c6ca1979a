import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { InputError } from "@t495/proof";

/** Questions at the terminal, on standard error: standard output may be read by a program. */

/** @throws InputError when the answer is not yes, or when there is nobody to ask */
export async function confirm(question: string): Promise<void> {
  requireTerminal("nothing was changed: nobody is there to be asked", "look at it, then add --yes");
  const answer = await ask(`${question} Type yes to go on: `, process.stderr);
  if (answer.trim().toLowerCase() !== "yes") throw new InputError({ what: "nothing was changed" });
}

/** A passphrase, which the terminal does not show. */
export async function askPassphrase(question: string): Promise<string> {
  requireTerminal("there is no passphrase", "name a file that holds it with --passphrase-file");
  process.stderr.write(`${question}: `);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = await ask("", silent);
  process.stderr.write("\n");
  return answer;
}

async function ask(question: string, output: NodeJS.WritableStream): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await terminal.question(question);
  } catch {
    // Whoever presses Ctrl+C or Ctrl+D has answered too.
    process.stderr.write("\n");
    throw new InputError({ what: "nothing was changed: the question was not answered" });
  } finally {
    terminal.close();
  }
}

function requireTerminal(what: string, fix: string): void {
  if (!process.stdin.isTTY) throw new InputError({ what, fix });
}
