import { type ExecFileOptions, execFile } from "node:child_process";

/** What a program said, and its own verdict. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its own end.
 *
 * @throws the system's error when it did not start, was killed, or wrote more than is read: it gave no verdict then
 */
export function runToEnd(file: string, words: readonly string[], options: ExecFileOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    execFile(file, words, { ...options, encoding: "utf8" }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : error.code;
      if (typeof exitCode === "number") resolve({ exitCode, stdout, stderr });
      else reject(error);
    });
  });
}
