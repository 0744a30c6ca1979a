import { HELM_VERSION, KUBERNETES_VERSION, reportFormat } from "@t495/proof";
import type { CommandAction } from "../command.ts";
import { helmFor } from "../helm.ts";
import { writeOut } from "../output.ts";

/** `platform tools`: which programs take part in a proof, and why these. */
export const run: CommandAction = async ({ options, root }) => {
  const format = reportFormat(options.value("format") ?? "pretty", ["pretty", "json"]);
  const helm = await helmFor(root);
  const node = process.versions.node;
  if (format === "json") {
    writeOut(
      `${JSON.stringify({ helm, node, pinned: { helm: HELM_VERSION, kubernetes: KUBERNETES_VERSION } })}\n`,
    );
    return 0;
  }
  writeOut(
    [
      `helm        ${helm.version} at ${helm.path}`,
      `            used because ${helm.reason}`,
      `node        ${node}`,
      `kubernetes  ${KUBERNETES_VERSION}: charts are rendered for it, objects are checked against it`,
      "",
    ].join("\n"),
  );
  return 0;
};
