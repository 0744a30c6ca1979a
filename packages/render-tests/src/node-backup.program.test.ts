import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { describeReal } from "../test/describe-real.ts";
import { MachineSandbox, SHELLS } from "../test/machine-sandbox.ts";
import { run } from "../test/real-program.ts";

const MISSING = "Install SQLite and OpenSSL: apt-get install sqlite3 openssl.";
const found = await Promise.all([run("sqlite3", ["--version"]), run("openssl", ["version"])]);
const SERVER = "var/lib/rancher/k3s/server";
const GRAFANA = "var/lib/rancher/k3s/storage/pvc-1_monitoring_grafana/grafana.db";
const BACKUP = "common/etc/platform/backup.sh";

describeReal(
  "a copy of the node's state",
  found.every(({ exitCode }) => exitCode === 0) || undefined,
  MISSING,
  () => {
    describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))("in %s", (_name, shell) => {
      let machine: MachineSandbox;
      let nas: string;
      let key: string;

      const sqlite = (path: string, text: string) => run("sqlite3", [join(machine.root, path), text]);
      const backup = () => machine.run(shell, BACKUP);
      const restore = (file: string, args: readonly string[] = [], input?: string) =>
        machine.run(shell, "restore.sh", [file, "--key", key, ...args], input);
      const copies = () => readdirSync(nas).sort();
      const newest = () => join(nas, copies().at(-1) ?? "");
      const configure = (further = "BACKUP_ON_THIS_DISK=yes\n") =>
        machine.write(
          "etc/platform/backup.conf",
          `BACKUP_DIRECTORY=${nas}\nBACKUP_CERTIFICATE=${join(machine.folder, "backup.crt")}\nBACKUP_KEEP=2\n${further}`,
        );

      beforeEach(async () => {
        machine = new MachineSandbox();
        nas = join(machine.folder, "nas");
        key = join(machine.folder, "backup.key");
        mkdirSync(nas);
        const subject = ["-subj", "/CN=backup", "-days", "3650", "-nodes"];
        await run("openssl", [
          "req",
          "-x509",
          "-newkey",
          "rsa:2048",
          ...subject,
          "-keyout",
          key,
          "-out",
          join(machine.folder, "backup.crt"),
        ]);
        machine.write(`${SERVER}/token`, "K10secret::server:token\n");
        machine.write(`${SERVER}/tls/server-ca.key`, "the authority's key\n");
        machine.write(`${SERVER}/cred/encryption-config.json`, "{}\n");
        machine.write("etc/rancher/k3s/config.yaml", "disable: [traefik]\n");
        machine.write(`${SERVER}/db/x`, "");
        await sqlite(
          `${SERVER}/db/state.db`,
          "PRAGMA journal_mode=WAL; CREATE TABLE kine (id INTEGER PRIMARY KEY, name TEXT, value BLOB); INSERT INTO kine (name, value) VALUES ('/registry/secrets/data/postgresql', 'cipher'), ('/registry/namespaces/data', '{}'), ('/registry/namespaces/data', '{ }')",
        );
        machine.write(GRAFANA, "");
        await sqlite(GRAFANA, "CREATE TABLE user (login TEXT); INSERT INTO user VALUES ('admin')");
        configure();
      });

      afterEach(() => machine.remove());

      test("is one encrypted file, which the drill on another machine finds whole", async () => {
        const { exitCode, stdout, stderr } = await backup();
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
        expect(stdout).toMatch(/node-\d{8}T\d{6}Z\.cms: 2 objects of K3s, Grafana$/m);
        expect(copies()).toEqual([expect.stringMatching(/^node-\d{8}T\d{6}Z\.cms$/)]);
        expect((await run("grep", ["-c", "-e", "K10secret", "-e", "authority", newest()])).stdout).toBe(
          "0\n",
        );
        const checked = await restore(newest(), ["--check"]);
        expect(checked.stdout).toMatch(/2 objects of K3s, its token and certificates, Grafana's database/);
        expect(machine.calls()).toEqual([]);
      });

      test("keeps as many as it is told, the newest", async () => {
        for (const day of ["01", "02", "03"])
          writeFileSync(join(nas, `node-202611${day}T030500Z.cms`), "older");
        writeFileSync(join(nas, "photo.jpg"), "not ours");
        await backup();
        expect(copies()).toEqual(["node-20261103T030500Z.cms", expect.stringMatching(/^node-/), "photo.jpg"]);
      });

      test("is refused on the disk that it shall outlive, and without a place", async () => {
        configure("");
        expect(await backup()).toMatchObject({
          exitCode: 1,
          stderr: expect.stringContaining("is it mounted?"),
        });
        machine.write("etc/platform/backup.conf", "");
        expect((await backup()).exitCode).not.toBe(0);
        expect(copies()).toEqual([]);
      });

      test("is no copy when the datastore is not there, or damaged", async () => {
        await run("sh", [
          "-c",
          `head -c 3000 /dev/zero >${join(machine.root, SERVER, "db/state.db")}; rm -f ${join(machine.root, SERVER, "db/state.db-wal")}`,
        ]);
        expect((await backup()).exitCode).toBe(1);
        await run("rm", [join(machine.root, SERVER, "db/state.db")]);
        expect((await backup()).stderr).toMatch(/state\.db is not there/);
        expect(copies()).toEqual([]);
      });

      test("a wrong key and a cut file are found by the drill", async () => {
        await backup();
        const cut = join(machine.folder, "cut.cms");
        await run("sh", ["-c", `head -c 2000 '${newest()}' >'${cut}'`]);
        expect((await restore(cut, ["--check"])).exitCode).toBe(1);
        const other = join(machine.folder, "other.key");
        await run("openssl", ["genpkey", "-algorithm", "RSA", "-out", other]);
        const refused = await machine.run(shell, "restore.sh", [newest(), "--key", other, "--check"]);
        expect(refused).toMatchObject({
          exitCode: 1,
          stderr: expect.stringContaining("cannot be decrypted"),
        });
      });

      test("comes back in place of what is there, which is kept; a no changes nothing", async () => {
        await backup();
        const file = newest();
        await sqlite(`${SERVER}/db/state.db`, "DELETE FROM kine");
        machine.write(`${SERVER}/token`, "another\n");
        expect((await restore(file, [], "\n")).exitCode).toBe(1);
        expect(machine.read(`${SERVER}/token`)).toBe("another\n");
        expect(await restore(file, ["--yes"])).toMatchObject({ exitCode: 0, stderr: "" });
        expect((await sqlite(`${SERVER}/db/state.db`, "SELECT count(*) FROM kine")).stdout).toBe("3\n");
        expect(machine.read(`${SERVER}/token`)).toBe("K10secret::server:token\n");
        expect(machine.read(`${SERVER}/tls/server-ca.key`)).toBe("the authority's key\n");
        expect(machine.read(`${SERVER}.before-restore/token`)).toBe("another\n");
        expect(machine.calls().filter((call) => call.startsWith("systemctl"))).toEqual([
          "systemctl stop k3s",
          "systemctl start k3s",
        ]);
        expect((await restore(file, ["--yes"])).stderr).toMatch(/from an earlier restore/);
      });
    });
  },
);
