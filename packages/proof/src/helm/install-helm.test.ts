import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type InstallOptions, installHelm } from "./install-helm.ts";
import { HELM_VERSION } from "./versions.ts";

const ARCHIVE = `https://get.helm.sh/helm-v${HELM_VERSION}-linux-amd64.tar.gz`;

let directory: string;
let tools: string;
let reports: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "install-helm-"));
  tools = join(directory, "tools");
  reports = [];
  await mkdir(join(directory, "bin"));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

/** A tar archive as `tar` writes it: header and content in blocks of 512 bytes. */
function tarball(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
    const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    body.write(content);
    return [header, body];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

type Responses = Readonly<Record<string, Buffer | string | number | Error>>;

function serve(responses: Responses): InstallOptions["fetch"] {
  return async (url) => {
    const response = responses[url] ?? 404;
    if (response instanceof Error) throw response;
    return typeof response === "number"
      ? new Response("", { status: response })
      : new Response(new Uint8Array(Buffer.from(response)));
  };
}

function release(archive: Buffer, checksum?: string): Responses {
  const hash = createHash("sha256").update(archive).digest("hex");
  return {
    [ARCHIVE]: archive,
    [`${ARCHIVE}.sha256sum`]: checksum ?? `${hash}  helm-v${HELM_VERSION}-linux-amd64.tar.gz\n`,
  };
}

const good = tarball({
  "linux-amd64/LICENSE": "free\n",
  "linux-amd64/helm": "#!/bin/sh\necho helm\n",
  "linux-amd64/README.md": "x",
});

function options(responses: Responses, overrides: Partial<InstallOptions> = {}): InstallOptions {
  return {
    env: { PATH: `${directory}/bin:/usr/bin:/bin` },
    platform: "linux",
    arch: "x64",
    fetch: serve(responses),
    report: (message) => reports.push(message),
    ...overrides,
  };
}

/** A PATH on which `go` is this script, or is not at all. */
async function fakeGo(script: string): Promise<void> {
  await writeFile(join(directory, "bin", "go"), `#!/bin/sh\n[ "$1" = version ] && exit 0\n${script}\n`);
  await chmod(join(directory, "bin", "go"), 0o755);
}

const withoutGo = { env: { PATH: "" } };

describe("installHelm builds with Go", () => {
  test("the pinned version, with its full version linked in, away from the caller's settings", async () => {
    await fakeGo(
      `echo "$@" > ${directory}/args; echo "$GOFLAGS$GOOS$GOWORK" >> ${directory}/args; echo program > $GOBIN/helm`,
    );
    const env = { PATH: `${directory}/bin:/usr/bin:/bin`, GOFLAGS: "-mod=vendor", GOOS: "plan9" };
    const installed = await installHelm(tools, options({}, { env }));
    expect(installed).toEqual({ path: join(tools, `helm-${HELM_VERSION}`, "helm"), how: "built with go" });
    expect(await readFile(installed.path, "utf8")).toBe("program\n");
    expect(await readFile(join(directory, "args"), "utf8")).toBe(
      `install -ldflags -s -w -X helm.sh/helm/v4/internal/version.version=v${HELM_VERSION} helm.sh/helm/v4/cmd/helm@v${HELM_VERSION}\noff\n`,
    );
    expect(reports).toEqual([`building helm ${HELM_VERSION} with go (about 3 minutes, once)`]);
    expect(await readdir(tools)).toEqual([`helm-${HELM_VERSION}`]);
  });

  test("once, when two ask at the same time", async () => {
    await fakeGo(`echo built >> ${directory}/builds; sleep 0.3; echo program > $GOBIN/helm`);
    const both = await Promise.all([installHelm(tools, options({})), installHelm(tools, options({}))]);
    expect(both.map(({ how }) => how).sort()).toEqual(["built with go", "installed by another run"]);
    expect(await readFile(join(directory, "builds"), "utf8")).toBe("built\n");
  });

  test("although a run that died holds the lock", async () => {
    await fakeGo("echo program > $GOBIN/helm");
    await mkdir(tools);
    // Beyond the largest process id of Linux, so nobody's.
    await writeFile(join(tools, `helm-${HELM_VERSION}.lock`), "99999999");
    expect((await installHelm(tools, options({}))).how).toBe("built with go");
  });
});

describe("installHelm downloads", () => {
  test("the official release when Go is missing", async () => {
    const installed = await installHelm(tools, options(release(good), withoutGo));
    expect(installed.how).toBe("downloaded");
    expect(await readFile(installed.path, "utf8")).toBe("#!/bin/sh\necho helm\n");
    expect((await stat(installed.path)).mode & 0o111).toBe(0o111);
    expect(reports).toEqual([`downloading helm ${HELM_VERSION} from https://get.helm.sh (once)`]);
  });

  test("when Go cannot build", async () => {
    await fakeGo("echo 'dial tcp: no route' >&2; exit 1");
    expect((await installHelm(tools, options(release(good)))).how).toBe("downloaded");
  });
});

describe("installHelm refuses", () => {
  test.each<[string, Responses, Partial<InstallOptions>, string]>([
    [
      "a release with another checksum",
      release(good, `${"0".repeat(64)}  helm-v${HELM_VERSION}-linux-amd64.tar.gz`),
      {},
      "does not have its published checksum",
    ],
    [
      "the checksum of another file",
      release(good, `${"0".repeat(64)}  helm-v1.tar.gz`),
      {},
      "sha256sum is no checksum",
    ],
    ["a page instead of a checksum", release(good, "<html>"), {}, "sha256sum is no checksum"],
    ["an archive without Helm", release(tarball({ "linux-amd64/README.md": "x" })), {}, "holds no helm"],
    [
      "a server that does not answer",
      {
        [`${ARCHIVE}.sha256sum`]: new TypeError("fetch failed", {
          cause: new Error("getaddrinfo ENOTFOUND get.helm.sh"),
        }),
      },
      {},
      "the download failed (getaddrinfo ENOTFOUND get.helm.sh)",
    ],
    ["a server that refuses", { [`${ARCHIVE}.sha256sum`]: 403 }, {}, "answered 403"],
    ["a platform without a release", {}, { platform: "win32" }, "no release for win32 x64"],
    ["a processor without a release", {}, { arch: "mips" }, "no release for linux mips"],
  ])("%s", async (_, responses, overrides, what) => {
    await expect(
      installHelm(tools, options(responses, { ...withoutGo, ...overrides })),
    ).rejects.toMatchObject({
      name: "InputError",
      what: expect.stringMatching(/^Helm .* is missing and could not be installed: Go is not installed; /),
      fix: expect.stringContaining(`go install helm.sh/helm/v4/cmd/helm@v${HELM_VERSION}`),
    });
    await expect(installHelm(tools, options(responses, { ...withoutGo, ...overrides }))).rejects.toThrow(
      what,
    );
    expect(await readdir(tools)).toEqual([]);
  });

  test("and names both ways that failed", async () => {
    await fakeGo("echo noise >&2; echo 'go: module lookup disabled' >&2; exit 1");
    await expect(installHelm(tools, options({}))).rejects.toThrow(
      /go could not build it \(go: module lookup disabled\); the download failed \(.*answered 404\)/,
    );
  });
});
