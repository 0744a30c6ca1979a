import { describe, expect, test } from "@jest/globals";
import { InputError } from "@t495/proof";
import { renderDataService } from "../test/render-data-service.ts";

const setting = (name: string): string => `data-services.postgresql.${name}`;

async function configuration(settings: readonly string[] = []): Promise<Map<string, string>> {
  const manifests = await renderDataService("postgresql", settings);
  const data = manifests.find("", "ConfigMap", "data", "postgresql")?.object.data as Record<string, string>;
  const lines = (data["postgresql.conf"] ?? "").matchAll(/^(\w+) = (.*)$/gm);
  return new Map([...lines].map(([, name = "", value = ""]) => [name, value]));
}

describe("PostgreSQL's values", () => {
  test("a profile that changes only the memory limit changes every memory setting", async () => {
    const names = ["shared_buffers", "effective_cache_size", "work_mem", "maintenance_work_mem"];
    const small = await configuration();
    const large = await configuration([setting("resources.limits.memory=4Gi")]);
    expect(names.map((name) => small.get(name))).toEqual(["512MB", "1228MB", "7MB", "122MB"]);
    expect(names.map((name) => large.get(name))).toEqual(["1024MB", "2457MB", "16MB", "245MB"]);
  });

  test("the write-ahead log follows the volume", async () => {
    expect((await configuration()).get("max_wal_size")).toBe("2048MB");
    expect((await configuration([setting("storage.size=10Gi")])).get("max_wal_size")).toBe("512MB");
    expect((await configuration([setting("storage.size=1Gi")])).get("max_wal_size")).toBe("128MB");
    const refused = configuration([setting("storage.size=1023Mi")]);
    await expect(refused).rejects.toThrow(/postgresql\.storage\.size is 1023Mi, at least 1Gi is needed/);
  });

  test.each([
    [
      "connections that do not fit the memory",
      "resources.limits.memory=512Mi",
      /60 connections do not fit.*512Mi/,
    ],
    [
      "roles that may open more than there are",
      "databases.mlflow.connectionLimit=50",
      /11 for backups, metrics and superusers, are 76, maxConnections is 60/,
    ],
    ["a volume that holds no dumps", "backup.storage.size=1Mi", /backup\.storage\.size is 1Mi, at least 1Gi/],
    [
      "a drill with no room for a server",
      "backup.drill.resources.limits.memory=64Mi",
      /drill\.resources.* at least 128Mi/,
    ],
    ["a drill with no room for a database", "backup.drill.scratch.size=1Mi", /drill\.scratch.* at least 1Gi/],
    ["a limit too small to run", "metrics.resources.limits.memory=8Mi", /metrics\.resources.* at least 32Mi/],
    ["an absence that the plan does not know of", "databases.jupyterhub=null", /jupyterhub/],
    ["a retention that could remove the last dump", "backup.keepCount=0", /keepCount/],
    ["a role that would replace the superuser", "databases.postgres.enabled=true", /databases/],
  ])("refuses %s", async (_what, change, message) => {
    const refused = renderDataService("postgresql", [setting(change)]);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });

  test("another database restarts nothing but the provision Job", async () => {
    const checksums = async (settings: readonly string[]): Promise<[unknown, unknown]> => {
      const manifests = await renderDataService("postgresql", settings);
      const [job] = manifests.filter({ kind: "Job" });
      return [manifests.find("apps", "StatefulSet", "data", "postgresql")?.object.spec, job?.name];
    };
    const before = await checksums([]);
    const after = await checksums([setting("databases.mlflow.connectionLimit=20")]);
    expect(after[0]).toEqual(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });

  test("without backups nothing of them is left, and the server does not wait for their volume", async () => {
    const manifests = await renderDataService("postgresql", [setting("backup.enabled=false")]);
    const server = JSON.stringify(manifests.find("apps", "StatefulSet", "data", "postgresql")?.object.spec);
    expect(server).not.toContain("postgresql-backup");
    const names = manifests.all.filter(({ name }) => name.includes("backup")).map(({ kind }) => kind);
    expect(names).toEqual([]);
  });
});
