import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { execa } from "execa";
import { METALLB_VERSION } from "../test/metallb-programs.ts";
import { ROOT } from "../test/open-platform.ts";
import { renderPlatform } from "../test/render-platform.ts";
import { BUILD_MS } from "../test/tool-cache.ts";

const GENERATOR = join(ROOT, "charts/infrastructure/crds-generator");

test(
  "MetalLB's definitions are what its types generate",
  async () => {
    const { exitCode, stderr } = await execa("node", [join(GENERATOR, "generate.mjs"), "--check"], {
      reject: false,
      env: { GOFLAGS: "-buildvcs=false -mod=readonly" },
    });
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  },
  BUILD_MS,
);

test("the types are those of the version that is deployed", async () => {
  expect(await readFile(join(GENERATOR, "go.mod"), "utf8")).toContain(
    `go.universe.tf/metallb v${METALLB_VERSION}\n`,
  );
});

test("every kind that MetalLB watches is defined, and none of them goes by accident", async () => {
  const definitions = (await renderPlatform()).filter({ kind: "CustomResourceDefinition" });
  const metallb = definitions.filter(({ name }) => name.endsWith(".metallb.io"));
  expect(metallb.map(({ name }) => name.replace(".metallb.io", "")).sort()).toEqual([
    "bfdprofiles",
    "bgpadvertisements",
    "bgppeers",
    "communities",
    "configurationstates",
    "ipaddresspools",
    "l2advertisements",
    "servicebgpstatuses",
    "servicel2statuses",
  ]);
  for (const { object } of metallb) {
    expect(JSON.stringify(object.metadata)).toContain(
      '"argocd.argoproj.io/sync-options":"Prune=false,Delete=false"',
    );
    expect(JSON.stringify(object.metadata)).toContain('"argocd.argoproj.io/sync-wave":"0"');
  }
});
