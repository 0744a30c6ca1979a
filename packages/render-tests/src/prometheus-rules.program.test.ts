import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { ManifestIndex } from "@t495/proof";
import type { AlertCase } from "../test/alert-cases/alert-case.ts";
import { alertCases } from "../test/alert-cases/all.ts";
import { describeReal } from "../test/describe-real.ts";
import { findGoProgram, goProgramMissing } from "../test/go-program.ts";
import { openTestPlatform, PROFILES } from "../test/open-platform.ts";
import { PROMTOOL } from "../test/prometheus-programs.ts";
import { type Alert, alertsOf, prometheusFiles, writePrometheusFiles } from "../test/prometheus-rules.ts";
import { run } from "../test/real-program.ts";
import { renderPlatform } from "../test/render-platform.ts";

jest.setTimeout(120_000);
const promtool = await findGoProgram(PROMTOOL);

describeReal("promtool", promtool, goProgramMissing(PROMTOOL), (program) => {
  let folder: string;
  let manifests: ManifestIndex;
  let alerts: ReadonlyMap<string, Alert>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "promtool-"));
    manifests = await renderPlatform();
    alerts = new Map(alertsOf(manifests).map((alert) => [alert.alert, alert]));
    await writePrometheusFiles(manifests, folder);
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test("is of the version that is deployed", () => {
    const [, minor, patch] = /^v0\.3(\d+)\.(\d+)$/.exec(PROMTOOL.version) ?? [];
    const set = manifests.find("apps", "StatefulSet", "monitoring", "prometheus")?.object;
    expect(JSON.stringify(set)).toContain(`prometheus:v3.${minor}.${patch}@`);
  });

  test.each(PROFILES)("accepts configuration and rules of %s, and has nothing to remark", async (profile) => {
    const rendered = new ManifestIndex((await (await openTestPlatform()).render({ profile })).manifests);
    const own = await mkdtemp(join(folder, `${profile}-`));
    const file = await writePrometheusFiles(rendered, own);
    const { exitCode, stdout, stderr } = await run(program, [
      "check",
      "config",
      "--lint=all",
      "--lint-fatal",
      file,
    ]);
    expect(stdout + stderr).not.toMatch(/FAILED|WARNING|lint error/);
    expect(exitCode).toBe(0);
  });

  test("refuses a rule that is broken", async () => {
    const file = join(folder, "broken.yml");
    const text = prometheusFiles(manifests)["alerts-node.yml"] ?? "";
    await writeFile(file, text.replace("== 0", "== = 0"));
    expect((await run(program, ["check", "rules", file])).exitCode).not.toBe(0);
  });

  test("every alert has a case, and only these", () => {
    expect(alertCases.map(({ alert }) => alert).sort()).toEqual([...alerts.keys()].sort());
  });

  test.each(alertCases.map((each) => [each.alert, each] as const))(
    "%s fires when it should, says so, and is quiet otherwise",
    async (name, each) => {
      const tests = ["fires", "quiet"].map((kind) =>
        ruleTest(each, kind as "fires" | "quiet", alerts.get(name)),
      );
      const file = join(folder, `${name}.test.yml`);
      const own = Object.entries(prometheusFiles(manifests)).find(([, text]) =>
        text.includes(`alert: ${name}\n`),
      );
      const files = ["plan.yml", "records.yml", own?.[0] ?? ""];
      // JSON is YAML.
      await writeFile(file, JSON.stringify({ rule_files: files, evaluation_interval: "4m", tests }));
      const { exitCode, stdout, stderr } = await run(program, ["test", "rules", file]);
      expect(stdout + stderr).toMatch(/SUCCESS/);
      expect(exitCode).toBe(0);
    },
  );
});

/** One test of promtool: the series of a case, and what is expected of the alert. */
function ruleTest(each: AlertCase, kind: "fires" | "quiet", alert: Alert | undefined): object {
  const series = each[kind].map((text) => {
    const at = text.lastIndexOf("} ") + 1;
    const values = text.slice(at + 1);
    return { series: text.slice(0, at), values: values.includes("x") ? values : `${values}x300` };
  });
  const annotations = { ...alert?.annotations, summary: each.summary };
  const exp_annotations = Object.fromEntries(
    Object.entries(annotations).map(([key, text]) => [key, filled(text, each.labels)]),
  );
  const exp_alerts =
    kind === "quiet" ? [] : [{ exp_labels: { ...alert?.labels, ...each.labels }, exp_annotations }];
  return {
    name: kind,
    interval: "1m",
    input_series: series,
    alert_rule_test: [{ eval_time: each.after ?? "4h", alertname: each.alert, exp_alerts }],
  };
}

function filled(text: string, labels: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? "");
}
