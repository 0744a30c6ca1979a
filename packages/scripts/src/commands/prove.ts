import { DEFAULT_PROFILE } from "@t495/proof/rendering";
import type { CommandAction } from "../command.ts";
import { startProfiles } from "../render-platform.ts";

/** `platform prove`: renders each profile and holds it against its plan. */
export const run: CommandAction = async ({ options, root }) => {
  const named = options.values("profile");
  const started = await startProfiles(root, named.length > 0 ? named : [DEFAULT_PROFILE]);
  // Helm runs: only now is there time to load the rules.
  const { judge } = await import("../judge.ts");
  return judge(started, options, root);
};
