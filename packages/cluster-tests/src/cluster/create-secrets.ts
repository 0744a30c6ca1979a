import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ManifestIndex } from "@t495/proof";
import type { ControlPlane } from "./control-plane.ts";

const NAMESPACE = "platform-system";
const NAME = "create-secrets";
const MOUNT = "/etc/create-secrets/";

const NO_TEMPLATE = { template: { spec: { containers: [] } } };

export interface Outcome {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs the Job's own program once, with its rendered command and ledger and the token of its ServiceAccount. */
export async function runCreateSecrets(plane: ControlPlane, index: ManifestIndex): Promise<Outcome> {
  const folder = join(plane.folder, NAME);
  await mkdir(folder, { recursive: true });
  const files = index.find("", "ConfigMap", NAMESPACE, NAME)?.object.data as Record<string, string>;
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const token = join(folder, "token");
  await writeFile(token, await plane.api.tokenOf(NAMESPACE, NAME), { mode: 0o600 });
  const [job] = index.filter({ kind: "Job", namespace: NAMESPACE });
  const { template } = (job?.object.spec ?? NO_TEMPLATE) as {
    template: { spec: { containers: readonly { command: readonly string[] }[] } };
  };
  const [python = "python3", ...rendered] = template.spec.containers[0]?.command ?? [];
  const child = spawn(python, [
    ...rendered.map((argument) => argument.replace(MOUNT, `${folder}/`)),
    ...[`--server=${plane.server}`, `--token-file=${token}`, `--ca-file=${plane.authority}`],
    // The rendered cost takes ten seconds for each password file.
    ...["--bcrypt-cost=4", "--patience=20"],
  ]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { exitCode, output };
}
