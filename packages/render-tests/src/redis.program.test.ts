import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { InputError } from "@t495/proof";
import { describeReal } from "../test/describe-real.ts";
import { Exporter, exporterImage, REDIS_EXPORTER } from "../test/exporter.ts";
import { missingFrom } from "../test/expositions.ts";
import { freePort } from "../test/free-port.ts";
import { findGoProgram, goProgramMissing } from "../test/go-program.ts";
import { type Container, Machine, type Secrets } from "../test/real-pod.ts";
import { eventually, type Result, type Running, run, start } from "../test/real-program.ts";
import { findRedis } from "../test/redis-programs.ts";
import { renderDataService } from "../test/render-data-service.ts";

const MISSING =
  "redis-server and redis-cli 7 or newer are not here: `apt-get install redis-server`, or REDIS_BIN=<their directory>";
const redis = await findRedis();
const exporter = await findGoProgram(REDIS_EXPORTER);
jest.setTimeout(60_000);

const setting = (text: string): string => `data-services.redis.${text}`;

async function configuration(settings: readonly string[] = []): Promise<string> {
  const manifests = await renderDataService("redis", settings);
  const data = manifests.find("", "ConfigMap", "data", "redis")?.object.data as Record<string, string>;
  return data["redis.conf"] ?? "";
}

describe("what is rendered", () => {
  test("maxmemory follows the memory limit", async () => {
    expect(await configuration()).toMatch(/^maxmemory 457mb$/m);
    expect(await configuration([setting("resources.limits.memory=2Gi")])).toMatch(/^maxmemory 1331mb$/m);
  });

  test.each([
    ["a share that fragmentation alone would exceed", "memoryPercent=95", /memoryPercent/],
    ["a full cache that refuses every write", "evictionPolicy=noeviction", /evictionPolicy/],
    ["a limit in a unit that cannot be derived from", "resources.limits.memory=512M", /memory/],
    ["a limit too small to run", "resources.limits.memory=4Mi", /redis\.resources\.limits\.memory is 4Mi/],
    ["rules that set a password", "rules=~* +@all >secret", /rules/],
    ["rules that remove a password", "rules=~* <secret", /rules/],
    ["rules that name a hash", "rules=~* #0123", /rules/],
    ["rules that need no password", "rules=nopass ~* +@all", /rules/],
    ["rules that need no password, in capitals", "rules=~* +@all NoPass", /rules/],
    ["rules that forget the passwords", "rules=~* resetpass +@all", /rules/],
    ["rules that start over", "rules=reset +@all", /rules/],
    ["rules of two lines", "rules=~* +@all\nuser other on nopass", /rules/],
  ])("refuses %s", async (_what, change, message) => {
    const refused = renderDataService("redis", [setting(change)]);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });
});

describeReal("Redis itself", redis, MISSING, (programs) => {
  const secrets: Secrets = {
    redis: { password: randomUUID(), "admin-password": randomUUID() },
    "redis-metrics": { password: randomUUID() },
  };
  const passwords = Object.values(secrets).flatMap((keys) => Object.values(keys));
  const SMALL = 64;
  /** Of a quarter of a MiB each: twice what fits. */
  const WRITES = 340;
  let machine: Machine;
  let container: Container;
  let server: Running;
  let port: number;
  let PATH: string;

  async function boot(using: Secrets): Promise<Running> {
    container = await machine.container("Deployment", "redis", using);
    const [program = "", ...args] = container.command;
    const here = [...args, "--port", String(port)];
    return start(program, here, { env: { ...container.env, PATH }, unprivileged: true });
  }

  /** `env` as in the pod; `-e` as in the probes: an error reply is a failure. */
  function cli(args: readonly string[], env: Record<string, string> = {}, input = ""): Promise<Result> {
    return run("redis-cli", ["-e", "-h", "127.0.0.1", "-p", String(port), ...args], {
      env: { PATH, ...env },
      input,
    });
  }

  const application = { REDISCLI_AUTH: secrets.redis?.password ?? "" };
  const administrator = { REDISCLI_AUTH: secrets.redis?.["admin-password"] ?? "" };

  beforeAll(async () => {
    PATH = `${programs.directory}:${process.env.PATH}`;
    port = await freePort();
    // Debian's Redis 7 lacks the allocator that the official image has, and refuses this one setting.
    const activeDefrag = setting(`activeDefrag=${programs.major >= 8}`);
    const limit = setting(`resources.limits.memory=${SMALL}Mi`);
    machine = await Machine.create(await renderDataService("redis", [activeDefrag, limit]));
    server = await boot(secrets);
    const pong = async (): Promise<boolean> => (await cli(["ping"], application)).stdout.trim() === "PONG";
    await eventually("Redis answers", pong, server);
  });

  afterAll(async () => {
    server?.signal("SIGKILL");
    await server?.ended;
    await machine?.remove();
  });

  test("the probes succeed in the pod's environment and fail with a wrong password", async () => {
    expect((await cli(["ping"], { REDISCLI_AUTH: container.env.REDISCLI_AUTH ?? "" })).exitCode).toBe(0);
    expect((await cli(["ping"], { REDISCLI_AUTH: "wrong" })).exitCode).not.toBe(0);
    expect((await cli(["ping"])).exitCode).not.toBe(0);
  });

  test("applications may use the cache, and neither administer it nor empty it for all", async () => {
    expect((await cli(["set", "key", "value"], application)).stdout.trim()).toBe("OK");
    expect((await cli(["info", "memory"], application)).stdout).toMatch(/maxmemory_policy:allkeys-lru/);
    for (const command of [
      ["flushall"],
      ["config", "get", "*"],
      ["keys", "*"],
      ["save"],
      ["debug", "sleep", "0"],
    ]) {
      const { stdout, stderr } = await cli(command, application);
      expect(stdout + stderr).toMatch(/NOPERM|not allowed/);
    }
    const flushed = await cli(["--user", "admin", "flushall"], administrator);
    expect(flushed.stdout.trim()).toBe("OK");
  });

  test("evicts the least recently used instead of growing or refusing", async () => {
    const maxmemory = Math.floor((SMALL * 65) / 100) * 1024 * 1024;
    const megabyte = "x".repeat(256 * 1024);
    const writes = Array.from({ length: WRITES }, (_, index) => `set key:${index} ${megabyte}`).join("\n");
    const { stdout, exitCode } = await cli([], application, writes);
    expect(exitCode).toBe(0);
    expect(stdout.match(/OK/g)).toHaveLength(WRITES);
    const info = (await cli(["info", "all"], application)).stdout;
    const figure = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1]);
    expect(figure("maxmemory")).toBe(maxmemory);
    expect(figure("used_memory")).toBeLessThanOrEqual(maxmemory);
    expect(figure("evicted_keys")).toBeGreaterThan(100);
    expect((await cli(["exists", `key:${WRITES - 1}`, "key:0"], application)).stdout.trim()).toBe("1");
  });

  describeReal("the exporter beside it", exporter, goProgramMissing(REDIS_EXPORTER), (program) => {
    let metrics: Exporter;
    const asMetrics = { REDISCLI_AUTH: secrets["redis-metrics"]?.password ?? "" };

    beforeAll(async () => {
      const sidecar = await machine.container("Deployment", "redis", secrets, "metrics");
      metrics = await Exporter.start(program, sidecar, 9121, { "127.0.0.1:6379": `127.0.0.1:${port}` });
    });

    afterAll(() => metrics?.stop());

    test("is the one that is deployed", async () => {
      const image = exporterImage(await renderDataService("redis"), "Deployment", "redis");
      expect(image).toContain(`redis_exporter:${REDIS_EXPORTER.version}@`);
    });

    test("reports the server's figures, and is refused nothing", async () => {
      const text = await metrics.scrape();
      expect(text).toMatch(/^redis_up 1$/m);
      expect(text).toMatch(/^redis_exporter_last_scrape_error\{err=""\} 0$/m);
      expect(text).toMatch(/^redis_evicted_keys_total [1-9]/m);
      expect(text).toMatch(/^redis_memory_max_bytes [1-9]/m);
      expect(text).toMatch(/^redis_slowlog_length /m);
      expect(await missingFrom("redis", text)).toEqual([]);
      expect(await metrics.status("/health")).toBe(200);
      const denied = (await cli(["--user", "admin", "acl", "log"], administrator)).stdout;
      expect(denied).not.toMatch(/username\s*metrics/);
      expect(metrics.log()).not.toMatch(/NOPERM|level=error/i);
    });

    test("may read no key and no setting, and asks no other server", async () => {
      for (const command of [
        ["get", "key:1"],
        ["config", "get", "*"],
        ["acl", "list"],
        ["scan", "0"],
      ]) {
        const { stdout, stderr } = await cli(["--user", "metrics", ...command], asMetrics);
        expect(stdout + stderr).toMatch(/NOPERM/);
      }
      expect(await metrics.status("/scrape?target=redis://127.0.0.1:1")).toBe(404);
    });
  });

  test("writes nothing but the users, and those as hashes", async () => {
    const files = await readdir(container.host("/run/redis"));
    expect(files).toEqual(["users.acl"]);
    const users = await readFile(join(container.host("/run/redis"), "users.acl"), "utf8");
    expect(users).toMatch(
      /^user default on #[0-9a-f]{64} ~\* .*\nuser admin on #[0-9a-f]{64} .*\nuser metrics on #[0-9a-f]{64} -@all /,
    );
    for (const password of passwords) expect(users).not.toContain(password);
  });

  test("stops at once, saves nothing and has logged no password", async () => {
    server.signal("SIGTERM");
    const { exitCode, stdout, stderr } = await server.ended;
    expect(exitCode).toBe(0);
    expect(await readdir(container.host("/run/redis"))).toEqual(["users.acl"]);
    for (const password of passwords) expect(stdout + stderr).not.toContain(password);
  });

  test("does not start without a password", async () => {
    const { exitCode, stderr } = await (
      await boot({ ...secrets, redis: { password: "", "admin-password": "x" } })
    ).ended;
    expect(exitCode).toBe(78);
    expect(stderr).toMatch(/no password in .*\/password: the Secret is missing its key or the key is empty/);
  });
});
