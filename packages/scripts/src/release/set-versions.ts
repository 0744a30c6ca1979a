import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { InputError } from "@t495/proof/errors";
import { chartLock, withVersions } from "./chart-metadata.ts";
import { chartVersions, readWorkspace } from "./workspace.ts";

/**
 * Has changesets set every version and write the changelogs.
 *
 * @throws InputError with the end of what it said.
 */
export function consumeChangesets(root: string): void {
  const program = createRequire(join(root, "package.json")).resolve("@changesets/cli/bin.js");
  try {
    execFileSync(process.execPath, [program, "version"], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  } catch (cause) {
    const said = String((cause as { stderr?: unknown }).stderr ?? "").replace(
      /^🦋 +error +(Error: )?/gmu,
      "",
    );
    const lines = said.split("\n").filter((line) => !/^\s*(at |$)/.test(line));
    throw new InputError({
      what: `changeset version failed: ${lines.join("\n")}`,
      where: ".changeset",
      cause,
    });
  }
}

/** Writes the packages' versions into every Chart.yaml and Chart.lock; gives the files that changed. */
export function syncCharts(root: string, generated: string): readonly string[] {
  const workspace = readWorkspace(root);
  const versions = chartVersions(workspace);
  const written: string[] = [];
  const write = (path: string, before: string | undefined, after: string | undefined): void => {
    if (after === undefined || after === before) return;
    writeFileSync(join(root, path), after);
    written.push(path);
  };
  for (const { folder, chart } of workspace) {
    if (chart === undefined) continue;
    const text = withVersions(chart.text, versions);
    write(`${folder}/Chart.yaml`, chart.text, text);
    write(`${folder}/Chart.lock`, chart.lock, chartLock(text, chart.lock, generated));
  }
  return written;
}
