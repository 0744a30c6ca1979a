import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { eventually, run } from "./real-program.ts";

/** serve.sh and what it has started: a process group of its own, as it is alone in a container. */
export class RegistryServer {
  readonly #process: ChildProcess;
  /** The exit status; null when a signal killed it. */
  readonly exit: Promise<number | null>;
  #log = "";

  constructor(child: ChildProcess) {
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#log += text;
      });
    }
    this.exit = once(child, "close").then(([code]: (number | null)[]) => code ?? null);
  }

  get log(): string {
    return this.#log;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** Ends every process at once and without warning, as the end of a container's first process does. */
  killAll(): void {
    try {
      process.kill(-this.pid, "SIGKILL");
    } catch {
      // All of them have ended.
    }
  }

  /** Ends every process at the moment at which the log has a text that many times. */
  killAllWhenLogged(text: string, times: number): void {
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on("data", () => {
        if (this.#log.split(text).length > times) this.killAll();
      });
    }
  }

  /** Waits until the log has a text that many times. */
  async logged(text: string, times = 1): Promise<void> {
    await this.eventually(
      `"${text}" ${times} times in the log`,
      async () => this.#log.split(text).length > times,
    );
  }

  /** Waits until something is so; what it says otherwise ends with the log. */
  async eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
    await eventually(what, isSo).catch(({ message }: Error) => {
      throw new Error(`${message}; the log:\n${this.#log}`);
    });
  }

  /** The living processes that the first one has started. */
  async children(): Promise<{ pid: number; command: string }[]> {
    const { stdout } = await run("ps", ["-eo", "pid=,pgid=,stat=,args="]);
    return stdout
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([pid, group]) => group === String(this.pid) && pid !== String(this.pid))
      .filter(([, , state]) => !state?.startsWith("Z"))
      .map(([pid, , , ...command]) => ({ pid: Number(pid), command: command.join(" ") }));
  }

  /** Kills the child whose command line has a text. */
  async killChild(text: string): Promise<void> {
    const found = (await this.children()).filter(({ command }) => command.includes(text));
    for (const { pid } of found) process.kill(pid, "SIGKILL");
  }
}
