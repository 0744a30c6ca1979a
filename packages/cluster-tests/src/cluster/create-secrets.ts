import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KubernetesObject } from "@t495/proof";
import type { ControlPlane } from "./control-plane.ts";

const NAMESPACE = "platform-system";
const NAME = "create-secrets";
const MOUNT = "/etc/create-secrets/";

interface Job extends KubernetesObject {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly command: string[] }[] } };
  };
}

export interface Outcome {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs the program of the cluster's Job once, with its command and ledger and the token of its ServiceAccount. */
export async function runCreateSecrets(plane: ControlPlane): Promise<Outcome> {
  const { api } = plane;
  const folder = join(plane.folder, NAME);
  await mkdir(folder, { recursive: true });
  const named = { apiVersion: "v1", namespace: NAMESPACE, name: NAME };
  const { data = {} } = await api.get({ ...named, kind: "ConfigMap" });
  for (const [name, text] of Object.entries(data as Record<string, string>))
    await writeFile(join(folder, name), text);
  const token = join(folder, "token");
  await writeFile(token, await api.tokenOf(NAMESPACE, NAME), { mode: 0o600 });
  const [job] = (await api.list({ apiVersion: "batch/v1", kind: "Job" }, NAMESPACE)) as Job[];
  const [python = "python3", ...rendered] = job?.spec.template.spec.containers[0]?.command ?? [];
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
