import { utimes, writeFile } from "node:fs/promises";
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { InputError, type ManifestIndex } from "@t495/proof";
import { describeReal } from "../test/describe-real.ts";
import { missingFrom } from "../test/expositions.ts";
import { makeImage, RegistryClient } from "../test/registry-client.ts";
import { RegistryPod, SECOND } from "../test/registry-pod.ts";
import { findRegistry, REGISTRY_MISSING, REGISTRY_VERSION } from "../test/registry-program.ts";
import { renderDataService } from "../test/render-data-service.ts";

/** Each test takes a second; a machine that does other things at once may take many. */
jest.setTimeout(60_000);

const tools = await findRegistry();
let manifests: ManifestIndex;

beforeAll(async () => {
  manifests = await renderDataService("registry");
});

test("the program that is tested is the one that is deployed", () => {
  const deployment = manifests.find("apps", "Deployment", "data", "registry")?.object;
  const image = `docker.io/library/registry:${REGISTRY_VERSION}@`;
  expect(JSON.stringify(deployment)).toContain(image);
});

describeReal("the real registry", tools, REGISTRY_MISSING, (programs) => {
  let pod: RegistryPod;

  beforeEach(async () => {
    pod = await RegistryPod.create(manifests, programs);
  });

  afterEach(async () => {
    await pod.remove();
  });

  test("serves images to whoever knows the password, and tells everybody that it lives", async () => {
    await pod.serve();
    const { client } = pod;
    const stranger = new RegistryClient(pod.origin, SECOND.account);
    expect(await client.status("/v2/")).toBe(200);
    expect(await stranger.status("/v2/")).toBe(401);
    expect((await fetch(`${pod.origin}/v2/`)).status).toBe(401);

    const image = makeImage();
    expect(await client.pushImage("models/first", "v1", image)).toBe(201);
    expect(await client.pulls("models/first", image)).toBe(true);

    const { location } = await client.startUpload("models/first");
    expect(location).toMatch(/^\/v2\//);
    const response = await client.request("/v2/");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect((await fetch(`${pod.debugOrigin}/debug/health`)).status).toBe(200);
    const metrics = await (await fetch(`${pod.debugOrigin}/metrics`)).text();
    expect(await missingFrom("registry", metrics)).toEqual([]);
  });

  test("a rotated password counts without a restart", async () => {
    await pod.serve();
    const file = pod.container.host("/etc/registry/auth/htpasswd");
    await writeFile(file, SECOND.htpasswd);
    await utimes(file, new Date(), new Date(Date.now() + 5000));
    expect(await pod.client.status("/v2/")).toBe(401);
    expect(await new RegistryClient(pod.origin, SECOND.account).status("/v2/")).toBe(200);
  });

  describe("the end", () => {
    test("of the pod comes after the requests in flight, with status 0", async () => {
      const server = await pod.serve({ COLLECT_AT: "03:30" });
      server.signal("SIGTERM");
      expect(await server.exit).toBe(0);
      expect(server.log).toContain("stopping server gracefully");
      await server.eventually("no process left", async () => (await server.children()).length === 0);
    });

    test("of the pod ends a collection too", async () => {
      const server = await pod.serve();
      await pod.client.pushImage("models/first", "v1", makeImage());
      await pod.holdCollection(server);
      server.signal("SIGTERM");
      expect(await server.exit).toBe(0);
      await server.eventually("no process left", async () => (await server.children()).length === 0);
    });

    test("of the registry by itself ends the container with a failure", async () => {
      const server = await pod.serve();
      await server.killChild("/registry serve ");
      expect(await server.exit).toBe(1);
      expect(server.log).toContain("the registry ended by itself");
    });

    test("of the registry during a collection does so too", async () => {
      const server = await pod.serve();
      await pod.client.pushImage("models/first", "v1", makeImage());
      await pod.holdCollection(server);
      await server.killChild("/registry serve ");
      expect(await server.exit).toBe(1);
      expect(server.log).toMatch(/ended by itself with status \d+, read-only/);
      await server.eventually("no process left", async () => (await server.children()).length === 0);
    });
  });
});

describe("what follows from a value", () => {
  const setting = (text: string): string => `data-services.registry.${text}`;

  test("the two configurations differ in nothing but that one refuses writes", () => {
    const { "config.yml": writable = "", "config-read-only.yml": readOnly = "" } = filesOf(manifests);
    expect(readOnly).toContain("readonly:\n      enabled: true");
    expect(readOnly.replace("readonly:\n      enabled: true", "readonly:\n      enabled: false")).toBe(
      writable,
    );
  });

  test("server and collector together stay below the memory limit", async () => {
    const smaller = await renderDataService("registry", [setting("resources.limits.memory=256Mi")]);
    expect(environmentOf(manifests).GOMEMLIMIT).toBe("172MiB");
    expect(environmentOf(smaller).GOMEMLIMIT).toBe("115MiB");
  });

  test("a longer drain gives the pod longer to end and the probe more patience", async () => {
    const patient = podOf(await renderDataService("registry", [setting("drainSeconds=120")]));
    expect(patient.terminationGracePeriodSeconds).toBeGreaterThan(120);
    const { periodSeconds, failureThreshold } = patient.containers[0]?.livenessProbe ?? {};
    expect((periodSeconds ?? 0) * (failureThreshold ?? 0)).toBeGreaterThan(120);
  });

  test("the schedule reaches the script; switched off, only the signal collects", async () => {
    const { COLLECT_AT, COLLECT_ON, COLLECT_UNTAGGED } = environmentOf(manifests);
    expect([COLLECT_AT, COLLECT_ON, COLLECT_UNTAGGED]).toEqual(["03:30", "0", "false"]);
    const weekly = [setting("garbageCollection.day=sunday"), setting("garbageCollection.untagged=true")];
    expect(environmentOf(await renderDataService("registry", weekly))).toMatchObject({
      COLLECT_ON: "7",
      COLLECT_UNTAGGED: "true",
    });
    const off = environmentOf(
      await renderDataService("registry", [setting("garbageCollection.scheduled=false")]),
    );
    expect(off.COLLECT_AT).toBe("");
  });

  test.each([
    ["a time that does not exist", "garbageCollection.at=24:00", /garbageCollection.at/],
    ["a day that does not exist", "garbageCollection.day=someday", /garbageCollection.day/],
    ["memory for two that does not fit", "goMemoryPercent=80", /goMemoryPercent/],
    ["a limit too small to run", "resources.limits.memory=8Mi", /registry\.resources\.limits\.memory is 8Mi/],
    ["a volume that holds no image", "storage.size=1Mi", /registry\.storage\.size is 1Mi, at least 1Gi/],
    ["a misspelt key", "garbageCollection.untaged=true", /untaged/],
  ])("refuses %s", async (_what, change, message) => {
    const refused = renderDataService("registry", [setting(change)]);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });
});

interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly {
    readonly env: readonly { readonly name: string; readonly value: string }[];
    readonly livenessProbe: { readonly periodSeconds?: number; readonly failureThreshold?: number };
  }[];
}

function podOf(rendered: ManifestIndex): PodSpec {
  const deployment = rendered.find("apps", "Deployment", "data", "registry")?.object as unknown as {
    spec: { template: { spec: PodSpec } };
  };
  return deployment.spec.template.spec;
}

function environmentOf(rendered: ManifestIndex): Record<string, string> {
  return Object.fromEntries(
    (podOf(rendered).containers[0]?.env ?? []).map(({ name, value }) => [name, value]),
  );
}

function filesOf(rendered: ManifestIndex): Record<string, string> {
  return rendered.find("", "ConfigMap", "data", "registry")?.object.data as Record<string, string>;
}
