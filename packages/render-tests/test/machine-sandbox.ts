import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "./open-platform.ts";
import { type Result, run } from "./real-program.ts";

/** The shells in which the scripts must run: what is `sh` on Debian and Ubuntu, and the smallest one. */
export const SHELLS = [["dash"], ["busybox", "sh"]].filter(([name = ""]) =>
  ["/bin", "/usr/bin"].some((folder) => existsSync(join(folder, name))),
);

/** Stands for the released binary: a K3s whose node is ready. */
const K3S = `#!/bin/sh
case "$*" in --version) echo 'k3s version v1.36.3+k3s1 (test)' ;; esac
echo "k3s $*" >>"$CALLS"
`;

/** A machine that fits profile t495, as the commands at its edge describe it. */
const COMMANDS: Readonly<Record<string, string>> = {
  "apt-get": "",
  curl: 'while [ $# -gt 1 ]; do [ "$1" = -o ] && cp "$DOWNLOAD" "$2"; shift; done',
  df: "echo 'Filesystem 1024-blocks Used Available Capacity Mounted on'; echo '/dev/sda2 461373440 1048576 440000000 1% /'",
  "dpkg-query": "echo 'install ok installed'",
  getent: 'echo "192.168.1.240 $2"',
  id: "echo 0",
  ip: `case "$*" in
*addr*) echo '2: eth0    inet 192.168.1.10/24 brd 192.168.1.255 scope global eth0' ;;
*route*) echo '192.168.1.0/24 dev eth0 proto kernel scope link' ;;
*neigh*) echo "$6 dev eth0 FAILED" ;;
*link*) exit 1 ;;
esac`,
  iscsiadm: "",
  modprobe: "",
  ping: "exit 1",
  ss: "echo 'LISTEN 0 128 0.0.0.0:22 0.0.0.0:*'",
  swapoff:
    'head -n 1 "$MACHINE_ROOT/proc/swaps" >"$MACHINE_ROOT/proc/swaps.new"; mv "$MACHINE_ROOT/proc/swaps.new" "$MACHINE_ROOT/proc/swaps"',
  sysctl: "",
  systemctl: `case "$*" in
"is-active "*) [ -e "$MACHINE_ROOT/$2-runs" ] && echo active || echo inactive ;;
"enable --now "*) touch "$MACHINE_ROOT/$3-runs" ;;
"disable --now "*) rm -f "$MACHINE_ROOT/$3-runs" ;;
esac`,
  timedatectl: "echo yes",
  ufw: "echo 'Status: inactive'",
  umount:
    'grep -v " $1 " "$MACHINE_ROOT/proc/self/mounts" >"$MACHINE_ROOT/mounts"; mv "$MACHINE_ROOT/mounts" "$MACHINE_ROOT/proc/self/mounts"',
  uname: "echo x86_64",
};

const FILES: Readonly<Record<string, string>> = {
  "etc/fstab": "UUID=1 / ext4 defaults 0 1\nUUID=2 none swap sw 0 0\n",
  "etc/os-release": "ID=debian\n",
  "proc/cpuinfo": Array.from({ length: 8 }, (_, thread) => `processor\t: ${thread}\n`).join("\n"),
  "proc/meminfo": "MemTotal:       40632320 kB\nMemFree:        38000000 kB\n",
  "proc/self/mounts": "/dev/sda2 / ext4 rw 0 0\n",
  "proc/swaps": "Filename\tType\tSize\tUsed\tPriority\n",
  "sys/fs/cgroup/cgroup.controllers": "cpuset cpu io memory pids\n",
  "sys/module/overlay/name": "",
  "var/lib/dpkg/status": "",
};

/** A copy of `node/` and a machine of files to run it on; what reaches beyond files is a command of the sandbox. */
export class MachineSandbox {
  readonly folder = mkdtempSync(join(tmpdir(), "machine-"));
  readonly root = join(this.folder, "root");
  readonly #calls = join(this.folder, "calls");

  constructor(changes: { readonly [command: string]: string } = {}) {
    cpSync(join(ROOT, "node"), join(this.folder, "node"), { recursive: true });
    for (const [path, text] of Object.entries(FILES)) this.write(path, text);
    for (const [name, body] of Object.entries({ ...COMMANDS, ...changes })) {
      this.#program(join("bin", name), `#!/bin/sh\necho "${name} $*" >>"$CALLS"\n${body}\n`);
    }
    this.#program("k3s", K3S);
    writeFileSync(this.#calls, "");
    const digest = createHash("sha256").update(K3S).digest("hex");
    this.expect("K3S_SHA256", digest);
  }

  /** Changes a figure that the scripts compare with. */
  expect(name: string, value: string): void {
    const file = join(this.folder, "node/profiles/t495/expected.sh");
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace(new RegExp(`^${name}=.*$`, "m"), `${name}="${value}"`),
    );
  }

  /** Writes a file of the machine. */
  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  /** Writes a program of the machine. */
  install(path: string, text: string): void {
    this.write(path, text);
    chmodSync(join(this.root, path), 0o755);
  }

  read(path: string): string | undefined {
    const file = join(this.root, path);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  /** What was called beyond files, in order. */
  calls(): readonly string[] {
    return readFileSync(this.#calls, "utf8").split("\n").filter(Boolean);
  }

  run(shell: readonly string[], script: string, args: readonly string[] = [], input = ""): Promise<Result> {
    const [program = "sh", ...before] = shell;
    return run(program, [...before, join(this.folder, "node", script), ...args], {
      input,
      env: {
        PATH: `${join(this.folder, "bin")}:/usr/bin:/bin`,
        MACHINE_ROOT: this.root,
        CALLS: this.#calls,
        DOWNLOAD: join(this.folder, "k3s"),
      },
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  #program(path: string, text: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  }
}
