import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { InputError } from "@t495/proof";
import { describeReal } from "../test/describe-real.ts";
import type { ApiObject } from "../test/kubernetes-object.ts";
import { eventually } from "../test/real-program.ts";
import { renderPlatform } from "../test/render-platform.ts";
import { BUILD_MS } from "../test/tool-cache.ts";
import { PASSWORD, TraefikPod } from "../test/traefik-pod.ts";
import { findTraefik, TRAEFIK_NEIGHBOURS, traefikMissing } from "../test/traefik-program.ts";

/** Each test takes a second; a machine that does other things at once may take many. */
jest.setTimeout(60_000);

const neighbours = await Promise.all(
  TRAEFIK_NEIGHBOURS.map(async (version) => ({ version, program: await findTraefik(version) })),
);
const newer = neighbours[1]?.program;
const NEWER_MISSING = traefikMissing(TRAEFIK_NEIGHBOURS[1]);

const REGISTRY = "registry.t495.home.arpa";
const DASHBOARD = "traefik.t495.home.arpa";
const setting = (text: string): string => `infrastructure.traefik.${text}`;
const basic = (password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`,
});

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly length: number;
}

async function* slowly(pieces: number, milliseconds: number): AsyncGenerator<string> {
  for (let piece = 0; piece < pieces; piece += 1) {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    yield "x".repeat(1000);
  }
}

test("the releases that are tested are the neighbours of the one that is deployed", async () => {
  const deployment = (await renderPlatform()).find("apps", "Deployment", "traefik", "traefik")?.object;
  const [before, after] = TRAEFIK_NEIGHBOURS.map((version) => Number(version.split(".")[2]));
  const deployed = /traefik:v3\.7\.(\d+)@/.exec(JSON.stringify(deployment))?.[1];
  expect(Number(deployed)).toBe((before ?? 0) + 1);
  expect(Number(deployed)).toBe((after ?? 0) - 1);
});

for (const { version, program } of neighbours)
  describeReal(`Traefik ${version}`, program, traefikMissing(version), (traefik) => {
    let pod: TraefikPod;

    beforeAll(async () => {
      pod = await TraefikPod.start(traefik);
      await eventually("it routes", () => pod.routes(REGISTRY), pod.traefik);
    }, BUILD_MS);

    afterAll(async () => {
      await pod?.stop();
    });

    test("forwards each host to what its Ingress names, and nothing else", async () => {
      const minio = await pod.ask("minio.t495.home.arpa", "/");
      expect((JSON.parse(minio.body) as Echo).headers).toMatchObject({
        host: "minio.t495.home.arpa",
        "x-forwarded-proto": "https",
      });
      expect((await pod.ask("nobody.t495.home.arpa", "/")).status).toBe(404);
    });

    test("leads everybody to HTTPS on the port of the Service", async () => {
      const plain = await fetch(`http://127.0.0.1:${pod.ports.web}/v2/?n=1`, {
        headers: { host: REGISTRY },
        redirect: "manual",
      });
      expect([301, 308]).toContain(plain.status);
      expect(plain.headers.get("location")).toMatch(/^https:\/\/[^:/]+\/v2\/\?n=1$/);
    });

    test("passes names on as they were written", async () => {
      const path = "/v2/a%2Fb/100%25/c%20d";
      expect((JSON.parse((await pod.ask(REGISTRY, path)).body) as Echo).url).toBe(path);
    });

    test("does not believe a client about its address", async () => {
      const headers = { "x-forwarded-for": "203.0.113.9", "x-real-ip": "203.0.113.9" };
      const echo = JSON.parse((await pod.ask(REGISTRY, "/", { headers })).body) as Echo;
      expect(echo.headers["x-forwarded-for"]).toBe("127.0.0.1");
      expect(echo.headers["x-real-ip"]).toBe("127.0.0.1");
    });

    test("waits for a slow upload", async () => {
      const { body } = await pod.ask(REGISTRY, "/upload", { method: "PUT", body: slowly(4, 500) });
      expect(JSON.parse(body)).toMatchObject({ method: "PUT", length: 4000 });
    });

    test("opens the dashboard with the password only", async () => {
      expect((await pod.ask(DASHBOARD, "/dashboard/")).status).toBe(401);
      expect((await pod.ask(DASHBOARD, "/api/overview", { headers: basic("guessed") })).status).toBe(401);
      const open = await pod.ask(DASHBOARD, "/dashboard/", { headers: basic(PASSWORD) });
      expect(open.status).toBe(200);
      expect(open.body).toContain("<title>Traefik");
      expect((await fetch(`http://127.0.0.1:${pod.ports.ping}/dashboard/`)).status).toBe(404);
    });

    test("offers its login to dashboards that have none", async () => {
      const ingress = pod.api.get("Ingress", "data", "minio") as ApiObject;
      const annotations = { "traefik.ingress.kubernetes.io/router.middlewares": "dashboards@file" };
      pod.api.put({ ...ingress, metadata: { ...ingress.metadata, annotations } });
      const host = "minio.t495.home.arpa";
      await eventually("it asks", async () => (await pod.ask(host, "/")).status === 401, pod.traefik);
      const echo = JSON.parse((await pod.ask(host, "/", { headers: basic(PASSWORD) })).body) as Echo;
      expect(echo.headers).not.toHaveProperty("authorization");
    });

    test("asks for it before Longhorn's pages, and does not hand it on", async () => {
      const host = "longhorn.t495.home.arpa";
      expect((await pod.ask(host, "/v1/volumes")).status).toBe(401);
      const echo = JSON.parse(
        (await pod.ask(host, "/v1/volumes", { headers: basic(PASSWORD) })).body,
      ) as Echo;
      expect(echo.url).toBe("/v1/volumes");
      expect(echo.headers).not.toHaveProperty("authorization");
    });

    test("publishes its address on every Ingress, for Argo CD to see", async () => {
      const service = pod.api.get("Service", "traefik", "traefik") as ApiObject;
      const loadBalancer = { ingress: [{ ip: "192.168.1.240" }] };
      pod.api.put({ ...service, status: { loadBalancer } });
      const statuses = (): unknown[] => pod.api.list("Ingress").map(({ status }) => status);
      expect(statuses().length).toBeGreaterThan(1);
      await eventually(
        "each has it",
        async () => statuses().every((status) => JSON.stringify(status)?.includes("192.168.1.240")),
        pod.traefik,
      );
    });

    test("counts what it does", async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${pod.ports.metrics}/metrics`)).text();
      expect(metrics).toMatch(/^traefik_entrypoint_requests_total\{.*entrypoint="websecure".*\} [1-9]/m);
      expect(metrics).toMatch(/^traefik_service_requests_total\{.*service="data-registry-http@kubernetes"/m);
    });

    test("has the rights that it needs and no other", () => {
      expect(pod.api.rights.refused).toEqual([]);
      expect(pod.api.rights.unused()).toEqual([]);
    });

    test("lets requests under way finish, and says before that it is about to end", async () => {
      const upload = pod.ask(REGISTRY, "/last", { method: "PUT", body: slowly(4, 500) });
      await new Promise((resolve) => setTimeout(resolve, 600));
      pod.traefik.signal("SIGTERM");
      await eventually("/ping says so", async () => (await pod.ping()) === 503);
      expect((await pod.ask(REGISTRY, "/")).status).toBe(200);
      expect(JSON.parse((await upload).body)).toMatchObject({ length: 4000 });
      const { exitCode, stdout } = await pod.traefik.ended;
      expect(exitCode).toBe(0);
      expect(stdout).toContain('"RequestPath":"/last"');
      expect(stdout).not.toContain("n=1");
    });
  });

describeReal("the owner's certificate", newer, NEWER_MISSING, (traefik) => {
  const own = setting("certificateSecret=own");
  let folder: string;
  let secrets: Record<string, Record<string, string>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "certificate-"));
    const [key, certificate] = [join(folder, "tls.key"), join(folder, "tls.crt")];
    const subject = ["-subj", "/CN=t495.home.arpa", "-addext", "subjectAltName=DNS:*.t495.home.arpa"];
    const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate];
    await promisify(execFile)("openssl", [...made, ...subject]);
    secrets = {
      own: { "tls.key": await readFile(key, "utf8"), "tls.crt": await readFile(certificate, "utf8") },
    };
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test(
    "is what every host gets",
    async () => {
      const pod = await TraefikPod.start(traefik, [own], secrets);
      try {
        await eventually("it routes", () => pod.routes(REGISTRY), pod.traefik);
        expect((await pod.ask(REGISTRY, "/")).certificate).toBe("t495.home.arpa");
      } finally {
        await pod.stop();
      }
    },
    BUILD_MS,
  );
});

describeReal("its times", newer, NEWER_MISSING, (traefik) => {
  test(
    "a limit on reading cuts a slow upload",
    async () => {
      const pod = await TraefikPod.start(traefik, [setting("readTimeout=1s")]);
      try {
        await eventually("it routes", () => pod.routes(REGISTRY), pod.traefik);
        const upload = pod.ask(REGISTRY, "/", { method: "PUT", body: slowly(4, 500) });
        const status = await upload.then(
          (answer) => answer.status,
          () => 0,
        );
        expect(status).not.toBe(200);
      } finally {
        await pod.stop();
      }
    },
    BUILD_MS,
  );
});

describe("what follows from a value", () => {
  test("the owner's certificate has to be there before the pod starts, or no connection would be answered", async () => {
    const manifests = await renderPlatform([setting("certificateSecret=own")]);
    const deployment = JSON.stringify(manifests.find("apps", "Deployment", "traefik", "traefik")?.object);
    expect(deployment).toContain('"secret":{"secretName":"own"}');
    expect(deployment).toContain('"maxUnavailable":0');
  });

  test.each([
    ["a port that needs privileges", "ports.web=80", /ports.web/],
    ["a TLS that is broken", "tlsMinVersion=VersionTLS10", /tlsMinVersion/],
    ["a time without a unit", "readTimeout=60", /readTimeout/],
    ["a misspelt key", "acessLog=true", /acessLog/],
  ])("refuses %s", async (_what, change, message) => {
    const refused = renderPlatform([setting(change)]);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });
});
