import { join } from "node:path";
import { type NodeFiles, nodeFiles, readPlan } from "@t495/proof";
import { listProfiles, type Platform } from "@t495/proof/rendering";
import { NODE_PROFILES } from "../node-profiles.ts";
import { UMBRELLA } from "../render-platform.ts";
import type { GeneratedFile } from "./generate.ts";

/**
 * What each profile's machine needs, from the plan that Helm renders for it: a profile's name to its files.
 *
 * @throws InputError for a profile that cannot be rendered.
 */
export async function generateNodeFiles(
  root: string,
  platform: Platform,
): Promise<ReadonlyMap<string, NodeFiles>> {
  const profiles = await listProfiles(join(root, UMBRELLA));
  return new Map(
    await Promise.all(
      profiles.map(async (profile): Promise<[string, NodeFiles]> => {
        const { manifests } = await platform.render({ profile });
        const plan = readPlan(manifests);
        if (plan === undefined) throw new Error(`the rendering of ${profile} carries no plan`);
        return [profile, nodeFiles(plan, manifests)];
      }),
    ),
  );
}

/** Where they stand in the repository. */
export function placeNodeFiles(perProfile: ReadonlyMap<string, NodeFiles>): readonly GeneratedFile[] {
  return [...perProfile].flatMap(([profile, files]) =>
    [...files].map(([path, text]) => ({ path: join(NODE_PROFILES, profile, path), text })),
  );
}
