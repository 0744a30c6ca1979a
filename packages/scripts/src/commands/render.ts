import { DEFAULT_PROFILE } from "@t495/proof/rendering";
import type { CommandAction } from "../command.ts";
import { deliver } from "../output.ts";
import { noteWarnings, openOwnPlatform } from "../render-platform.ts";

/** `platform render`: what Helm writes, untouched. */
export const run: CommandAction = async ({ options, root }) => {
  const { platform } = await openOwnPlatform(root);
  const selection = { profile: options.value("profile") ?? DEFAULT_PROFILE, settings: options.values("set") };
  const component = options.value("component");
  const rendering = await (component === undefined
    ? platform.render(selection)
    : platform.renderPart(selection, component));
  noteWarnings(rendering.warnings);
  deliver(rendering.text, options.value("output"));
  return 0;
};
