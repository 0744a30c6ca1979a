import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { checkRule, fixturePlan, testRule } from "../../../test/rule-fixtures.ts";
import { parseManifests } from "../../manifest/parse-manifests.ts";
import { createContext } from "../context.ts";
import { pinnedImages } from "./pinned-images.ts";

const FIXTURES = fileURLToPath(new URL("../../../fixtures/pinned-images/", import.meta.url));

testRule(pinnedImages, {
  "ok-tag-and-digest": [],
  "ok-registry-with-port": [],
  "ok-release-dates": [],
  "ok-disabled-component": [],
  "ok-handed-on": [],
  "ok-two-versions": [],
  "ok-image-volume": [],
  "ok-end-announced": [],
  "digest-unknown": ["unchecked"],
  latest: ["floating-tag", "unchecked"],
  "major-version-only": ["floating-tag"],
  "no-tag": ["tag-missing", "differs-from-ledger", "unused-image"],
  "short-name": ["registry-missing"],
  "user-and-short-name": ["registry-missing", "not-in-ledger"],
  "digest-cut-off": ["malformed-image"],
  "upper-case-path": ["malformed-image", "unused-image"],
  "template-left-a-space": ["malformed-image", "unused-image"],
  "not-listed": ["not-in-ledger"],
  "other-version": ["differs-from-ledger", "unused-image"],
  "other-digest": ["differs-from-ledger"],
  "invented-digest": ["differs-from-ledger", "unchecked"],
  "digest-left-out": ["digest-missing"],
  "no-evidence": ["digest-without-evidence"],
  "end-of-life": ["end-of-life", "end-of-life"],
  "ends-soon": ["unchecked"],
  "ends-today": ["unchecked"],
  unused: ["unused-image"],
  "init-container-and-job": ["tag-missing", "not-in-ledger"],
});

test("says what the rendering names and what the plan lists", () => {
  const [finding] = checkRule(pinnedImages, "digest-left-out");
  expect(finding).toMatchObject({
    code: "digest-missing",
    manifest: { kind: "Deployment", name: "store" },
    path: "spec.template.spec.containers[0].image",
    actual: "docker.io/library/postgres:18.6-alpine",
    limit: expect.stringMatching(/^docker\.io\/library\/postgres:18\.6-alpine@sha256:77f5/),
    fix: "Render the image from global.images.store.",
  });
});

test("counts the days until upstream ends an image", () => {
  expect(checkRule(pinnedImages, "ends-soon")).toEqual([
    {
      unchecked:
        "global.images.promtail: upstream ends docker.io/grafana/promtail:3.6.11 on 2027-02-22, in 90 days",
    },
  ]);
});

test("lists an announced end where nobody says which day it is", () => {
  const plan = fixturePlan(FIXTURES, "ok-end-announced");
  const manifests = parseManifests(readFileSync(`${FIXTURES}ok-end-announced.yaml`, "utf8"), "-");
  expect([...pinnedImages.check(createContext(manifests, plan))]).toMatchObject([
    { unchecked: expect.stringContaining("on 2027-02-23; nobody said which day it is") },
  ]);
});

test("completes a short name", () => {
  expect(checkRule(pinnedImages, "short-name")).toMatchObject([
    { fix: expect.stringContaining("docker.io/library/postgres:18.6-alpine@sha256:") },
  ]);
});

test("without a plan, looks at tags only and counts missing digests as unchecked", () => {
  const pods = ["docker.io/library/redis:8.10.2", "docker.io/library/redis:latest"].map(
    (image) =>
      `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a, image: "${image}" }] }\n`,
  );
  const context = createContext(parseManifests(pods.join("---\n"), "-"), undefined);
  expect([...pinnedImages.check(context)]).toMatchObject([
    { unchecked: expect.stringContaining("redis:8.10.2: no digest") },
    { code: "floating-tag" },
    { unchecked: expect.stringContaining("redis:latest: no digest") },
  ]);
});
