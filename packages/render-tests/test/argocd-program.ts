import { execFile } from "node:child_process";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cachedTool } from "./tool-cache.ts";

/** The version of the image that the plan pins; a test holds the two together. */
export const ARGOCD_VERSION = "3.5.5";

/** Requires that version; its go.sum fixes everything that the program is built from. */
const MODULE = join(import.meta.dirname, "../programs/argocd");

/** The names by which the one program is called to be one of them. */
const ROLES = ["application-controller", "repo-server", "server", "applicationset-controller"];

/**
 * The folder of Argo CD's real program under each of its names, built with Go from the released module and kept in the
 * workspace's tool cache; that takes about six minutes, once.
 *
 * @throws Error when it is not in the cache and Go is not there to build it.
 */
export function argocdPrograms(): Promise<string> {
  return cachedTool(`argocd-${ARGOCD_VERSION}`, async (directory) => {
    try {
      await promisify(execFile)(
        "go",
        ["build", "-o", join(directory, "argocd"), "github.com/argoproj/argo-cd/v3/cmd"],
        { cwd: MODULE, env: { ...process.env, GOFLAGS: "-buildvcs=false -mod=readonly" } },
      );
    } catch (cause) {
      throw new Error(
        "These tests run Argo CD's real program, and `go build` in packages/render-tests/programs/argocd failed. " +
          "Install Go (https://go.dev/doc/install), or put it into the folder of its version in the tool cache.",
        { cause },
      );
    }
    for (const role of ROLES) await symlink("argocd", join(directory, `argocd-${role}`));
  });
}
