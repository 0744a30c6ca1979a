import { ManifestIndex, type Platform } from "@t495/proof";
import { openTestPlatform } from "./open-platform.ts";

let platform: Promise<Platform> | undefined;

/**
 * Renders everything of the default profile. `settings` are further `--set` arguments.
 *
 * @throws InputError when a schema or a template refuses the values.
 */
export async function renderPlatform(settings: readonly string[] = []): Promise<ManifestIndex> {
  platform ??= openTestPlatform();
  return new ManifestIndex((await (await platform).render({ profile: "t495", settings })).manifests);
}

/** The only rendered object of a kind of MetalLB's. */
export function renderedOne(manifests: ManifestIndex, kind: string): object {
  const found = manifests.filter({ group: "metallb.io", kind });
  const [one] = found;
  if (one === undefined || found.length > 1)
    throw new Error(`${found.length} objects of kind ${kind} are rendered`);
  return one.object;
}
