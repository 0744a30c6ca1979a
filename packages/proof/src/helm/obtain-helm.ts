import { type FindHelmOptions, findHelm, type Helm } from "./find-helm.ts";
import { type InstallOptions, installHelm } from "./install-helm.ts";

export type ObtainHelmOptions = Pick<FindHelmOptions, "env" | "cacheDirectory"> &
  Pick<InstallOptions, "report">;

/**
 * The Helm that renders on this machine: the one that {@link findHelm} finds, else the pinned one, installed.
 * @throws InputError as those two do.
 */
export function obtainHelm({ env, cacheDirectory, report }: ObtainHelmOptions): Promise<Helm> {
  const { platform, arch } = process;
  return findHelm({
    env,
    cacheDirectory,
    install: (toolsDirectory) => installHelm(toolsDirectory, { env, platform, arch, fetch, report }),
  });
}
