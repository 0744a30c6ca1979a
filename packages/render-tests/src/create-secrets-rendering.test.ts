import { beforeAll, expect, jest, test } from "@jest/globals";
import type { ManifestIndex } from "@t495/proof";
import { jobLedger, renderFoundation } from "../test/create-secrets-job.ts";

jest.setTimeout(60_000);

let rendered: ManifestIndex;

beforeAll(async () => {
  rendered = await renderFoundation();
});

const jobOf = (manifests: ManifestIndex): string | undefined =>
  manifests.filter({ kind: "Job" }).map(({ name }) => name)[0];

test("another ledger is another Job, since Jobs cannot change", async () => {
  expect(jobOf(rendered)).toMatch(/^create-secrets-[0-9a-f]{8}$/);
  const setting = "global.secrets.ledger.redis.keys.password.length=33";
  expect(jobOf(await renderFoundation([setting]))).not.toBe(jobOf(rendered));
});

test("entries that are disabled, or whose component is, are not made", async () => {
  const settings = [
    "global.secrets.ledger.minio-backups.enabled=false",
    "global.components.redis.enabled=false",
  ];
  const names = Object.keys(jobLedger(await renderFoundation(settings)));
  expect(names).toContain("minio-root");
  expect(names).not.toContain("minio-backups");
  expect(names).not.toContain("redis");
});

test("nothing of it is there for those who bring their own Secrets", async () => {
  const manifests = await renderFoundation(["global.secrets.generate.enabled=false"]);
  for (const kind of ["Job", "Role", "RoleBinding", "ServiceAccount"])
    expect(manifests.filter({ kind })).toEqual([]);
});
