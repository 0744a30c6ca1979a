import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { describeReal } from "../test/describe-real.ts";
import { PROFILES, ROOT } from "../test/open-platform.ts";
import { run } from "../test/real-program.ts";
import { cachedTool } from "../test/tool-cache.ts";

/** The kubelet's own code: what it refuses here, it refuses on the node. */
const MODULE = join(import.meta.dirname, "../programs/kubelet");

async function buildProgram(): Promise<string | undefined> {
  const sources = ["go.sum", "main.go"].map((file) => readFileSync(join(MODULE, file)));
  const hash = createHash("sha256").update(Buffer.concat(sources)).digest("hex").slice(0, 16);
  const env = { ...process.env, GOFLAGS: "-buildvcs=false -mod=readonly" };
  const folder = await cachedTool(`kubelet-config-${hash}`, async (target) => {
    const options = ["-C", MODULE, "-p", "2", "-o", join(target, "kubelet")];
    const { exitCode, stderr } = await run("go", ["build", ...options, "."], { env });
    if (exitCode !== 0) throw new Error(stderr);
  }).catch(() => undefined);
  return folder === undefined ? undefined : join(folder, "kubelet");
}

const program = await buildProgram();

describeReal(
  "the kubelet reads its file",
  program,
  "k8s.io/kubernetes 1.36.3 could not be built: install Go 1.26 (https://go.dev/doc/install).",
  (kubelet) => {
    const folder = mkdtempSync(join(tmpdir(), "kubelet-"));
    afterAll(() => rmSync(folder, { recursive: true }));

    const fileOf = (profile: string) => join(ROOT, "node/profiles", profile, "etc/rancher/k3s/kubelet.yaml");

    describe.each(PROFILES)("of profile %s", (profile) => {
      test("on top of K3s' defaults, and nothing of those is left that matters", async () => {
        const { exitCode, stdout, stderr } = await run(kubelet, [fileOf(profile)]);
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
        const effective = JSON.parse(stdout);
        expect(effective.evictionHard).toEqual({
          "memory.available": profile === "large-64gb" ? "512Mi" : "256Mi",
          "nodefs.available": "10%",
          "nodefs.inodesFree": "5%",
          "imagefs.available": "10%",
          "imagefs.inodesFree": "5%",
        });
        expect(effective).toMatchObject({
          maxPods: 110,
          protectKernelDefaults: true,
          memorySwap: { swapBehavior: "NoSwap" },
          enforceNodeAllocatable: ["pods"],
        });
        const slots: readonly { priority: number }[] = effective.shutdownGracePeriodByPodPriority;
        expect(slots.map(({ priority }) => priority)).toEqual([100, 700, 800, 850, 900, 1000, 2_000_000_000]);
      });
    });

    test.each([
      ["a misspelt field", "maxPod: 110", /unknown field "maxPod"/],
      ["a field that is written twice", "maxPods: 110\nmaxPods: 120", /maxPods/],
      ["a threshold for images below the one it stops at", "imageGCHighThresholdPercent: 50", /imageGC/],
      ["both ways to order a shutdown", "shutdownGracePeriod: 30s", /shutdownGracePeriodByPodPriority/],
      ["a swap behaviour of its own", "memorySwap: {swapBehavior: Some}", /memorySwap|swapBehavior/i],
    ])("and refuses %s", async (_what, line, message) => {
      const file = join(folder, "kubelet.yaml");
      const own = readFileSync(fileOf("t495"), "utf8");
      // Replaced where it is there, added where not; the second of a repeated line stays.
      const [key = ""] = line.split(":");
      const kept = own.replace(new RegExp(`^${key}:.*\\n(?:  .*\\n)*`, "m"), "");
      writeFileSync(file, `${kept}${line}\n`);
      const { exitCode, stderr } = await run(kubelet, [file]);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(message);
    });
  },
);
