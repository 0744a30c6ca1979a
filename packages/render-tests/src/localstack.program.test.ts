import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { InputError } from "@t495/proof";
import { describeReal } from "../test/describe-real.ts";
import { freePort } from "../test/free-port.ts";
import { askHttp } from "../test/http.ts";
import { findPython, PYTHON_MISSING, type PythonPrograms, pythonPrograms } from "../test/python-programs.ts";
import { Machine } from "../test/real-pod.ts";
import { eventually, type Result, type Running, run, start } from "../test/real-program.ts";
import { renderDataService } from "../test/render-data-service.ts";
import { BUILD_MS } from "../test/tool-cache.ts";

jest.setTimeout(60_000);

const VERSION = "4.14.0";
const setting = (text: string): string => `ml-platform.localstack.${text}`;

/** What LocalStack itself is made of: it needs a newer Python than Debian has. */
const MOTO = "5.1.22";

async function environmentOf(...settings: string[]): Promise<Record<string, string>> {
  const manifests = await renderDataService("localstack", settings.map(setting));
  const deployment = manifests.find("apps", "Deployment", "localstack", "localstack")?.object as unknown as {
    spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
  };
  const [container] = deployment.spec.template.spec.containers;
  return Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
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
    await eventually("Moto answers", answers, server);
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
    const connect = `import boto3\nc = lambda s: boto3.client(s, endpoint_url="http://127.0.0.1:${port}")\n`;
    const account = { AWS_ACCESS_KEY_ID: "notebook", AWS_SECRET_ACCESS_KEY: "notebook" };
    const env = { ...programs.env, ...account, AWS_DEFAULT_REGION: "us-east-1", PATH: process.env.PATH };
    const { stdout, stderr } = await run(python, ["-c", connect + code], { env, unprivileged: true });
    return (stdout + stderr).trim();
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
