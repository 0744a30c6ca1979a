import { basename } from "node:path";
import { InputError } from "../errors.ts";
import type { Manifest } from "../manifest/kubernetes-object.ts";
import { parseManifests } from "../manifest/parse-manifests.ts";
import type { Helm } from "./find-helm.ts";
import { helmEnvironment } from "./helm-environment.ts";
import { describeHelmFailure } from "./helm-errors.ts";
import { type ProcessResult, runProcess } from "./run-process.ts";
import { errorMessage } from "./system-error.ts";
import { KUBERNETES_VERSION } from "./versions.ts";

/** What Argo CD passes to `helm template` for one Application. */
export interface RenderRequest {
  /** The folder of an assembled chart. */
  readonly chart: string;
  /** The Application's name: Argo CD takes it for the release name. */
  readonly releaseName: string;
  /** The Application's destination namespace. */
  readonly namespace: string;
  /** Absolute paths; later files override earlier ones. */
  readonly valueFiles: readonly string[];
  /** Value by path, `{ "global.render": "redis" }`: an Application's Helm parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** As a person typed them after `--set`: `key=value`, several separated by commas. */
  readonly settings?: readonly string[];
}

export interface RenderTools {
  readonly helm: Helm;
  readonly cacheDirectory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Rendering {
  /** The stream as Helm wrote it. */
  readonly text: string;
  readonly manifests: readonly Manifest[];
  /** What Helm warned about on standard error, line by line. */
  readonly warnings: readonly string[];
}

/**
 * Renders a chart as Argo CD 3.5 does (`util/helm/cmd.go`): the same flags, in the chart's folder, in a Helm that
 * knows no cluster, no plugins and nothing of the person who runs it.
 *
 * @throws InputError when Helm fails, or renders what is no stream of Kubernetes objects.
 */
export async function renderChart(request: RenderRequest, tools: RenderTools): Promise<Rendering> {
  const { stdout, stderr } = await runHelm(request, tools);
  return {
    text: stdout,
    manifests: parseManifests(stdout, `helm template ${basename(request.chart)}`),
    warnings: stderr.split("\n").filter((line) => line.trim() !== ""),
  };
}

async function runHelm(
  request: RenderRequest,
  { helm, cacheDirectory, env }: RenderTools,
): Promise<ProcessResult> {
  const chart = basename(request.chart);
  const result = await runProcess(helm.path, templateArguments(request), {
    cwd: request.chart,
    env: helmEnvironment(env, cacheDirectory),
  }).catch((error: unknown) => {
    throw new InputError({
      what: `Helm could not be started (${errorMessage(error)}).`,
      where: `${helm.path}, in ${request.chart}`,
      fix: "Run `platform tools` to see which Helm is used and why.",
      cause: error,
    });
  });
  if (result.exitCode === 0) return result;
  if (result.exitCode === null) {
    throw new InputError({
      what: "Helm was stopped before it had finished.",
      where: `chart ${chart}`,
      fix: "Run the command again; if it stops again, the machine may be short of memory.",
    });
  }
  throw new InputError(describeHelmFailure(result.stderr, { chart }));
}

/** In the order in which Argo CD writes them. */
function templateArguments(request: RenderRequest): string[] {
  const { releaseName, namespace, valueFiles, parameters = {}, settings = [] } = request;
  return [
    "template",
    ".",
    "--name-template",
    releaseName,
    "--namespace",
    namespace,
    "--kube-version",
    KUBERNETES_VERSION,
    ...Object.entries(parameters).flatMap(([path, value]) => ["--set", `${path}=${escapeParameter(value)}`]),
    ...settings.flatMap((setting) => ["--set", setting]),
    ...valueFiles.flatMap((file) => ["--values", file]),
    "--include-crds",
  ];
}

/** A comma separates settings, unless it is escaped or in the braces of a list. */
function escapeParameter(value: string): string {
  return /^\{.*\}$/s.test(value) ? value : value.replaceAll(/(?<!\\),/g, "\\,");
}
