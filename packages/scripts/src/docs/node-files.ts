import { join } from "node:path";
import { listProfiles, nodeFiles, readPlan } from "@t495/proof";
import { NODE_PROFILES } from "../node-profiles.ts";
import { openOwnPlatform } from "../render-platform.ts";
import type { GeneratedFile } from "./generate.ts";

/**
 * What each profile's machine needs, from the plan that Helm renders for it.
 *
 * @throws InputError for a profile that cannot be rendered.
 */
export async function generateNodeFiles(root: string): Promise<readonly GeneratedFile[]> {
  const { platform } = await openOwnPlatform(root);
  const profiles = await listProfiles(join(root, "charts/platform-umbrella"));
  const perProfile = await Promise.all(
    profiles.map(async (profile) => {
      const { manifests } = await platform.render({ profile });
      const plan = readPlan(manifests);
      if (plan === undefined) throw new Error(`the rendering of ${profile} carries no plan`);
      return [...nodeFiles(plan, manifests)].map(([path, text]) => ({
        path: join(NODE_PROFILES, profile, path),
        text,
      }));
    }),
  );
  return perProfile.flat();
}
