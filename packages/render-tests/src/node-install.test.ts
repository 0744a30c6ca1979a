import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { MachineSandbox, SHELLS } from "../test/machine-sandbox.ts";

let machine: MachineSandbox;

afterEach(() => machine.remove());

const WRITTEN = [
  "etc/apt/apt.conf.d/52platform",
  "etc/modules-load.d/platform.conf",
  "etc/multipath/conf.d/platform.conf",
  "etc/rancher/k3s/config.yaml",
  "etc/rancher/k3s/kubelet.yaml",
  "etc/rancher/k3s/registries.yaml",
  "etc/sysctl.d/90-platform.conf",
  "etc/systemd/journald.conf.d/platform.conf",
  "etc/systemd/logind.conf.d/platform-lid.conf",
  "etc/systemd/logind.conf.d/zz-platform.conf",
  "etc/systemd/system/k3s.service",
];

describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))(
  "install.sh in %s",
  (_name, shell) => {
    const install = (args: readonly string[], input?: string) =>
      machine.run(shell, "install.sh", args, input);

    test("shows what it will do, and a no changes nothing", async () => {
      machine = new MachineSandbox();
      const { exitCode, stdout, stderr } = await install([], "no\n");
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
      for (const file of WRITTEN) expect(stdout).toContain(`  - write /${file}`);
      expect(stdout).toMatch(
        /- install K3s v1\.36\.3\+k3s1 from https:\/\/github\.com\/k3s-io\/.*v1\.36\.3%2Bk3s1\/k3s /,
      );
      expect(stdout).toMatch(/- comment swap out in \/etc\/fstab/);
      expect(stdout).toMatch(/Nothing was changed\.$/m);
      for (const file of WRITTEN) expect(machine.read(file)).toBeUndefined();
      expect(
        machine.calls().filter((call) => /^(curl|sysctl|modprobe br|systemctl (enable|daemon))/.test(call)),
      ).toEqual([]);
    });

    test("does it, and the second time finds nothing to do", async () => {
      machine = new MachineSandbox();
      machine.write("proc/swaps", "Filename Type\n/dev/sda3 partition 1 0 -2\n");
      const first = await install(["--yes"]);
      expect(first).toMatchObject({ exitCode: 0, stderr: "" });
      for (const file of WRITTEN) expect(machine.read(file)).toBeDefined();
      expect(machine.read("etc/fstab")).toBe(
        "UUID=1 / ext4 defaults 0 1\n# platform: UUID=2 none swap sw 0 0\n",
      );
      expect(machine.read("usr/local/bin/kubectl")).toBe(machine.read("usr/local/bin/k3s"));
      expect(statSync(join(machine.root, "etc/rancher/k3s/config.yaml")).mode & 0o777).toBe(0o600);
      const calls = machine.calls();
      for (const call of ["swapoff -a", "systemctl enable --now k3s", "modprobe br_netfilter"]) {
        expect(calls).toContain(call);
      }
      expect(calls.at(-1)).toBe("k3s kubectl wait --for=condition=Ready node/t495 --timeout=300s");
      // What the kernel would now say.
      machine.write("sys/module/br_netfilter/name", "");
      for (const [setting, value] of SETTINGS) machine.write(`proc/sys/${setting}`, `${value}\n`);

      const second = await install(["--yes"]);
      expect(second).toMatchObject({ exitCode: 0, stderr: "" });
      expect(second.stdout).toMatch(/nothing: everything is as it should be\.$/m);
    });

    test("a changed profile is written and K3s restarted, nothing else", async () => {
      machine = new MachineSandbox();
      await install(["--yes"]);
      writeFileSync(
        join(machine.folder, "node/profiles/t495/etc/rancher/k3s/kubelet.yaml"),
        "maxPods: 120\n",
      );
      const before = machine.calls().length;
      const { exitCode, stdout } = await install(["--yes"]);
      expect(exitCode).toBe(0);
      expect(stdout).toContain("  - write /etc/rancher/k3s/kubelet.yaml");
      expect(stdout).toContain("  - restart K3s; pods go on");
      expect(stdout).not.toContain("write /etc/rancher/k3s/config.yaml");
      expect(machine.calls().slice(before)).toContain("systemctl restart k3s");
      expect(machine.read("etc/rancher/k3s/kubelet.yaml.before-platform")).toBeUndefined();
    });

    test("somebody else's file is kept beside", async () => {
      machine = new MachineSandbox();
      machine.write("etc/rancher/k3s/config.yaml", "cluster-init: true\n");
      const { stdout } = await install(["--yes"]);
      expect(stdout).toContain("replace /etc/rancher/k3s/config.yaml");
      expect(machine.read("etc/rancher/k3s/config.yaml.before-platform")).toBe("cluster-init: true\n");
    });

    test("a binary of another checksum is not installed", async () => {
      machine = new MachineSandbox({
        curl: 'while [ $# -gt 1 ]; do [ "$1" = -o ] && echo evil >"$2"; shift; done',
      });
      const { exitCode, stderr } = await install(["--yes"]);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^error: https:.* has the SHA-256 [0-9a-f]{64}\n {2}fix: get the file again/);
      expect(machine.read("usr/local/bin/k3s")).toBeUndefined();
      expect(machine.read("usr/local/bin/k3s.draft")).toBeUndefined();
      expect(machine.calls()).not.toContain("systemctl enable --now k3s");
    });

    test("without internet, from a file", async () => {
      machine = new MachineSandbox({ curl: "exit 6" });
      const { exitCode, stderr } = await install(["--yes", "--binary", join(machine.folder, "k3s")]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      expect(machine.read("usr/local/bin/k3s")).toContain("k3s version v1.36.3+k3s1");
    });

    test("Longhorn's packages and service", async () => {
      machine = new MachineSandbox({
        "dpkg-query": 'case "$*" in *iscsi*) exit 1 ;; esac; echo "install ok installed"',
      });
      machine.expect("LONGHORN", "yes");
      const { exitCode, stdout } = await install(["--yes"]);
      expect(exitCode).toBe(0);
      expect(stdout).toContain("  - install packages: open-iscsi\n");
      expect(machine.calls()).toEqual(
        expect.arrayContaining([
          "apt-get install -y -qq open-iscsi",
          "modprobe iscsi_tcp",
          "systemctl enable --now iscsid",
        ]),
      );
    });

    test("a machine that does not fit is left alone", async () => {
      machine = new MachineSandbox({ timedatectl: "echo no" });
      const { exitCode, stderr } = await install(["--yes"]);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^error: the machine does not fit yet/);
      expect((await install(["--yes", "--without-preflight"])).exitCode).toBe(0);
    });

    test.each([["--binary"], ["--force"]])("wrong use: %s", async (option) => {
      machine = new MachineSandbox();
      const { exitCode, stderr } = await install([option]);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^Usage: /);
    });
  },
);

const SETTINGS: readonly (readonly [string, string])[] = [
  ["vm/overcommit_memory", "1"],
  ["vm/panic_on_oom", "0"],
  ["kernel/panic", "10"],
  ["kernel/panic_on_oops", "1"],
  ["kernel/keys/root_maxkeys", "1000000"],
  ["kernel/keys/root_maxbytes", "25000000"],
  ["net/ipv4/ip_forward", "1"],
  ["fs/inotify/max_user_instances", "1024"],
  ["fs/inotify/max_user_watches", "524288"],
];
