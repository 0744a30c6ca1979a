import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { constants, gunzipSync } from "node:zlib";
import type { KubernetesObject } from "@t495/proof";
import type { ControlPlane } from "../cluster/control-plane.ts";
import { freePort } from "../cluster/free-port.ts";
import { startProgram } from "../cluster/program.ts";

const execute = promisify(execFile);
const LOOPBACK = "127.0.0.1";

/** What Argo CD's processes share. */
export interface Redis {
  readonly address: string;
  readonly password: string;
  /** Every object that the repo-server has rendered from a commit, as it keeps them; one for each time. */
  renderingsOf(commit: string): Promise<readonly KubernetesObject[]>;
}

/** Debian's Redis with the rendered configuration and the password of the Secret. */
export async function startRedis(plane: ControlPlane, namespace: string): Promise<Redis> {
  const named = { apiVersion: "v1", namespace, name: "argocd-redis" };
  const secret = (await plane.api.get({ ...named, kind: "Secret" })).data as Record<string, string>;
  const password = Buffer.from(secret.auth ?? "", "base64").toString("utf8");
  const port = await freePort();
  const file = join(plane.folder, "redis/redis.conf");
  await mkdir(dirname(file), { recursive: true });
  const files = (await plane.api.get({ ...named, kind: "ConfigMap" })).data as Record<string, string>;
  const rendered = (files["redis.conf"] ?? "")
    .split("\n")
    .filter((line) => !/^(include|port|dir) /.test(line));
  const own = [`bind ${LOOPBACK}`, `port ${port}`, `dir ${dirname(file)}`, `requirepass "${password}"`];
  await writeFile(file, [...rendered, ...own].join("\n"), { mode: 0o600 });
  const program = await startProgram({ name: "redis", path: "redis-server", args: [file], logs: plane.logs });
  plane.programs.push(program);
  const ask = async (...words: readonly string[]): Promise<Buffer> => {
    const args = ["-h", LOOPBACK, "-p", `${port}`, "--raw", ...words];
    const env = { ...process.env, REDISCLI_AUTH: password };
    return (await execute("redis-cli", args, { env, encoding: "buffer", maxBuffer: 64 * 2 ** 20 })).stdout;
  };
  return {
    address: `${LOOPBACK}:${port}`,
    password,
    async renderingsOf(commit) {
      const keys = (await ask("KEYS", `mfst|*|${commit}|*`)).toString("utf8").split("\n").filter(Boolean);
      const kept = await Promise.all(keys.map((key) => ask("GET", key)));
      return kept.flatMap(manifestsOf);
    },
  };
}

/** Of what reposerver/cache of Argo CD 3.5 keeps of a rendering: JSON, compressed and flushed, but never finished. */
function manifestsOf(kept: Buffer): readonly KubernetesObject[] {
  const text = gunzipSync(kept, { finishFlush: constants.Z_SYNC_FLUSH }).toString("utf8");
  const { manifestResponse } = JSON.parse(text) as {
    readonly manifestResponse?: { readonly manifests?: readonly string[] };
  };
  return (manifestResponse?.manifests ?? []).map((manifest) => JSON.parse(manifest) as KubernetesObject);
}
