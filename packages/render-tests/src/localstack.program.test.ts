import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { InputError } from "@t495/proof";
import { describeReal } from "../test/describe-real.ts";
import { freePort } from "../test/free-port.ts";
import { askHttp } from "../test/http.ts";
import { findPython, PYTHON_MISSING, type PythonPrograms, pythonPrograms } from "../test/python-programs.ts";
import { type Container, Machine } from "../test/real-pod.ts";
import { eventually, handOver, type Result, type Running, run, start } from "../test/real-program.ts";
import { renderDataService } from "../test/render-data-service.ts";
import { BUILD_MS } from "../test/tool-cache.ts";

jest.setTimeout(60_000);

const VERSION = "4.14.0";
const setting = (text: string): string => `ml-platform.localstack.${text}`;

/** What LocalStack itself is made of. */
const MOTO = "5.1.22";

/** What of LocalStack these services need, and libraries as they were at its release. */
const LOCALSTACK = [
  `localstack-core[base-runtime]==${VERSION}`,
  `moto-ext[s3,sqs,sns]==${MOTO}`,
  "cbor2==5.8.0",
  "pyopenssl==25.3.0",
  "service_identity==24.2.0",
];
const LOCALSTACK_PYTHON = 12;
const LOCALSTACK_MISSING = `LocalStack ${VERSION} needs Python 3.${LOCALSTACK_PYTHON} or newer with pip, as a user without privileges can run it.`;

async function environmentOf(...settings: string[]): Promise<Record<string, string>> {
  const manifests = await renderDataService("localstack", settings.map(setting));
  const deployment = manifests.find("apps", "Deployment", "localstack", "localstack")?.object as unknown as {
    spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
  };
  const [container] = deployment.spec.template.spec.containers;
  return Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
}

/** What a notebook's lines print; `c` makes a client of a service. */
async function askServices(
  { python, env: packages }: PythonPrograms,
  port: number,
  code: string,
): Promise<string> {
  const connect = `import boto3\nc = lambda s: boto3.client(s, endpoint_url="http://127.0.0.1:${port}")\n`;
  const account = { AWS_ACCESS_KEY_ID: "notebook", AWS_SECRET_ACCESS_KEY: "notebook" };
  const env = { ...packages, ...account, AWS_DEFAULT_REGION: "us-east-1", PATH: process.env.PATH };
  const { stdout, stderr } = await run(python, ["-c", connect + code], { env, unprivileged: true });
  return (stdout + stderr).trim();
}

describe("what is rendered", () => {
  test("the program that is tested is the one that is deployed", async () => {
    const manifests = await renderDataService("localstack");
    const deployment = manifests.find("apps", "Deployment", "localstack", "localstack")?.object;
    expect(JSON.stringify(deployment)).toContain(`docker.io/localstack/localstack:${VERSION}@`);
  });

  test("the heap of DynamoDB follows the memory limit", async () => {
    expect((await environmentOf()).DYNAMODB_HEAP_SIZE).toBe("268m");
    expect((await environmentOf("resources.limits.memory=768Mi")).DYNAMODB_HEAP_SIZE).toBe("115m");
  });

  test.each([
    ["a seed for a service that is off", "services={sqs,sns}", /seed.buckets needs the service s3/],
    ["a service that needs a Docker daemon", "services={s3,sqs,sns,lambda}", /services/],
    ["a bucket's name that S3 refuses", "seed.buckets={My_Bucket}", /buckets/],
  ])("refuses %s", async (_what, change, message) => {
    const refused = renderDataService("localstack", [setting(change)]);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });
});

describeReal("LocalStack itself", await findPython(LOCALSTACK_PYTHON), LOCALSTACK_MISSING, (python) => {
  let programs: PythonPrograms;
  let machine: Machine;
  let container: Container;
  let server: Running;
  let port: number;

  beforeAll(async () => {
    programs = await pythonPrograms(python, `localstack-${VERSION}`, LOCALSTACK);
    port = await freePort();
    machine = await Machine.create(await renderDataService("localstack", [setting(`port=${port}`)]));
    container = await machine.container("Deployment", "localstack", {});
    // Outside a container it has the same tree below a folder.
    const init = join(machine.directory, "etc/localstack/init");
    await mkdir(init, { recursive: true });
    await symlink(container.host("/etc/localstack/init/ready.d"), join(init, "ready.d"));
    await handOver(machine.directory);
    const [, ...args] = container.command;
    const own = { OVERRIDE_IN_DOCKER: "0", FILESYSTEM_ROOT: machine.directory, HOME: machine.directory };
    const env = { ...container.env, ...programs.env, ...own, PATH: process.env.PATH };
    server = start(python, args, { env, unprivileged: true });
    await eventually(
      "it is ready",
      async () => (await about("init"))?.completed?.READY === true,
      server,
      120,
    );
  }, BUILD_MS);

  afterAll(async () => {
    server?.signal("SIGKILL");
    await server?.ended;
    await machine?.remove();
  });

  /** What it says of itself. */
  async function about(topic: string): Promise<Record<string, Record<string, unknown>> | undefined> {
    const answer = await askHttp({ port, path: `/_localstack/${topic}` }).catch(() => undefined);
    return answer?.status === 200 ? JSON.parse(answer.text) : undefined;
  }

  async function ask(code: string): Promise<string> {
    return askServices(programs, port, code);
  }

  test("looks for what it runs where the pod mounts it", async () => {
    const env = { ...container.env, ...programs.env, PATH: process.env.PATH, HOME: machine.directory };
    const code = "from localstack import config; print(config.dirs.init, config.dirs.cache)";
    const { stdout } = await run(python, ["-c", code], { env, unprivileged: true });
    expect(stdout.trim()).toBe("/etc/localstack/init /var/lib/localstack/cache");
  });

  test("runs the seed once it is ready", async () => {
    expect(await about("init")).toMatchObject({
      scripts: [{ stage: "READY", name: "seed.py", state: "SUCCESSFUL" }],
    });
    expect(server.stdout()).toContain("seeded 1 buckets, 1 queues, 1 topics");
    expect(await ask('print([b["Name"] for b in c("s3").list_buckets()["Buckets"]])')).toBe("['examples']");
    expect(await ask('print(c("sns").list_topics()["Topics"][0]["TopicArn"])')).toMatch(/:examples$/);
  });

  test("hands out addresses that a notebook reaches", async () => {
    expect(await ask('print(c("sqs").list_queues()["QueueUrls"][0])')).toContain(
      `localstack.localstack.svc:${port}/`,
    );
  });

  test("offers what the values list, what DynamoDB brings along, and no more", async () => {
    const listed = container.env.SERVICES?.split(",") ?? [];
    expect(listed).toContain("dynamodb");
    const services = (await about("health"))?.services ?? {};
    const offered = Object.keys(services).filter((name) => services[name] !== "disabled");
    expect(offered.sort()).toEqual([...listed, "dynamodbstreams", "kinesis", "lambda"].sort());
    expect(await ask('c("stepfunctions").list_state_machines()')).toMatch(/not enabled/);
  });
});

describeReal("the seed, on the services of Moto", await findPython(), PYTHON_MISSING, (python) => {
  let programs: PythonPrograms;
  let machine: Machine;
  let server: Running;
  let port: number;

  beforeAll(async () => {
    programs = await pythonPrograms(python, `moto-${MOTO}`, [`moto[server,s3,sqs,sns]==${MOTO}`]);
    port = await freePort();
    machine = await Machine.create(await renderDataService("localstack", [setting(`port=${port}`)]));
    const serve = ["-m", "moto.server", "--host", "127.0.0.1", "--port", String(port)];
    server = start(python, serve, {
      env: { ...programs.env, PATH: process.env.PATH, HOME: machine.directory },
      unprivileged: true,
    });
    const answers = async (): Promise<boolean> =>
      (await askHttp({ port, path: "/moto-api/" }).catch(() => undefined))?.status === 200;
    await eventually("Moto answers", answers, server, 120);
  }, BUILD_MS);

  afterAll(async () => {
    server?.signal("SIGKILL");
    await server?.ended;
    await machine?.remove();
  });

  /** As LocalStack runs what is in ready.d, with the variables of its container. */
  async function seed(): Promise<Result> {
    const container = await machine.container("Deployment", "localstack", {});
    const script = join(container.host("/etc/localstack/init/ready.d"), "seed.py");
    const env = { ...container.env, ...programs.env, PATH: process.env.PATH };
    return run(python, [script], { env, unprivileged: true });
  }

  async function ask(code: string): Promise<string> {
    return askServices(programs, port, code);
  }

  test("makes what the values list", async () => {
    expect(await seed()).toEqual({
      exitCode: 0,
      stdout: "seeded 1 buckets, 1 queues, 1 topics\n",
      stderr: "",
    });
    expect(await ask('print([b["Name"] for b in c("s3").list_buckets()["Buckets"]])')).toBe("['examples']");
    expect(await ask('print(c("sqs").list_queues()["QueueUrls"])')).toMatch(/\/examples'\]$/);
    expect(await ask('print(c("sns").list_topics()["Topics"][0]["TopicArn"])')).toMatch(/:examples$/);
  });

  test("leaves what is there, and what is in it", async () => {
    await ask('c("s3").put_object(Bucket="examples", Key="kept", Body=b"x")');
    expect(await seed()).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await ask('print(c("s3").list_objects_v2(Bucket="examples")["KeyCount"])')).toBe("1");
  });
});
