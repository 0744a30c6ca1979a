import { ManifestIndex, type Platform } from "@t495/proof";
import { openTestPlatform } from "./open-platform.ts";

let platform: Promise<Platform> | undefined;

/**
 * Renders one component of the default profile. `settings` are further `--set` arguments:
 * `data-services.redis.resources.limits.memory=128Mi`.
 *
 * @throws InputError when a schema or a template refuses the values.
 */
export async function renderDataService(
  component: string,
  settings: readonly string[] = [],
): Promise<ManifestIndex> {
  platform ??= openTestPlatform();
  const { manifests } = await (await platform).renderPart({ profile: "t495", settings }, component);
  return new ManifestIndex(manifests);
}
