import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { describeReal } from "../test/describe-real.ts";
import { freePort } from "../test/free-port.ts";
import { type Running, run, start } from "../test/real-program.ts";
import { findRedis } from "../test/redis-programs.ts";
import { renderPlatform } from "../test/render-platform.ts";

const PASSWORD = "not-the-real-one";

describeReal(
  "Argo CD's cache",
  await findRedis(),
  "Redis 7 or newer is needed: apt-get install redis-server, or REDIS_BIN.",
  ({ directory }) => {
    let folder: string;
    let port: number;
    let server: Running;
    const ask = (args: readonly string[], password = PASSWORD) =>
      run(join(directory, "redis-cli"), ["-e", "-h", "127.0.0.1", "-p", String(port), ...args], {
        env: { ...process.env, REDISCLI_AUTH: password },
      });

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "argocd-redis-"));
      // Whoever runs Redis has to write there.
      await chmod(folder, 0o777);
      port = await freePort();
      const configMap = (await renderPlatform()).find("", "ConfigMap", "argocd", "argocd-redis");
      const data = configMap?.object.data as Readonly<Record<string, string>>;
      const configuration = (data["redis.conf"] ?? "")
        .replaceAll("/run/redis", folder)
        .replace(/^port \d+$/m, `port ${port}\nbind 127.0.0.1`);
      await writeFile(join(folder, "redis.conf"), configuration);
      await writeFile(join(folder, "start-redis.sh"), data["start-redis.sh"] ?? "");
      server = start("sh", [join(folder, "start-redis.sh")], {
        env: {
          PATH: `${directory}:${process.env.PATH}`,
          REDIS_CONFIG: join(folder, "redis.conf"),
          REDIS_PASSWORD_CONFIG: join(folder, "password.conf"),
          REDIS_PASSWORD: PASSWORD,
        },
        unprivileged: true,
      });
      for (let tries = 0; tries < 50 && (await ask(["ping"])).exitCode !== 0; tries++)
        await new Promise((resolve) => setTimeout(resolve, 100));
    }, 20_000);
    afterAll(async () => {
      server.signal("SIGTERM");
      await server.ended;
      await rm(folder, { recursive: true, force: true });
    });

    test("opens with the password alone", async () => {
      expect((await ask(["ping"])).stdout.trim()).toBe("PONG");
      expect((await ask(["ping"], "guessed")).exitCode).not.toBe(0);
    });

    test("is bounded, forgets the oldest and keeps nothing", async () => {
      const settings = async (name: string) => (await ask(["config", "get", name])).stdout.split("\n")[1];
      expect(Number(await settings("maxmemory"))).toBe(89 * 1024 * 1024);
      expect(await settings("maxmemory-policy")).toBe("allkeys-lru");
      expect(await settings("appendonly")).toBe("no");
      expect(await settings("save")).toBe("");
    });

    test("holds its password neither in an argument nor where others may read", async () => {
      expect(await readFile(`/proc/${server.pid}/cmdline`, "utf8")).not.toContain(PASSWORD);
      expect((await stat(join(folder, "password.conf"))).mode & 0o077).toBe(0);
    });
  },
);
