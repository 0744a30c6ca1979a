import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { MachineSandbox, SHELLS } from "../test/machine-sandbox.ts";

let machine: MachineSandbox;

const STATE = "var/lib/rancher/k3s/server/db/state.db";
const VOLUME = "var/lib/rancher/k3s/storage/pvc-1/data";
const LONGHORN = "var/lib/longhorn/replicas/pvc-2/volume-head-000.img";

describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))("reset.sh in %s", (_name, shell) => {
  const reset = (args: readonly string[], input?: string) => machine.run(shell, "reset.sh", args, input);

  beforeEach(async () => {
    machine = new MachineSandbox();
    machine.write("etc/rancher/k3s/registries.yaml", "mirrors: {}\n");
    await machine.run(shell, "install.sh", ["--yes"]);
    for (const file of [STATE, VOLUME, LONGHORN]) machine.write(file, "data");
    machine.write("var/lib/kubelet/pods/1/volumes/x", "");
    machine.write(
      "proc/self/mounts",
      ["/", "/var/lib/kubelet/pods/1/volumes", "/run/k3s/a", "/run/k3s/a/b"]
        .map((path) => `dev ${path === "/" ? path : machine.root + path} ext4 rw 0 0\n`)
        .join(""),
    );
  });
  afterEach(() => machine.remove());

  const kept = () => [STATE, VOLUME, LONGHORN].map((file) => machine.read(file) === "data");

  test("a no changes nothing", async () => {
    const before = machine.calls().length;
    const { exitCode, stdout } = await reset([], "\n");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^ {4}keep {3}\/var\/lib\/longhorn, /m);
    expect(stdout).toMatch(/Nothing was changed\.$/m);
    expect(
      machine
        .calls()
        .slice(before)
        .filter((call) => !/^(id|systemctl is-active)/.test(call)),
    ).toEqual([]);
    expect(machine.read("usr/local/bin/k3s")).toBeDefined();
  });

  test("takes K3s away and keeps all data; installing again brings it back", async () => {
    const { exitCode, stderr } = await reset(["--yes"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(kept()).toEqual([true, true, true]);
    expect(machine.read("usr/local/bin/k3s")).toBeUndefined();
    expect(machine.read("etc/rancher/k3s/config.yaml")).toBeUndefined();
    expect(machine.read("etc/rancher/k3s/registries.yaml")).toBe("mirrors: {}\n");
    const calls = machine.calls();
    expect(calls.findIndex((call) => call.startsWith("k3s kubectl drain t495"))).toBeLessThan(
      calls.indexOf("systemctl disable --now k3s"),
    );
    expect(calls.filter((call) => call.startsWith("umount"))).toEqual(
      ["/run/k3s/a/b", "/run/k3s/a", "/var/lib/kubelet/pods/1/volumes"].map(
        (path) => `umount ${machine.root}${path}`,
      ),
    );
    expect((await machine.run(shell, "install.sh", ["--yes"])).exitCode).toBe(0);
    expect(kept()).toEqual([true, true, true]);
    // What was drained takes no pod until somebody says so, and the datastore has kept that.
    expect(machine.calls().slice(calls.length)).toContain("k3s kubectl uncordon t495");
  });

  test("nightly copies end with what makes them, and begin again where somebody has said where to", async () => {
    machine.write("etc/platform/backup.conf", "BACKUP_DIRECTORY=/mnt/nas\n");
    machine.write("platform-backup.timer-runs", "");
    machine.write("var/lib/platform/metrics/backup.prom", "platform_node_backup_failed 0\n");
    const { stdout } = await reset(["--yes"]);
    expect(stdout).toMatch(/end the nightly copies of K3s' state; those that are made stay$/m);
    expect(machine.read("platform-backup.timer-runs")).toBeUndefined();
    expect(machine.read("var/lib/platform/metrics/backup.prom")).toBeUndefined();
    expect(machine.read("etc/platform/backup.conf")).toBeDefined();
    expect((await machine.run(shell, "install.sh", ["--yes"])).exitCode).toBe(0);
    expect(machine.read("platform-backup.timer-runs")).toBeDefined();
  });

  test("pods leave by eviction: what volumes run in is protected by budgets until nobody has them mounted", async () => {
    await reset(["--yes"]);
    const drain = machine.calls().find((call) => call.startsWith("k3s kubectl drain"));
    expect(drain).toContain(" --delete-emptydir-data ");
    expect(drain).not.toContain("--disable-eviction");
  });

  test("another node's machine is left alone, however its data are named", async () => {
    machine.write("etc/rancher/k3s/config.yaml", "node-name: other\n");
    const { exitCode, stderr } = await reset([
      "--yes",
      "--delete-state",
      "t495",
      "--delete-longhorn",
      "t495",
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^error: this machine is the node other; profile t495 is for the node t495\n {2}fix: /,
    );
    expect(kept()).toEqual([true, true, true]);
    expect(machine.read("usr/local/bin/k3s")).toBeDefined();
  });

  test.each([
    ["--delete-state", [false, true, true]],
    ["--delete-volumes", [true, false, true]],
    ["--delete-longhorn", [true, true, false]],
  ] as const)("%s deletes what it names and nothing else", async (flag, expected) => {
    const { exitCode, stdout } = await reset(["--yes", flag, "t495"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ {2}- DELETE \/var\/lib/m);
    expect(kept()).toEqual(expected);
  });

  test.each([["--delete-state"], ["--delete-volumes"], ["--delete-longhorn"]])(
    "%s of another node's name does nothing at all",
    async (flag) => {
      const { exitCode, stderr } = await reset(["--yes", flag, "t459"]);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^error: the node is called t495, not t459/);
      expect(kept()).toEqual([true, true, true]);
      expect(machine.read("usr/local/bin/k3s")).toBeDefined();
    },
  );

  test("nothing is deleted through a mount", async () => {
    machine.write("proc/self/mounts", `dev ${machine.root}/var/lib/longhorn/replicas ext4 rw 0 0\n`);
    const { exitCode, stderr } = await reset(["--yes", "--delete-longhorn", "t495"]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: still mounted: .*\/var\/lib\/longhorn\/replicas\n {2}fix: reboot/);
    expect(kept()).toEqual([true, true, true]);
  });

  test("a disk of its own for Longhorn is emptied and stays mounted", async () => {
    machine.write("proc/self/mounts", `dev ${machine.root}/var/lib/longhorn ext4 rw 0 0\n`);
    expect((await reset(["--yes", "--delete-longhorn", "t495"])).exitCode).toBe(0);
    expect(machine.calls().filter((call) => call.startsWith("umount"))).toEqual([]);
    expect(kept()).toEqual([true, true, false]);
  });
});
