import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import type { ManifestIndex } from "@t495/proof";
import { describeReal } from "../test/describe-real.ts";
import { parseExposition, readExpositions } from "../test/expositions.ts";
import { freePort } from "../test/free-port.ts";
import { findGoProgram, type GoProgram, goProgramMissing } from "../test/go-program.ts";
import { Machine } from "../test/real-pod.ts";
import { eventually, type Running, start } from "../test/real-program.ts";
import { renderPlatform } from "../test/render-platform.ts";

const NODE_EXPORTER: GoProgram = {
  module: "github.com/prometheus/node_exporter",
  version: "v1.12.1",
  folder: ".",
  name: "node_exporter",
};

/** Sensors and pressure are not on every machine. */
const NOT_EVERYWHERE = /^node_(hwmon|thermal|cooling|cpu_(frequency|scaling|guest)|pressure|filesystem|disk)/;

jest.setTimeout(60_000);
const program = await findGoProgram(NODE_EXPORTER);

describeReal("node-exporter itself", program, goProgramMissing(NODE_EXPORTER), (file) => {
  let manifests: ManifestIndex;
  let machine: Machine;
  let running: Running;
  let metrics: string;

  beforeAll(async () => {
    const port = await freePort();
    manifests = await renderPlatform([`monitoring.node-exporter.port=${port}`]);
    machine = await Machine.create(manifests);
    const { command, env } = await machine.container("DaemonSet", "node-exporter", {});
    await writeFile(
      join(machine.directory, "metrics/backup.prom"),
      "# TYPE platform_node_backup_failed gauge\nplatform_node_backup_failed 1\n",
    );
    // Here nothing is mounted below /filesystems: the root of this machine stands for it.
    const here = command.slice(1).map((argument) => argument.replace("^/filesystems/.+$", "^/$"));
    running = start(file, here, { env });
    const url = `http://127.0.0.1:${port}`;
    await eventually(
      "it answers",
      () =>
        fetch(url).then(
          ({ ok }) => ok,
          () => false,
        ),
      running,
    );
    metrics = await (await fetch(`${url}/metrics`)).text();
  });

  afterAll(async () => {
    running?.signal("SIGTERM");
    await running?.ended;
    await machine?.remove();
  });

  test("is the one that is deployed", () => {
    const set = manifests.find("apps", "DaemonSet", "monitoring", "node-exporter")?.object;
    expect(JSON.stringify(set)).toContain(`node-exporter:${NODE_EXPORTER.version}@`);
  });

  test("reports the machine's memory and its file system", async () => {
    const [, kibibytes] = /^MemTotal: +(\d+) kB$/m.exec(await readFile("/proc/meminfo", "utf8")) ?? [];
    const [, bytes] = /^node_memory_MemTotal_bytes (\S+)$/m.exec(metrics) ?? [];
    expect(Number(bytes)).toBe(Number(kibibytes) * 1024);
    expect(metrics).toMatch(/^node_filesystem_avail_bytes\{.*mountpoint="\/"\} [1-9]/m);
  });

  test("passes on what the node's own scripts leave", () => {
    expect(metrics).toMatch(/^platform_node_backup_failed 1$/m);
    expect(metrics).toMatch(/^node_textfile_scrape_error 0$/m);
  });

  test("reports nothing of its own namespaces, and few series", () => {
    const { series } = parseExposition("node-exporter", `# recorded: now\n${metrics}`);
    expect(
      [...series.keys()].filter((name) => /^node_(network|netstat|sockstat|arp|uname)_/.test(name)),
    ).toEqual([]);
    expect(metrics.split("\n").filter((line) => line.startsWith("node_")).length).toBeLessThan(1500);
  });

  test("answers what is recorded of it, as far as this machine has it", async () => {
    const recorded = (await readExpositions()).get("node-exporter")?.series ?? new Map();
    const { series } = parseExposition("node-exporter", `# recorded: now\n${metrics}`);
    const expected = [...recorded.keys()].filter((name) => !NOT_EVERYWHERE.test(name));
    expect(expected).toContain("node_memory_MemAvailable_bytes");
    expect(
      expected
        .filter((name) => /^node_(cpu_seconds|load1|filefd|time_seconds|vmstat_oom)/.test(name))
        .filter((name) => !series.has(name)),
    ).toEqual([]);
  });
});
