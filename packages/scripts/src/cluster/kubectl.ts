import { spawn } from "node:child_process";
import { InputError } from "@t495/proof/errors";
import type { OptionValues } from "../command.ts";

/** kubectl for one cluster. It must exist; nothing secret is ever an argument. */
export class Kubectl {
  readonly #target: readonly string[];

  constructor(options: OptionValues) {
    this.#target = ["kubeconfig", "context"].flatMap((name) => {
      const value = options.value(name);
      return value === undefined ? [] : [`--${name}`, value];
    });
  }

  /**
   * Runs kubectl to its end; what it writes on standard error is kept for the message of a failure.
   *
   * @param input written to its standard input, where manifests and secrets go
   * @returns what it wrote on standard output
   * @throws InputError when kubectl is missing, the cluster cannot be reached, or it refuses
   */
  async run(args: readonly string[], input?: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.#start([...args, ...this.#target], input);
    if (exitCode === 0) return stdout;
    throw failure(args, stderr.trim());
  }

  /** One object or list as kubectl gives it in JSON. */
  async get(args: readonly string[]): Promise<unknown> {
    return JSON.parse(await this.run(["get", ...args, "--output=json"]));
  }

  /** Whether an object is there. */
  async exists(args: readonly string[]): Promise<boolean> {
    return (await this.run(["get", ...args, "--ignore-not-found", "--output=name"])).trim() !== "";
  }

  #start(
    args: readonly string[],
    input: string | undefined,
  ): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
    const child = spawn("kubectl", args, {
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    return new Promise((resolve, reject) => {
      let stdout = "";
      let stderr = "";
      child.stdout?.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
      });
      child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
      });
      child.once("error", (cause) => {
        reject(
          new InputError({
            what: "kubectl could not be started",
            where: cause.message,
            fix: "install it (https://kubernetes.io/docs/tasks/tools/), or link the one that K3s brings: `k3s kubectl`",
            cause,
          }),
        );
      });
      child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
      // It may end before it has read everything; its exit code says why.
      child.stdin?.on("error", () => {});
      child.stdin?.end(input);
    });
  }
}

/** What kubectl's libraries log on the way: `E1124 14:00:33.311942 4542 memcache.go:265] …`. */
const LOG_LINE = /^[IWEF]\d{4} [\d:.]+ +\d+ \S+\] /;
const UNREACHABLE =
  /connection refused|no such host|(i\/o|handshake) timeout|no route to host|was refused|deadline exceeded|EOF$|network is unreachable/i;
const NO_CONFIGURATION =
  /context .* does not exist|no configuration has been provided|stat .*: no such file/i;
/** Of whoever asks; that an object is invalid may be called forbidden too. */
const REFUSED = /unauthorized|is forbidden: user|must be logged in|x509/i;

function failure(args: readonly string[], stderr: string): InputError {
  const where = `kubectl ${args.join(" ")}`;
  const last = stderr
    .replaceAll(/^error: /gim, "")
    .split("\n")
    .filter((line) => !LOG_LINE.test(line))
    .slice(-3)
    .join("\n");
  const what = last || "kubectl failed and said nothing";
  if (NO_CONFIGURATION.test(stderr))
    return new InputError({
      what,
      where,
      fix: "name the node's kubeconfig and context with --kubeconfig and --context: K3s writes it to /etc/rancher/k3s/k3s.yaml",
    });
  if (UNREACHABLE.test(stderr))
    return new InputError({
      what: `the cluster does not answer: ${what}`,
      where,
      fix: "check that the node runs, and that the kubeconfig's server is its address and not 127.0.0.1",
    });
  if (REFUSED.test(stderr))
    return new InputError({
      what: `the cluster refuses: ${what}`,
      where,
      fix: "use the kubeconfig of an administrator, the node's own",
    });
  return new InputError({ what, where });
}
