import { type Helm, OLDEST_HELM_VERSION } from "@t495/proof";
import { run } from "./real-program.ts";
import { cachedTool } from "./tool-cache.ts";

const MAJOR = OLDEST_HELM_VERSION.split(".")[0];
const MODULE = `helm.sh/helm/v${MAJOR}/cmd/helm@v${OLDEST_HELM_VERSION}`;

export const OLDEST_HELM_MISSING = `Helm ${OLDEST_HELM_VERSION} could not be built: install Go (https://go.dev/doc/install); \`go install ${MODULE}\` must work.`;

/** The oldest Helm that must render the same objects, built with Go once; undefined without Go. */
export async function findOldestHelm(): Promise<Helm | undefined> {
  const folder = await cachedTool(`helm-${OLDEST_HELM_VERSION}`, build).catch(() => undefined);
  if (folder === undefined) return undefined;
  return { path: `${folder}/helm`, version: OLDEST_HELM_VERSION, reason: "it is the oldest that may render" };
}

async function build(folder: string): Promise<void> {
  const version = `-X helm.sh/helm/v${MAJOR}/internal/version.version=v${OLDEST_HELM_VERSION}`;
  const env = { ...process.env, GOBIN: folder, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false" };
  const { exitCode, stderr } = await run("go", ["install", "-trimpath", `-ldflags=${version}`, MODULE], {
    env,
  });
  if (exitCode !== 0) throw new Error(stderr);
}
