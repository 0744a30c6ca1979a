import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeAll, beforeEach, expect, jest, test } from "@jest/globals";
import type { ManifestIndex } from "@t495/proof";
import { describeReal } from "../test/describe-real.ts";
import { eventually } from "../test/real-program.ts";
import { digestOf, IMAGE_INDEX, makeImage, makeIndex } from "../test/registry-client.ts";
import { CLOCK_READ, RegistryPod } from "../test/registry-pod.ts";
import { findRegistry, REGISTRY_MISSING } from "../test/registry-program.ts";
import { storedBlobs, storeGarbage } from "../test/registry-storage.ts";
import { renderDataService } from "../test/render-data-service.ts";

const NOTHING_TO_COLLECT = "the registry is empty";

/** Each test takes a second; a machine that does other things at once may take many. */
jest.setTimeout(60_000);

const tools = await findRegistry();

describeReal("garbage collection", tools, REGISTRY_MISSING, (programs) => {
  let manifests: ManifestIndex;
  let pod: RegistryPod;

  beforeAll(async () => {
    manifests = await renderDataService("registry");
  });

  beforeEach(async () => {
    pod = await RegistryPod.create(manifests, programs);
  });

  afterEach(async () => {
    await pod.remove();
  });

  test("removes what no tag leads to, and nothing else", async () => {
    const server = await pod.serve({ COLLECT_UNTAGGED: "true" });
    const { client } = pod;
    const [kept, replaced, deleted, platform] = [makeImage(), makeImage(), makeImage(), makeImage()];
    const index = makeIndex(platform);
    await client.pushImage("models/first", "latest", replaced);
    await client.pushImage("models/first", "latest", kept);
    await client.pushImage("models/second", "v1", deleted);
    await client.pushImage("models/third", digestOf(platform.manifest), platform);
    expect(await client.pushManifest("models/third", "multi", index, IMAGE_INDEX)).toBe(201);
    expect(await client.deleteManifest("models/second", deleted.manifest)).toBe(202);

    await pod.collect(server);

    expect(await client.pulls("models/first", kept)).toBe(true);
    expect(await client.pulls("models/third", platform)).toBe(true);
    expect(await client.pulls("models/first", replaced)).toBe(false);
    expect(await storedBlobs(pod.data)).toEqual(
      [kept.config, kept.layer, kept.manifest, platform.config, platform.layer, platform.manifest, index]
        .map(digestOf)
        .sort(),
    );
    // Nothing remembers the deleted blobs: the same image can come back.
    expect(await client.pushImage("models/second", "v1", deleted)).toBe(201);
    expect(await client.pulls("models/second", deleted)).toBe(true);
  });

  test("keeps untagged manifests unless told otherwise: something may be deployed by digest", async () => {
    const server = await pod.serve();
    const replaced = makeImage();
    await pod.client.pushImage("models/first", "latest", replaced);
    await pod.client.pushImage("models/first", "latest", makeImage());
    await pod.collect(server);
    expect(await pod.client.pulls("models/first", replaced)).toBe(true);
  });

  test("refuses pushes and serves pulls while it runs", async () => {
    const server = await pod.serve();
    const { client } = pod;
    const [kept, pushed] = [makeImage(), makeImage()];
    await client.pushImage("models/first", "v1", kept);
    // A push that has sent its layer and not its manifest is what a collection beside it would destroy.
    await client.pushBlob("models/first", pushed.layer);
    await pod.holdCollection(server);

    expect(await client.pulls("models/first", kept)).toBe(true);
    expect((await client.startUpload("models/first")).status).toBe(405);
    expect(await client.pushManifest("models/first", "v2", pushed.manifest)).toBe(405);
    expect(await client.deleteManifest("models/first", kept.manifest)).toBe(405);

    await pod.openGate();
    await pod.finishCollection(server);
    // The interrupted push is refused as a whole, with a client's usual answer to repeat it.
    expect(await client.pushManifest("models/first", "v2", pushed.manifest)).toBe(400);
    expect(await client.pushImage("models/first", "v2", pushed)).toBe(201);
    expect(await client.pulls("models/first", pushed)).toBe(true);
  });

  test("lets a request under way finish before it begins", async () => {
    const server = await pod.serve();
    const { client } = pod;
    await client.pushImage("models/first", "v1", makeImage());
    const { location } = await client.startUpload("models/first");
    let finish = (): void => {};
    const upload = client.status(location, {
      method: "PATCH",
      duplex: "half",
      headers: { "content-type": "application/octet-stream" },
      body: new ReadableStream({
        start(controller) {
          controller.enqueue(randomBytes(1024));
          finish = () => {
            controller.enqueue(randomBytes(1024));
            controller.close();
          };
        },
      }),
    });
    await setTimeout(200);
    server.signal("SIGUSR1");
    await server.logged("stopping server gracefully");
    await setTimeout(200);
    expect(server.log).not.toContain("collecting garbage");
    finish();
    expect(await upload).toBe(202);
    await pod.finishCollection(server);
  });

  test("killed halfway, with everything else, it leaves a registry that works", async () => {
    const server = await pod.serve();
    const { client } = pod;
    const kept = makeImage();
    await client.pushImage("models/first", "v1", kept);
    const garbage = await storeGarbage(pod.data, 600);
    server.killAllWhenLogged("Deleting blob", 20);
    server.signal("SIGUSR1");
    expect(await server.exit).toBeNull();
    const left = (await storedBlobs(pod.data)).filter((digest) => garbage.includes(digest));
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThan(garbage.length);

    const restarted = await pod.serve();
    expect(await client.pulls("models/first", kept)).toBe(true);
    const pushed = makeImage();
    expect(await client.pushImage("models/first", "v2", pushed)).toBe(201);
    await pod.collect(restarted);
    expect(await client.pulls("models/first", kept)).toBe(true);
    expect(await client.pulls("models/first", pushed)).toBe(true);
    expect((await storedBlobs(pod.data)).filter((digest) => garbage.includes(digest))).toEqual([]);
  });

  test("failing, it is said and the registry is writable again", async () => {
    const server = await pod.serve();
    await pod.client.pushImage("models/first", "v1", makeImage());
    await pod.holdCollection(server);
    await server.killChild("garbage-collect");
    await server.logged("garbage collection failed");
    await pod.openGate();
    await eventually("a push", async () => (await pushes(pod)) === 201);
  });

  test("a registry that nobody pushed to stays as it is", async () => {
    const server = await pod.serve();
    server.signal("SIGUSR1");
    await server.logged(NOTHING_TO_COLLECT);
    await eventually("a push", async () => (await pushes(pod)) === 201);
    expect(server.log).not.toContain("failed");
  });

  test("asked for twice at once, it runs once", async () => {
    const server = await pod.serve();
    await pod.client.pushImage("models/first", "v1", makeImage());
    await pod.holdCollection(server);
    server.signal("SIGUSR1");
    server.signal("SIGUSR1");
    await pod.openGate();
    await pod.finishCollection(server);
    await setTimeout(300);
    expect(server.log.split("collecting garbage")).toHaveLength(2);
  });

  test("starts by the clock, once", async () => {
    await pod.stopClock("3 03:30");
    const server = await pod.serve({ COLLECT_AT: "03:30", COLLECT_ON: "0" });
    await server.logged(NOTHING_TO_COLLECT);
    await server.logged(CLOCK_READ, 4);
    expect(server.log.split(NOTHING_TO_COLLECT)).toHaveLength(2);
  });

  // Weekday (1 is Monday) and time now; the time and the day asked for.
  test.each([
    ["3 03:30", "03:30", "0", true],
    ["3 03:30", "03:30", "3", true],
    ["7 00:00", "00:00", "7", true],
    ["3 03:30", "03:30", "4", false],
    ["3 03:31", "03:30", "0", false],
    ["3 15:30", "03:30", "3", false],
    ["3 03:30", "", "0", false],
  ])("at %s, with %j on day %s, it starts: %j", async (moment, at, day, starts) => {
    await pod.stopClock(moment);
    const server = await pod.start({ COLLECT_AT: at, COLLECT_ON: day });
    await server.logged(CLOCK_READ, 3);
    expect(server.log.includes(NOTHING_TO_COLLECT)).toBe(starts);
  });
});

async function pushes(pod: RegistryPod): Promise<number> {
  return pod.client.pushImage("models/probe", "v1", makeImage()).catch(() => 0);
}
