import { afterEach, describe, expect, test } from "@jest/globals";
import { MachineSandbox, SHELLS } from "../test/machine-sandbox.ts";

let machine: MachineSandbox | undefined;

afterEach(() => machine?.remove());

type Change = (sandbox: MachineSandbox) => void;

interface Case {
  /** Programs that answer differently. */
  readonly programs?: Readonly<Record<string, string>>;
  readonly change?: Change;
  /** Lines that must be printed. */
  readonly says: readonly RegExp[];
  readonly exitCode: number;
}

const cases: Readonly<Record<string, Case>> = {
  "a machine that fits": { says: [/^The machine fits\.$/m], exitCode: 0 },
  "less memory than the plan gives away": {
    change: (sandbox) => sandbox.write("proc/meminfo", "MemTotal:       39500000 kB\n"),
    says: [/^MEND {2}memory {5}38574 Mi \(planned: 39680 Mi\)$/m, /capacity to 38574Mi/],
    exitCode: 1,
  },
  "more memory than the plan knows": {
    change: (sandbox) => sandbox.write("proc/meminfo", "MemTotal:       41943040 kB\n"),
    says: [/^note {2}memory/m, /1280 Mi are given to nobody/],
    exitCode: 0,
  },
  "fewer threads": {
    change: (sandbox) => sandbox.write("proc/cpuinfo", "processor\t: 0\nprocessor\t: 1\n"),
    says: [/^MEND {2}cpu {8}2 threads \(planned: 8\)$/m],
    exitCode: 1,
  },
  "a small disk": {
    programs: { df: "echo header; echo '/dev/sda2 262144000 1 200000000 1% /'" },
    says: [/^MEND {2}disk {7}250 Gi/m],
    exitCode: 1,
  },
  "a full disk": {
    programs: { df: "echo header; echo '/dev/sda2 461373440 1 104857600 1% /'" },
    says: [/^MEND {2}disk/m, /the volumes may grow to 340 Gi/],
    exitCode: 1,
  },
  "the old cgroup version": {
    change: (sandbox) => sandbox.write("sys/fs/cgroup/cgroup.controllers", "cpuset\n"),
    says: [/^MEND {2}cgroup/m, /update-grub/],
    exitCode: 1,
  },
  "a kernel without modules": {
    programs: { modprobe: "exit 1" },
    says: [/^MEND {2}modules {4}the kernel has no module br_netfilter$/m],
    exitCode: 1,
  },
  "swap in use": {
    change: (sandbox) => sandbox.write("proc/swaps", "Filename Type\n/dev/sda3 partition 1 0 -2\n"),
    says: [/^note {2}swap {7}in use: \/dev\/sda3/m],
    exitCode: 0,
  },
  "a clock that nobody sets": {
    programs: { timedatectl: "echo no" },
    says: [/^MEND {2}time/m, /timedatectl set-ntp true/],
    exitCode: 1,
  },
  "no open-iscsi for Longhorn": {
    change: (sandbox) => sandbox.expect("LONGHORN", "yes"),
    says: [/^note {2}iscsi {6}open-iscsi is missing$/m],
    exitCode: 0,
  },
  "multipathd that would claim volumes": {
    programs: { systemctl: 'case "$2" in multipathd) echo active ;; *) echo inactive ;; esac' },
    change: (sandbox) => sandbox.expect("LONGHORN", "yes"),
    says: [/^note {2}multipath/m],
    exitCode: 0,
  },
  "a taken port": {
    programs: {
      ss: "echo 'LISTEN 0 128 [::]:10250 [::]:*'; echo 'LISTEN 0 128 127.0.0.1:9120 *:*'; echo 'LISTEN 0 1 *:443 *:*'",
    },
    says: [/^MEND {2}ports {6}taken: 9120 10250 $/m, /^note {2}ports {6}port 443/m],
    exitCode: 1,
  },
  "an address from the router": {
    programs: {
      ip: `case "$*" in
*addr*) echo '2: eth0    inet 192.168.1.10/24 scope global dynamic eth0' ;;
*neigh*) echo "$6 dev eth0 FAILED" ;;
esac`,
    },
    says: [
      /192\.168\.1\.10 was handed out/,
      /the router handed out 192\.168\.1\.10, outside 192\.168\.1\.100-/,
    ],
    exitCode: 1,
  },
  "another address": {
    programs: { ip: "echo '2: eth0    inet 192.168.7.10/24 scope global eth0'" },
    says: [/^MEND {2}network {4}no interface has 192\.168\.1\.10$/m],
    exitCode: 1,
  },
  "a route where pods would be": {
    programs: {
      ip: `case "$*" in
*addr*) echo '2: eth0    inet 192.168.1.10/24 scope global eth0' ;;
*route*) echo '10.42.8.0/24 via 192.168.1.1 dev eth0'; echo '10.42.0.0/24 dev cni0 scope link' ;;
*neigh*) echo "$6 dev eth0 FAILED" ;;
esac`,
    },
    says: [/^MEND {2}network {4}the route to 10\.42\.8\.0 lies in 10\.42\.0\.0\/16/m, /^1 to mend first\.$/m],
    exitCode: 1,
  },
  "a neighbour with an address of the pool": {
    programs: {
      ip: `case "$*" in
*addr*) echo '2: eth0    inet 192.168.1.10/24 scope global eth0' ;;
*"neigh show to 192.168.1.244") echo "192.168.1.244 dev eth0 lladdr 02:00:00:00:00:44 REACHABLE" ;;
*neigh*) echo "$6 dev eth0 FAILED" ;;
esac`,
    },
    says: [/^MEND {2}addresses {2}192\.168\.1\.244 is taken by 02:00:00:00:00:44$/m],
    exitCode: 1,
  },
  "names that lead elsewhere": {
    programs: { getent: "exit 2" },
    says: [/^note {2}names/m, /192\.168\.1\.240 jupyter\.t495\.home\.arpa/],
    exitCode: 0,
  },
  "a firewall": {
    programs: { ufw: "echo 'Status: active'" },
    says: [/^MEND {2}firewall/m, /ufw allow from 10\.42\.0\.0\/16/],
    exitCode: 1,
  },
  "another runtime": {
    programs: { systemctl: 'case "$2" in docker) echo active ;; *) echo inactive ;; esac' },
    says: [/^MEND {2}others {5}also here: docker /m],
    exitCode: 1,
  },
  "a node that runs": {
    programs: { systemctl: 'case "$2" in k3s) echo active ;; *) echo inactive ;; esac' },
    says: [/^ok {4}ports {6}K3s runs here/m, /^ok {4}addresses {2}K3s runs here/m],
    exitCode: 0,
  },
};

test("there is a shell to test with", () => {
  expect(SHELLS.length).toBeGreaterThan(0);
});

describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))("in %s", (_name, shell) => {
  test.each(Object.entries(cases))("%s", async (_title, { programs = {}, change, says, exitCode }) => {
    machine = new MachineSandbox(programs);
    change?.(machine);
    const result = await machine.run(shell, "preflight.sh", ["t495"]);
    for (const line of says) expect(result.stdout).toMatch(line);
    expect(result).toMatchObject({ exitCode, stderr: "" });
  });

  test("nothing on the machine is changed", async () => {
    machine = new MachineSandbox();
    await machine.run(shell, "preflight.sh");
    const changing = /^(apt-get|curl|swapoff|sysctl|umount)|^modprobe (?!-n)|^systemctl (?!is-active)/;
    expect(machine.calls().filter((call) => changing.test(call))).toEqual([]);
    expect(machine.read("etc/rancher/k3s/config.yaml")).toBeUndefined();
  });

  test.each([
    [["small"], /there is no profile small\n {2}fix: one of large-64gb small-16gb t495/],
    [["--fast"], /there is no option --fast/],
  ])("wrong use: %s", async (args, message) => {
    machine = new MachineSandbox();
    const { exitCode, stdout, stderr } = await machine.run(shell, "preflight.sh", args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});
