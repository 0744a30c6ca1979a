import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import type { ManifestIndex } from "@t495/proof";
import { wrongKubectl } from "../test/documented-kubectl.ts";
import { ROOT } from "../test/open-platform.ts";
import { renderPlatform } from "../test/render-platform.ts";
import { OPT_INS } from "../test/values-leaves.ts";

const pages = ["argocd", "docs", "node"].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join(folder, file)),
);
let manifests: ManifestIndex;

beforeAll(async () => {
  manifests = await renderPlatform(OPT_INS);
});

test.each(pages)("%s: kubectl is told what there is", (page) => {
  expect(wrongKubectl(readFileSync(join(ROOT, page), "utf8"), manifests)).toEqual([]);
});

test.each([
  ["kubectl -n database get pods", "there is no namespace database"],
  ["kubectl -n data logs deploy/postgresql", "data has no deploy postgresql"],
  ["kubectl -n data create job x --from=cronjob/backup", "data has no cronjob backup"],
  ["kubectl --namespace=data \\\n  rollout restart statefulset postgres", "data has no statefulset postgres"],
  ["kubectl -n data delete job -l app.kubernetes.io/name=postgres", "nothing in data has the labels"],
])("%s is found", (command, problem) => {
  expect(wrongKubectl(`\`\`\`sh\n${command}\n\`\`\``, manifests)).toEqual([expect.stringContaining(problem)]);
});
