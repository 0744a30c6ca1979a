import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { describeReal } from "../test/describe-real.ts";
import { freePort } from "../test/free-port.ts";
import { findNginx } from "../test/nginx-program.ts";
import { Machine } from "../test/real-pod.ts";
import { eventually, handOver, type Running, start } from "../test/real-program.ts";
import { renderPlatform } from "../test/render-platform.ts";

interface Seen {
  readonly url: string;
  readonly host: string;
  readonly length: number;
}

/** The manager's API: says what it was asked, and speaks WebSocket as far as the handshake. */
async function startManager(): Promise<Server> {
  const manager = createServer((asked, answer) => {
    let length = 0;
    asked.on("data", (piece: Buffer) => {
      length += piece.length;
    });
    asked.on("end", () => {
      const host = asked.headers["x-forwarded-host"];
      answer.end(
        JSON.stringify({ url: asked.url, host, length } satisfies Partial<Record<keyof Seen, unknown>>),
      );
    });
  });
  manager.on("upgrade", (_asked, socket) => {
    socket.end("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
  });
  await new Promise<void>((resolve) => manager.listen(0, "127.0.0.1", resolve));
  return manager;
}

describeReal(
  "Longhorn's pages",
  await findNginx(),
  "There is no nginx since 1.19.5: apt-get install nginx-light.",
  (nginx) => {
    let machine: Machine;
    let manager: Server;
    let program: Running;
    let address: string;

    beforeAll(async () => {
      const port = await freePort();
      address = `http://127.0.0.1:${port}`;
      manager = await startManager();
      machine = await Machine.create(await renderPlatform([`infrastructure.longhorn.ui.port=${port}`]));
      const container = await machine.container("Deployment", "longhorn-ui", {});
      const pages = join(machine.directory, "pages");
      await mkdir(pages);
      await writeFile(join(pages, "index.html"), "<title>pages</title>");
      // The file names paths of the container, and the manager's Service.
      const file = join(container.host("/etc/longhorn-ui"), "nginx.conf");
      const text = await readFile(file, "utf8");
      const backend = `127.0.0.1:${(manager.address() as AddressInfo).port}`;
      await writeFile(
        file,
        text
          .replaceAll(/\/tmp\/[a-z.]+/g, (path) => container.host(path))
          .replace("/web/dist", pages)
          .replace("longhorn-backend:9500", backend),
      );
      await handOver(machine.directory);
      program = start(nginx, container.command.slice(1), { unprivileged: true });
      const answers = (): Promise<boolean> =>
        fetch(address).then(
          ({ ok }) => ok,
          () => false,
        );
      await eventually("it answers", answers, program);
    }, 60_000);

    afterAll(async () => {
      program?.signal("SIGTERM");
      await program?.ended;
      manager?.close();
      await machine?.remove();
    });

    const ask = async (path: string, options: RequestInit = {}): Promise<Seen> =>
      (await (await fetch(`${address}${path}`, options)).json()) as Seen;

    test("are served, whatever the page's own address is", async () => {
      for (const path of ["/", "/index.html", "/volume/postgresql-data"])
        expect(await (await fetch(`${address}${path}`)).text()).toContain("<title>pages</title>");
    });

    test("call the API, which learns how the browser reaches it", async () => {
      expect(await ask("/v1/volumes?limit=1")).toMatchObject({
        url: "/v1/volumes?limit=1",
        host: address.replace("http://", ""),
      });
    });

    test("pass on what is uploaded, larger than anything that is kept on the way", async () => {
      const body = new Uint8Array(32 * 1024 * 1024);
      expect(await ask("/v1/backingimages", { method: "POST", body })).toMatchObject({ length: body.length });
    });

    test("hear over WebSockets what changes", async () => {
      const headers = { connection: "Upgrade", upgrade: "websocket" };
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        request(`${address}/v1/ws/1s/volumes`, { headers }).on("upgrade", resolve).on("error", reject).end();
      });
      expect(answer.statusCode).toBe(101);
    });

    test("log nothing of all this", () => {
      expect([program.stdout(), program.stderr()]).toEqual(["", ""]);
    });
  },
);
