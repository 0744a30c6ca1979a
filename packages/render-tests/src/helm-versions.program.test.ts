import { beforeAll, expect, test } from "@jest/globals";
import type { Manifest, Platform } from "@t495/proof";
import { describeReal } from "../test/describe-real.ts";
import { findOldestHelm, OLDEST_HELM_MISSING } from "../test/oldest-helm.ts";
import { INSTALL_MS, openTestPlatform, PROFILES } from "../test/open-platform.ts";

const oldest = await findOldestHelm();

describeReal("the oldest Helm renders the same objects", oldest, OLDEST_HELM_MISSING, (helm) => {
  let platforms: readonly [Platform, Platform];

  beforeAll(async () => {
    platforms = await Promise.all([openTestPlatform(), openTestPlatform(helm)]);
  }, INSTALL_MS);

  test.each(PROFILES)("%s", async (profile) => {
    const [newer, older] = await Promise.all(platforms.map((platform) => platform.render({ profile })));
    expect(objectsOf(older?.manifests)).toEqual(objectsOf(newer?.manifests));
  });
});

/** Major versions of Helm sort a stream differently; Argo CD sorts it once more. */
function objectsOf(manifests: readonly Manifest[] = []): Record<string, unknown> {
  return Object.fromEntries(
    manifests.map(({ group, kind, namespace, name, object }) => [
      `${group}/${kind}/${namespace}/${name}`,
      object,
    ]),
  );
}
