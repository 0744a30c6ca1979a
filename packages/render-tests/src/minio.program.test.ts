import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { InputError, type ManifestIndex } from "@t495/proof";
import { MC_STAND_IN } from "../test/mc-stand-in.ts";
import { type Container, Machine, type Secrets } from "../test/real-pod.ts";
import { handOver, type Result, run } from "../test/real-program.ts";
import { renderDataService } from "../test/render-data-service.ts";

const SECRETS: Secrets = {
  "minio-root": { user: "root", password: "rootpassword" },
  "minio-backups": { "access-key": "backups", "secret-key": "backupssecret" },
  "minio-scratch": { "access-key": "scratch", "secret-key": "scratchsecret" },
  "minio-mlflow": { "access-key": "mlflow", "secret-key": "mlflowsecret" },
  "minio-notebooks": { "access-key": "notebooks", "secret-key": "notebookssecret" },
};
/** A bucket without versions, which the defaults have none of. */
const SCRATCH = ["enabled=true", "versioning=false", "noncurrentDays=0"].map(
  (text) => `data-services.minio.buckets.scratch.${text}`,
);
const HOST = "http://root:rootpassword@minio:9000";

let manifests: ManifestIndex;
let machine: Machine;
let container: Container;
let store: string;

beforeAll(async () => {
  manifests = await renderDataService("minio", SCRATCH);
});

beforeEach(async () => {
  machine = await Machine.create(manifests);
  container = await machine.container("Job", "minio-provision", SECRETS);
  store = join(machine.directory, "store");
  for (const folder of ["buckets", "users", "policies", "bin"]) {
    await mkdir(join(store, folder), { recursive: true });
  }
  await writeFile(join(store, "bin/mc"), MC_STAND_IN, { mode: 0o755 });
  // The script must not take time to wait for what is down only twice.
  await writeFile(join(store, "bin/sleep"), "#!/bin/sh\n", { mode: 0o755 });
  await handOver(machine.directory);
});

afterEach(async () => {
  await machine.remove();
});

async function provision(env: Record<string, string> = {}): Promise<Result> {
  const [program = "", ...args] = container.command;
  return run(program, args, {
    env: {
      ...container.env,
      STORE: store,
      EXPECTED_HOST: HOST,
      PATH: [join(store, "bin"), process.env.PATH ?? ""].join(delimiter),
      ...env,
    },
    unprivileged: true,
  });
}

const inStore = (file: string): Promise<string> => readFile(join(store, file), "utf8");

/** Every file of the store by name, without the record of calls. */
async function state(): Promise<Map<string, string>> {
  const names = await readdir(store, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile() && entry.name !== "calls");
  return new Map(
    await Promise.all(
      files.map(async ({ parentPath, name }): Promise<[string, string]> => {
        const file = join(parentPath, name);
        return [file.slice(store.length + 1), await readFile(file, "utf8")];
      }),
    ),
  );
}

describe("provisioning", () => {
  test("makes each bucket, its user and a policy of its own", async () => {
    const { exitCode, stdout } = await provision();
    expect(exitCode).toBe(0);
    expect(stdout.match(/is ready/g)).toHaveLength(4);
    expect((await readdir(join(store, "buckets"))).sort()).toEqual([
      "backups",
      "mlflow",
      "notebooks",
      "scratch",
    ]);
    for (const bucket of ["backups", "mlflow", "scratch"]) {
      expect(await inStore(`users/${bucket}`)).toBe(`${bucket}secret\n`);
      expect(await inStore(`users/${bucket}.policy`)).toBe(`platform-${bucket}\n`);
    }
    expect((await readdir(join(store, "buckets/mlflow"))).sort()).toEqual([".lifecycle", ".versioning"]);
    expect(await readdir(join(store, "buckets/scratch"))).toEqual([]);
  });

  test("run again, it changes nothing", async () => {
    await provision();
    const before = await state();
    expect((await provision()).exitCode).toBe(0);
    expect(await state()).toEqual(before);
  });

  test("leaves what is already there: objects, and buckets and users of the owner", async () => {
    await mkdir(join(store, "buckets/mlflow"), { recursive: true });
    await mkdir(join(store, "buckets/photos"));
    await writeFile(join(store, "buckets/mlflow/model"), "weights");
    await writeFile(join(store, "buckets/photos/cat"), "meow");
    await writeFile(join(store, "users/owner"), "secret");
    await handOver(store);
    expect((await provision()).exitCode).toBe(0);
    expect(await inStore("buckets/mlflow/model")).toBe("weights");
    expect(await inStore("buckets/photos/cat")).toBe("meow");
    expect(await inStore("users/owner")).toBe("secret");
    expect(await inStore("calls")).not.toMatch(/\b(rb|rm|remove|delete|detach|disable)\b/);
  });

  test("gives a user the secret of a rotated Secret", async () => {
    await provision();
    await writeFile(container.host("/etc/minio/credentials/mlflow/secret-key"), "rotated");
    expect((await provision()).exitCode).toBe(0);
    expect(await inStore("users/mlflow")).toBe("rotated\n");
    expect(await inStore("users/scratch")).toBe("scratchsecret\n");
  });

  test("names no secret in an argument or a message", async () => {
    const { stdout, stderr } = await provision();
    const secrets = Object.values(SECRETS).flatMap((keys) => [keys.password, keys["secret-key"]]);
    const seen = (await inStore("calls")) + stdout + stderr;
    expect(secrets.filter((secret) => secret !== undefined && seen.includes(secret))).toEqual([]);
  });

  test("waits for a server that is not up yet", async () => {
    await writeFile(join(store, "down"), "1\n2\n3\n");
    await handOver(store);
    expect((await provision()).exitCode).toBe(0);
    expect((await inStore("calls")).match(/^admin info store$/gm)).toHaveLength(4);
  });

  test("gives up on a server that does not come, and says why", async () => {
    const { exitCode, stderr } = await provision({ EXPECTED_HOST: "http://root:other@minio:9000" });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("minio:9000 did not answer within 120 s: mc: <ERROR> Access Denied.");
    expect(await readdir(join(store, "buckets"))).toEqual([]);
  });

  test.each([
    "mb --ignore-existing store/scratch",
    "version enable store/mlflow",
    "ilm rule import store/backups",
    "admin user add store",
    "admin policy attach store platform-mlflow --user mlflow",
  ])("fails when `mc %s` fails, and completes the next time", async (call) => {
    await writeFile(join(store, "fails"), `${call}\n`);
    await handOver(store);
    const { exitCode, stderr } = await provision();
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(`${call} failed`);
    await rm(join(store, "fails"));
    expect((await provision()).exitCode).toBe(0);
    expect(await inStore("users/mlflow.policy")).toBe("platform-mlflow\n");
  });

  test("fails before it does anything when a credential is missing", async () => {
    await rm(container.host("/etc/minio/credentials/root/password"));
    const { exitCode, stderr } = await provision();
    expect(exitCode).toBe(1);
    expect(stderr).toContain("root/password is missing or empty");
    expect(await readdir(store)).not.toContain("calls");
  });

  test("writes nothing but in /tmp", async () => {
    const configuration = container.host("/etc/minio/provision");
    await chmod(configuration, 0o555);
    const before = await readdir(configuration);
    expect((await provision()).exitCode).toBe(0);
    expect(await readdir(configuration)).toEqual(before);
  });
});

interface Policy {
  readonly Version: string;
  readonly Statement: readonly { Effect: string; Action: readonly string[]; Resource: readonly string[] }[];
}

interface Lifecycle {
  readonly Rules: readonly { Status: string; NoncurrentVersionExpiration?: { NoncurrentDays: number } }[];
}

describe("what a bucket's user may do", () => {
  test.each(["backups", "mlflow", "scratch"])("in %s: use its objects and nothing else", async (bucket) => {
    const policy = JSON.parse(configMap(manifests)[`${bucket}.policy.json`] ?? "") as Policy;
    expect(policy.Version).toBe("2012-10-17");
    for (const { Effect, Action, Resource } of policy.Statement) {
      expect(Effect).toBe("Allow");
      expect(Action.join()).not.toContain("*");
      const ofObjects = Action.some((action) => /Object|MultipartUpload(Parts)?$/.test(action));
      expect(Resource).toEqual([`arn:aws:s3:::${bucket}${ofObjects ? "/*" : ""}`]);
    }
    const actions = policy.Statement.flatMap(({ Action }) => Action);
    // What boto3 and multipart uploads call.
    for (const needed of ["ListBucket", "GetObject", "PutObject", "DeleteObject", "AbortMultipartUpload"]) {
      expect(actions).toContain(`s3:${needed}`);
    }
    // What would make an overwritten object unrecoverable, or open the bucket to others.
    const forbidden = /Version|Policy|Lifecycle|CreateBucket|DeleteBucket|ListAllMyBuckets|Acl|^admin:/;
    expect(actions.filter((action) => forbidden.test(action))).toEqual([]);
  });

  test("old versions stay as long as the values say, where there are versions", () => {
    const days = (bucket: string): number | undefined => {
      const text = configMap(manifests)[`${bucket}.lifecycle.json`];
      const lifecycle = text === undefined ? undefined : (JSON.parse(text) as Lifecycle);
      return lifecycle?.Rules[0]?.NoncurrentVersionExpiration?.NoncurrentDays;
    };
    expect({ backups: days("backups"), mlflow: days("mlflow"), scratch: days("scratch") }).toEqual({
      backups: 30,
      mlflow: 14,
      scratch: undefined,
    });
  });
});

describe("what follows from a value", () => {
  const setting = (text: string): string => `data-services.minio.${text}`;

  test("the memory limit decides Go's limit and how many requests run at once", async () => {
    const before = environment(manifests);
    const after = environment(await renderDataService("minio", [setting("resources.limits.memory=1Gi")]));
    expect([before.GOMEMLIMIT, before.MINIO_API_REQUESTS_MAX]).toEqual(["1587MiB", "62"]);
    expect([after.GOMEMLIMIT, after.MINIO_API_REQUESTS_MAX]).toEqual(["819MiB", "32"]);
    // Zero would let the server choose.
    const least = [setting("resources.limits.memory=512Mi"), setting("mebibytesPerRequest=1024")];
    expect(environment(await renderDataService("minio", least)).MINIO_API_REQUESTS_MAX).toBe("1");
  });

  test("another content is another Job, the same content the same", async () => {
    const nameOf = (rendered: ManifestIndex): string | undefined => rendered.filter({ kind: "Job" })[0]?.name;
    const [again, changed] = await Promise.all([
      renderDataService("minio", SCRATCH),
      renderDataService("minio", [...SCRATCH, setting("buckets.mlflow.noncurrentDays=3")]),
    ]);
    expect(nameOf(again)).toBe(nameOf(manifests));
    expect(nameOf(changed)).not.toBe(nameOf(manifests));
  });

  test.each([
    ["a bucket's name that S3 does not know", "buckets.My_Bucket.versioning=true", /My_Bucket/],
    ["days for versions that are not kept", "buckets.backups.versioning=false", /backups/],
    ["versions that are kept for ever", "buckets.mlflow.noncurrentDays=0", /mlflow/],
    ["a misspelt key", "scanerSpeed=slow", /scanerSpeed/],
    ["a limit too small to run", "resources.limits.memory=20Mi", /minio\.resources\.limits\.memory is 20Mi/],
    ["a volume too small to write to", "storage.size=1Mi", /minio\.storage\.size is 1Mi, at least 2Gi/],
    ["an absence that the plan does not know of", "buckets.mlflow=null", /mlflow/],
    ["a limit that nothing can be derived from", "resources.limits.memory=2G", /memory/],
  ])("refuses %s", async (_what, change, message) => {
    const refused = renderDataService("minio", [setting(change)]);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });
});

function configMap(rendered: ManifestIndex): Readonly<Record<string, string>> {
  return rendered.find("", "ConfigMap", "data", "minio-provision")?.object.data as Record<string, string>;
}

function environment(rendered: ManifestIndex): Record<string, string> {
  const object = rendered.find("apps", "StatefulSet", "data", "minio")?.object as unknown as {
    spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
  };
  const env = object.spec.template.spec.containers[0]?.env ?? [];
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}
