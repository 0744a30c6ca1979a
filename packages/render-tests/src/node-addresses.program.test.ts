import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { describeReal } from "../test/describe-real.ts";
import { ROOT } from "../test/open-platform.ts";
import { run } from "../test/real-program.ts";

/**
 * preflight.sh on a network of its own: two network namespaces with a cable between them, the kernel's own ARP, and
 * a neighbour that does not answer pings.
 */
const NODE = `t495-node-${process.pid}`;
const NEIGHBOUR = `t495-lan-${process.pid}`;

/** Namespaces are root's; a runner of CI is not root and may become it. */
const [program = "ip", ...before] = process.getuid?.() === 0 ? ["ip"] : ["sudo", "-n", "ip"];

const ip = (...args: readonly string[]) => run(program, [...before, ...args]);

async function makeNetwork(): Promise<boolean> {
  const steps = [
    ["netns", "add", NODE],
    ["netns", "add", NEIGHBOUR],
    ["-n", NODE, "link", "add", "lan0", "type", "veth", "peer", "name", "lan1", "netns", NEIGHBOUR],
    ["-n", NODE, "addr", "add", "192.168.1.10/24", "dev", "lan0"],
    ["-n", NEIGHBOUR, "addr", "add", "192.168.1.245/24", "dev", "lan1"],
    ["-n", NODE, "link", "set", "lan0", "up"],
    ["-n", NEIGHBOUR, "link", "set", "lan1", "up"],
    ["netns", "exec", NEIGHBOUR, "sh", "-c", "echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all"],
  ];
  for (const step of steps) if ((await ip(...step)).exitCode !== 0) return false;
  return true;
}

/** Deleting a namespace takes its end of the cable with it. */
async function removeNetwork(): Promise<void> {
  await ip("netns", "del", NODE);
  await ip("netns", "del", NEIGHBOUR);
}

const isPossible = await makeNetwork();
if (!isPossible) await removeNetwork();

describeReal(
  "the pool's addresses, asked by ARP",
  isPossible || undefined,
  "Network namespaces need root and iproute2: run the tests as root, or with sudo.",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "ping-"));

    beforeAll(async () => {
      const busybox = (await run("sh", ["-c", "command -v ping || command -v busybox"])).stdout.trim();
      symlinkSync(busybox, join(folder, "ping"));
    });
    afterAll(async () => {
      await removeNetwork();
      rmSync(folder, { recursive: true });
    });

    const preflight = async () => {
      const path = `PATH=${folder}:${process.env.PATH}`;
      const { stdout } = await ip("netns", "exec", NODE, "env", path, "sh", join(ROOT, "node/preflight.sh"));
      return stdout;
    };

    test("a neighbour is found by its hardware address, and nobody else", async () => {
      const link = (await ip("-n", NEIGHBOUR, "-o", "link", "show", "lan1")).stdout;
      const hardware = /link\/ether (\S+)/.exec(link)?.[1];
      const lines = (await preflight()).split("\n").filter((line) => /^\S+ +addresses/.test(line));
      expect(lines).toEqual([`MEND  addresses  192.168.1.245 is taken by ${hardware}`]);
    }, 60_000);

    test("once it has left, a remembered address is no conflict", async () => {
      await ip("-n", NEIGHBOUR, "addr", "del", "192.168.1.245/24", "dev", "lan1");
      // As half a minute later.
      const hardware = ["lladdr", "02:00:00:00:00:01", "nud", "stale"];
      await ip("-n", NODE, "neigh", "replace", "192.168.1.245", "dev", "lan0", ...hardware);
      expect(await preflight()).toMatch(/^ok {4}addresses {2}nobody has one of the pool$/m);
    }, 60_000);
  },
);
