import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { describeReal } from "../test/describe-real.ts";
import { SHELLS } from "../test/machine-sandbox.ts";
import { NodeState, SERVER, STATE } from "../test/node-state.ts";
import { run } from "../test/real-program.ts";

const MISSING = "Install SQLite and OpenSSL: apt-get install sqlite3 openssl.";
const found = await Promise.all([run("sqlite3", ["--version"]), run("openssl", ["version"])]);

describeReal(
  "a restore of the node's state",
  found.every(({ exitCode }) => exitCode === 0) || undefined,
  MISSING,
  () => {
    describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))("in %s", (_name, shell) => {
      let machine: NodeState;
      let file: string;

      beforeEach(async () => {
        machine = await NodeState.create(shell);
        utimesSync(join(machine.root, SERVER, "tls/server-ca.key"), 1e9, 1e9);
        await machine.backup();
        file = machine.newest();
      });

      afterEach(() => machine.remove());

      const changed = async (change: (content: Buffer) => Buffer) => {
        const path = join(machine.folder, "a copy of it.cms");
        writeFileSync(path, change(readFileSync(file)));
        return machine.restore(path);
      };
      /** A file that is encrypted rightly, of a copy that is not right. */
      const forged = async (change: string) => {
        const path = join(machine.folder, "forged.cms");
        const script = `cd '${machine.folder}' && mkdir f && openssl cms -decrypt -binary -inform DER -in '${file}' -inkey backup.key |
          tar -C f -xf - && cd f && ${change} && find . -type f ! -name SHA256SUMS -exec sha256sum {} + >../sums && mv ../sums SHA256SUMS &&
          tar -cf - . | openssl cms -encrypt -binary -stream -aes256 -outform DER -out '${path}' ../backup.crt`;
        expect(await run("sh", ["-c", script])).toMatchObject({ exitCode: 0, stderr: "" });
        return machine.restore(path);
      };

      test("a file that is cut off or has one other byte is refused, wherever", async () => {
        const { length } = readFileSync(file);
        for (const end of [100, 2000, length >> 1, length - 1])
          expect((await changed((content) => content.subarray(0, end))).exitCode).toBe(1);
        // Not in the last quarter: an archive ends with blocks that nobody reads.
        for (const at of [4000, length >> 2, length >> 1]) {
          const spoilt = await changed((content) => content.fill((content[at] ?? 0) ^ 255, at, at + 1));
          expect(spoilt.exitCode).toBe(1);
        }
      });

      test.each([
        ["an empty datastore", "sqlite3 state.db 'DELETE FROM kine'", /datastore is empty/],
        [
          "another database",
          "rm state.db && sqlite3 state.db 'CREATE TABLE x (y)'",
          /not the datastore of K3s/,
        ],
        ["no token", "rm token", /there is no token/],
        ["no certificates", "rm -r tls", /there is no tls/],
        ["no encryption keys", "rm -r cred", /there is no cred/],
        ["an empty file for Grafana's database", ": >grafana.db", /not Grafana's database/],
      ])("%s is found by the check", async (_what, change, message) => {
        const { exitCode, stderr } = await forged(change);
        expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(message) });
      });

      test("a wrong key, and a file or key that is not there, are told apart", async () => {
        const key = join(machine.folder, "other.key");
        await run("openssl", ["genpkey", "-algorithm", "RSA", "-out", key]);
        expect((await machine.restore(file, ["--check"], key)).exitCode).toBe(1);
        expect((await machine.restore(file, ["--check"], `${key}s`)).stderr).toMatch(
          /other\.keys cannot be read/,
        );
        expect((await machine.restore(`${file}s`)).stderr).toMatch(/cmss cannot be read/);
      });

      test("comes back in place of what is there, which is kept; a no changes nothing", async () => {
        await machine.sqlite(STATE, "DELETE FROM kine");
        machine.write(`${SERVER}/token`, "another\n");
        machine.write("etc/rancher/node/password", "of the new disk\n");
        expect((await machine.restore(file, [], machine.key, "\n")).exitCode).toBe(1);
        expect(machine.read(`${SERVER}/token`)).toBe("another\n");
        expect(await machine.restore(file, ["--yes"])).toMatchObject({ exitCode: 0, stderr: "" });
        expect((await machine.sqlite(STATE, "SELECT count(*) FROM kine")).stdout).toBe("4\n");
        expect(machine.read(`${SERVER}/token`)).toBe("K10secret::server:token\n");
        expect(machine.read(`${SERVER}/tls/server-ca.key`)).toBe("the authority's key\n");
        // Else K3s takes it for newer than what the datastore has of it, and does not start.
        expect(statSync(join(machine.root, SERVER, "tls/server-ca.key")).mtimeMs).toBe(1e12);
        expect(machine.read("etc/rancher/node/password")).toBe("of this node\n");
        expect(machine.read(`${SERVER}.before-restore/token`)).toBe("another\n");
        const calls = machine.calls().filter((call) => call.startsWith("systemctl"));
        expect(calls).toEqual(["systemctl stop k3s", "systemctl start k3s"]);
        expect((await machine.restore(file, ["--yes"])).stderr).toMatch(/from an earlier restore/);
        // Killed between the two: what is aside is all there is.
        await run("rm", ["-r", join(machine.root, SERVER)]);
        expect((await machine.restore(file, ["--yes"])).stderr).toMatch(
          /cut off: rename \S+before-restore to/,
        );
      });

      test("an older K3s, or none, is left alone", async () => {
        machine.installK3s("v1.35.9+k3s1");
        expect((await machine.restore(file, ["--yes"])).stderr).toMatch(
          /of K3s v1\.36\.3\+k3s1, which v1\.35\.9/,
        );
        await run("rm", [join(machine.root, "usr/local/bin/k3s")]);
        expect((await machine.restore(file, ["--yes"])).stderr).toMatch(/K3s is not installed/);
        machine.installK3s("v1.37.0+k3s1");
        expect((await machine.restore(file, ["--yes"])).exitCode).toBe(0);
      });

      test("what cannot be put in place leaves K3s running with what it has", async () => {
        machine.install("../bin/sync", "#!/bin/sh\nexit 1\n");
        expect((await machine.restore(file, ["--yes"])).exitCode).toBe(1);
        expect(machine.calls().filter((call) => call.startsWith("systemctl"))).toEqual([]);
        expect(machine.read(`${SERVER}/token`)).toBe("K10secret::server:token\n");
        machine.install("../bin/sync", "#!/bin/sh\n");
        expect((await machine.restore(file, ["--yes"])).exitCode).toBe(0);
      });
    });
  },
);
