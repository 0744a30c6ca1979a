import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { describeReal } from "../test/describe-real.ts";
import { SHELLS } from "../test/machine-sandbox.ts";
import { GRAFANA, METRICS, NodeState, STATE, VOLUMES } from "../test/node-state.ts";
import { run } from "../test/real-program.ts";

const MISSING = "Install SQLite and OpenSSL: apt-get install sqlite3 openssl.";
const found = await Promise.all([run("sqlite3", ["--version"]), run("openssl", ["version"])]);
const COPY = /^node-\d{8}T\d{6}Z-2\.cms$/;
const SUCCESS = "platform_node_backup_last_success_timestamp_seconds";

describeReal(
  "a copy of the node's state",
  found.every(({ exitCode }) => exitCode === 0) || undefined,
  MISSING,
  () => {
    describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))("in %s", (_name, shell) => {
      let machine: NodeState;
      const other = async (changes: { readonly [command: string]: string }) => {
        machine.remove();
        machine = await NodeState.create(shell, changes);
      };
      const place = (name: string, text = "older") => writeFileSync(join(machine.nas, name), text);

      beforeEach(async () => {
        machine = await NodeState.create(shell);
      });

      afterEach(() => machine.remove());

      test("is one encrypted file, which a restore on another machine finds whole", async () => {
        const { exitCode, stdout, stderr } = await machine.backup();
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
        expect(stdout).toMatch(
          /Z-2\.cms: 2 objects of K3s v1\.36\.3\+k3s1, its token and certificates, Grafana with 1 users$/m,
        );
        expect(machine.copies()).toEqual([expect.stringMatching(COPY)]);
        const clear = ["-c", "-e", "K10secret", "-e", "authority", machine.newest()];
        expect((await run("grep", clear)).stdout).toBe("0\n");
        expect((await machine.restore(machine.newest())).stdout).toMatch(/2 objects of K3s v1\.36/);
        expect(machine.calls()).toEqual([]);
      });

      test("leaves metrics that everybody may read, and none before it is switched on", async () => {
        const conf = machine.read("etc/platform/backup.conf") ?? "";
        await run("rm", [join(machine.root, "etc/platform/backup.conf")]);
        expect((await machine.backup()).exitCode).toBe(2);
        expect(machine.read(METRICS)).toBeUndefined();

        machine.write("etc/platform/backup.conf", conf.replace("/nas of mine", "/gone"));
        expect((await machine.backup()).exitCode).toBe(1);
        expect(machine.metrics()).toEqual(["platform_node_backup_failed 1"]);

        machine.write("etc/platform/backup.conf", conf);
        await machine.backup();
        const passed = machine.metrics();
        expect(passed).toEqual([
          "platform_node_backup_failed 0",
          expect.stringMatching(`^${SUCCESS}{part="k3s"} \\d{10}$`),
          expect.stringMatching(`^${SUCCESS}{part="grafana"} \\d{10}$`),
        ]);
        const modes = ["-c", "%a", join(machine.root, METRICS), join(machine.root, METRICS, "..")];
        expect((await run("stat", modes)).stdout).toBe("644\n755\n");

        machine.configure("");
        await machine.backup();
        expect(machine.metrics()).toEqual(["platform_node_backup_failed 1", ...passed.slice(1)]);
      });

      test("has failed until its end, so that a run that is killed is told", async () => {
        await other({ sqlite3: 'kill -KILL "$PPID"' });
        await machine.backup();
        expect(machine.metrics()).toEqual(["platform_node_backup_failed 1"]);
        const passed = [`${SUCCESS}{part="k3s"} 1795500000`, `${SUCCESS}{part="grafana"} 1795400000`];
        machine.write(METRICS, ["platform_node_backup_failed 0", ...passed, ""].join("\n"));
        await machine.backup();
        expect(machine.metrics()).toEqual(["platform_node_backup_failed 1", ...passed]);
      });

      test("keeps as many as it is told, the newest, and never loses the new one to a clock that was wrong", async () => {
        for (const day of ["01", "02", "03"]) place(`node-203011${day}T030500Z-2.cms`);
        place("photo.jpg", "not ours");
        place("node-20301101T030500Z-2.partial");
        const aborted = join(machine.nas, "node-20261101T030500Z-2.partial");
        writeFileSync(aborted, "half");
        utimesSync(aborted, 0, 0);
        expect(await machine.backup()).toMatchObject({
          exitCode: 1,
          stderr: expect.stringMatching(/node-20301103\S+ is of a time that has not come/),
        });
        expect(machine.metrics()).toHaveLength(3);
        expect(machine.copies()).toEqual([
          expect.stringMatching(COPY),
          "node-20301101T030500Z-2.partial",
          "node-20301103T030500Z-2.cms",
          "photo.jpg",
        ]);
      });

      test.each(["0", "fourteen", "7 days", "-1"])("BACKUP_KEEP=%s deletes nothing", async (keep) => {
        place("node-20261101T030500Z-2.cms");
        machine.configure("BACKUP_ON_THIS_DISK=yes", keep);
        expect((await machine.backup()).exitCode).not.toBe(0);
        expect(machine.copies()).toContain("node-20261101T030500Z-2.cms");
      });

      test("of a cluster that shrank is set aside, and takes no other one's place", async () => {
        for (const day of ["01", "02"]) place(`node-202611${day}T030500Z-5.cms`);
        for (const _night of [1, 2]) {
          expect(await machine.backup()).toMatchObject({
            exitCode: 1,
            stderr: expect.stringMatching(/has 2 objects, and had 5 .*rename it to node-\S+Z-2\.cms/),
          });
        }
        expect(machine.copies()).toEqual([
          "node-20261101T030500Z-5.cms",
          "node-20261102T030500Z-5.cms",
          expect.stringMatching(/^node-\d{8}T\d{6}Z-2\.smaller$/),
        ]);
        expect((await machine.restore(machine.newest())).exitCode).toBe(0);
      });

      test.each([
        ["its own disk", "1", "1", "2"],
        ["the system's disk, beside K3s' own one", "1", "2", "1"],
      ])("is refused on %s", async (_where, nas, server, system) => {
        await other({
          stat: `case "$3" in *nas*) echo ${nas} ;; */server) echo ${server} ;; */root/) echo ${system} ;; esac`,
        });
        machine.configure("");
        expect((await machine.backup()).stderr).toMatch(/is it mounted\?/);
        expect(machine.copies()).toEqual([]);
      });

      test("is no copy when the datastore is not there, or damaged, or empty", async () => {
        await machine.sqlite(STATE, "DELETE FROM kine");
        expect((await machine.backup()).stderr).toMatch(/the datastore is empty/);
        const file = join(machine.root, STATE);
        await run("sh", ["-c", `head -c 3000 /dev/zero >'${file}'; rm -f '${file}-wal'`]);
        expect((await machine.backup()).exitCode).toBe(1);
        await run("rm", [file]);
        expect((await machine.backup()).stderr).toMatch(/state\.db is not there/);
        expect(machine.copies()).toEqual([]);
      });

      test("is made of a datastore that is written to all the time", async () => {
        const rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)";
        await machine.sqlite(
          STATE,
          `${rows} INSERT INTO kine (name, value) SELECT '/x/' || i, randomblob(3000) FROM n`,
        );
        const insert = "INSERT INTO kine (name, value) VALUES ('/registry/leases/x', randomblob(500));";
        const writer = run("sh", [
          "-c",
          `while [ ! -e '${machine.folder}/end' ]; do echo "${insert}"; sleep 0.02; done | sqlite3 '${join(machine.root, STATE)}'`,
        ]);
        const { exitCode, stdout } = await machine.backup();
        writeFileSync(join(machine.folder, "end"), "");
        await writer;
        expect({ exitCode, stdout }).toEqual({
          exitCode: 0,
          stdout: expect.stringMatching(/2000[23] objects/),
        });
      });

      test("is not kept when the place is full, an archiver fails, or what comes back is another", async () => {
        const openssl = (await run("which", ["openssl"])).stdout.trim();
        await other({ openssl: `case "$*" in *-encrypt*) exit 6 ;; esac; exec ${openssl} "$@"` });
        expect((await machine.backup()).stderr).toMatch(/could not be written/);
        expect(machine.copies()).toEqual([]);
        // GNU tar ends with 1 when a file changed while it was read.
        await other({ tar: 'case "$*" in *-cf*) /bin/tar "$@"; exit 1 ;; esac; exec /bin/tar "$@"' });
        expect((await machine.backup()).stderr).toMatch(/no archive could be made/);
        // One byte of the place turns: the cipher alone does not tell.
        const spoil = `for file in "$1"; do printf X | dd of="$file" bs=1 seek=9000 conv=notrunc 2>/dev/null; done`;
        await other({ sync: spoil });
        expect(await machine.backup()).toMatchObject({
          exitCode: 1,
          stderr: expect.stringMatching(/is not kept/),
        });
        expect(machine.copies()).toEqual([]);
      });

      test("is made by one run at a time", async () => {
        const conf = join(machine.root, "etc/platform/backup.conf");
        const holder = run("sh", [
          "-c",
          `exec 9<'${conf}'; flock 9; touch '${machine.folder}/held'; sleep 2`,
        ]);
        await run("sh", ["-c", `until [ -e '${machine.folder}/held' ]; do sleep 0.05; done`]);
        expect((await machine.backup()).stderr).toMatch(/another run is under way/);
        expect(machine.read(METRICS)).toBeUndefined();
        await holder;
      });

      test("takes Grafana's database from its claim, and from nobody else's", async () => {
        mkdirSync(join(machine.root, VOLUMES, "pvc-0_jupyter_claim-eve"), { recursive: true });
        writeFileSync(join(machine.root, VOLUMES, "pvc-0_jupyter_claim-eve/grafana.db"), "no database");
        expect((await machine.backup()).stdout).toMatch(/Grafana with 1 users/);
        await run("rm", [join(machine.root, GRAFANA)]);
        symlinkSync(join(machine.root, STATE), join(machine.root, GRAFANA));
        // K3s' state is copied all the same; the exit code and the metrics tell.
        const { exitCode, stdout, stderr } = await machine.backup();
        expect({ exitCode, stdout }).toEqual({
          exitCode: 1,
          stdout: expect.stringMatching(/certificates$/m),
        });
        expect(stderr).toMatch(/FAILED: Grafana's database cannot be copied/);
        expect(machine.metrics()).toHaveLength(3);
        machine.installK3s("v1.36.3+k3s1", ":");
        expect((await machine.backup()).exitCode).toBe(0);
        expect(machine.metrics()).toHaveLength(2);
      });
    });
  },
);

test("node-exporter's folder is the one that the script writes to", () => {
  const values = readFileSync(new URL("../../../charts/monitoring/values.yaml", import.meta.url), "utf8");
  expect(values).toContain(`scriptsDirectory: /${METRICS.replace("/backup.prom", "")}\n`);
});
