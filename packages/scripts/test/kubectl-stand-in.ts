import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A call of kubectl as the stand-in saw it. */
export interface KubectlCall {
  readonly args: readonly string[];
  readonly input: string;
}

/** Answers of a cluster: the first entry whose pattern fits the arguments counts. */
export interface Answer {
  /** A regular expression over the arguments, joined by spaces. */
  readonly args: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

export interface KubectlStandIn {
  /** What a command's environment needs so that it finds this kubectl first. */
  readonly env: Readonly<Record<string, string>>;
  readonly calls: () => readonly KubectlCall[];
}

/**
 * A kubectl that answers as told and writes every call down: what the command line asks of a cluster, in which order,
 * and what it says when the cluster answers otherwise. A real API server is another test's.
 */
export function standInKubectl(folder: string, answers: readonly Answer[]): KubectlStandIn {
  mkdirSync(folder, { recursive: true });
  const [program, log, script] = ["kubectl", "calls.jsonl", "answers.json"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  writeFileSync(log, "");
  writeFileSync(script, JSON.stringify(answers));
  writeFileSync(
    program,
    `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const args = process.argv.slice(2);
const input = args.some((argument) => argument === "--filename=-") ? readFileSync(0, "utf8") : "";
appendFileSync(${JSON.stringify(log)}, JSON.stringify({ args, input }) + "\\n");
const answers = JSON.parse(readFileSync(${JSON.stringify(script)}, "utf8"));
const { stdout = "", stderr = "", exitCode = 0 } = answers.find((one) => new RegExp(one.args).test(args.join(" "))) ?? {};
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = exitCode;
`,
  );
  chmodSync(program, 0o755);
  return {
    env: { PATH: `${folder}${delimiter}${process.env.PATH ?? ""}` },
    calls: () =>
      readFileSync(log, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as KubectlCall),
  };
}
