import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, jest, test } from "@jest/globals";
import { InputError, type ManifestIndex } from "@t495/proof";
import { describeReal } from "../test/describe-real.ts";
import { MC_TRANSFER_STAND_IN } from "../test/mc-transfer-stand-in.ts";
import { findPostgresql } from "../test/postgresql-programs.ts";
import { realDump } from "../test/real-dump.ts";
import { Machine, type Secrets } from "../test/real-pod.ts";
import { handOver, type Result, run } from "../test/real-program.ts";
import { makeImage } from "../test/registry-client.ts";
import { RegistryPod } from "../test/registry-pod.ts";
import { findRegistry, REGISTRY_MISSING } from "../test/registry-program.ts";
import { renderDataService } from "../test/render-data-service.ts";

jest.setTimeout(120_000);
const MISSING =
  "PostgreSQL 18 is not here for a user without privileges, nor python3 with pip to get it: `apt-get install python3-pip`.";
const ON = ["enabled=true", "target.address=nas.home.arpa:9000", "target.path=platform/t495"].map(
  (text) => `data-services.minio.backup.${text}`,
);
const SECRETS: Secrets = {
  "minio-root": { user: "root", password: "rootpassword" },
  "backup-target": { "access-key": "keeper", "secret-key": "keepersecret" },
};
const programs = await findPostgresql("18");
const registry = await findRegistry();

describeReal("the copy off the node, and its drill", programs, MISSING, (directory) => {
  let manifests: ManifestIndex;
  let machine: Machine;
  let store: string;
  let dump: Buffer;

  beforeAll(async () => {
    manifests = await renderDataService("minio", ON);
    dump = await realDump(directory);
  });

  beforeEach(async () => {
    machine = await Machine.create(manifests);
    store = join(machine.directory, "store");
    await write("bin/mc", MC_TRANSFER_STAND_IN, 0o755);
    for (const bucket of ["backups", "mlflow", "notebooks"])
      await mkdir(join(store, "store", bucket), { recursive: true });
    for (let at = 0; at < 50; at++) await write(`store/mlflow/1/run ${at}/model.bin`, `model ${at}`);
    await write("store/notebooks/day.ipynb", "{}");
    await volume("postgresql-backup", "mlflow/20261101T021700Z.dump", "an older one");
    await volume("postgresql-backup", "mlflow/20261124T021700Z.dump", dump);
    await volume("postgresql-backup", "jupyterhub/20261124T021700Z.dump", dump);
    await volume("postgresql-backup", "mlflow/20261124T021700Z.dump.partial", "half");
  });

  afterEach(() => machine.remove());

  const exists = (path: string): Promise<boolean> =>
    access(join(store, path)).then(
      () => true,
      () => false,
    );

  async function write(path: string, content: string | Buffer, mode = 0o644): Promise<void> {
    await mkdir(dirname(join(store, path)), { recursive: true });
    await writeFile(join(store, path), content, { mode });
  }

  async function volume(claim: string, path: string, content: string | Buffer): Promise<void> {
    await mkdir(dirname(join(machine.directory, claim, path)), { recursive: true });
    await writeFile(join(machine.directory, claim, path), content);
  }

  async function container(
    cronJob: string,
    called: string,
    secrets = SECRETS,
    further: Readonly<Record<string, string>> = {},
  ): Promise<Result> {
    const { command, env } = await machine.container("CronJob", cronJob, secrets, called);
    await handOver(machine.directory);
    const [program = "", ...args] = command;
    return run(program, args, {
      env: {
        ...env,
        STORE: store,
        EXPECTED_STORE: "http://root:rootpassword@minio:9000",
        EXPECTED_TARGET: "https://keeper:keepersecret@nas.home.arpa:9000",
        ...further,
        PATH: [join(store, "bin"), directory, process.env.PATH ?? ""].join(delimiter),
      },
      unprivileged: true,
    });
  }

  const backup = (secrets?: Secrets): Promise<Result> => container("minio-backup", "backup", secrets);
  const atTarget = (path: string): Promise<Buffer> => readFile(join(store, "target/platform/t495", path));

  async function drill(further: Readonly<Record<string, string>> = {}): Promise<Result> {
    await rm(join(machine.directory, "scratch"), { recursive: true, force: true });
    const fetched = await container("minio-drill", "fetch", SECRETS, further);
    return fetched.exitCode === 0 ? container("minio-drill", "verify", SECRETS, further) : fetched;
  }

  test("copies buckets and dumps, and again only what differs; no key is an argument", async () => {
    expect(await backup()).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await atTarget("minio/mlflow/1/run 7/model.bin")).toString()).toBe("model 7");
    expect(await atTarget("postgresql/mlflow/20261124T021700Z.dump")).toEqual(dump);
    expect((await readdir(join(store, "target/platform/t495/postgresql/mlflow"))).sort()).toEqual([
      "20261101T021700Z.dump",
      "20261124T021700Z.dump",
    ]);
    // What is deleted here stays there.
    await rm(join(store, "store/mlflow/1/run 7"), { recursive: true });
    expect(await backup()).toMatchObject({ exitCode: 0 });
    expect(await exists("target/platform/t495/minio/mlflow/1/run 7/model.bin")).toBe(true);
    expect(await readFile(join(store, "calls"), "utf8")).not.toMatch(/secret|rootpassword/);
  });

  test("a part that fails is told, and does not keep the others", async () => {
    await write("fails", "target/platform/t495/minio/mlflow");
    const { exitCode, stderr } = await backup();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/FAILED: minio\/mlflow was not copied whole/);
    expect(await exists("target/platform/t495/postgresql/mlflow/20261124T021700Z.dump")).toBe(true);
  });

  test("without the target's keys it says which Secret to make", async () => {
    const { exitCode, stderr } = await backup({
      ...SECRETS,
      "backup-target": { "access-key": "", "secret-key": "" },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/target\/access-key is missing.*create secret generic backup-target/);
  });

  test("the drill gets a sample of each bucket and every newest dump back", async () => {
    await backup();
    const { exitCode, stdout, stderr } = await drill();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    // 17 of 50: every third.
    expect(stdout).toMatch(/drill: 18 objects, the dumps of jupyterhub mlflow and 0 blobs came back/);
    expect(await readdir(join(machine.directory, "scratch/postgresql"))).toEqual([
      "jupyterhub.dump",
      "mlflow.dump",
    ]);
  });

  test("the drill finds an object that was lost or changed at the target, and an unreadable dump", async () => {
    await backup();
    await rm(join(store, "target/platform/t495/minio/notebooks/day.ipynb"));
    expect(await drill()).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/notebooks\/day\.ipynb cannot be fetched/),
    });
    await write("target/platform/t495/minio/notebooks/day.ipynb", "{ }");
    await write(
      "target/platform/t495/postgresql/mlflow/20261124T021700Z.dump",
      dump.subarray(0, dump.length / 2),
    );
    const { exitCode, stderr } = await drill();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/notebooks\/day\.ipynb differs/);
    expect(stderr).toMatch(/mlflow: the newest dump at the target cannot be read/);
    await rm(join(store, "target/platform/t495/postgresql/jupyterhub"), { recursive: true });
    expect((await drill()).stderr).toMatch(/jupyterhub: there is no dump at the target/);
  });

  test("the drill does not pass when it had nothing to compare, nor when the target cannot be listed", async () => {
    await backup();
    await write("fails", "target/platform/t495/registry/blobs");
    expect((await drill()).stderr).toMatch(/registry\/blobs cannot be listed: .*connection reset/);
    await write("fails", "");
    await rm(join(store, "store"), { recursive: true });
    for (const bucket of ["backups", "mlflow", "notebooks"])
      await mkdir(join(store, "store", bucket), { recursive: true });
    expect(await drill()).toMatchObject({ exitCode: 0 });
    expect((await drill({ DATABASES: "" })).stderr).toMatch(/nothing was there to be fetched/);
  });

  test("the drill does not pass when every blob is gone at the target, and does for a registry without any", async () => {
    await volume("registry", "docker/registry/v2/blobs/sha256/ab/abc/data", "a manifest");
    await volume("registry", "docker/registry/v2/repositories/a/_layers/x/link", "sha256:abc");
    await backup();
    await rm(join(store, "target/platform/t495/registry/blobs"), { recursive: true });
    expect(await drill()).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/the registry has images, and there is no blob of them at the target/),
    });
    await rm(join(machine.directory, "registry/docker/registry/v2/blobs"), { recursive: true });
    expect(await drill()).toMatchObject({ exitCode: 0 });
  });

  test("runs as the user that may read the dumps, and changes nothing on the volumes of others", async () => {
    const dumps = await renderDataService("postgresql");
    const podOf = (from: ManifestIndex, name: string): PodSpec => {
      const found = from.find("batch", "CronJob", "data", name)?.object;
      return (found as unknown as CronJob).spec.jobTemplate.spec.template.spec;
    };
    const pod = podOf(manifests, "minio-backup");
    const { runAsUser, runAsGroup } = podOf(dumps, "postgresql-backup").securityContext;
    expect(pod.securityContext).toMatchObject({ runAsUser, runAsGroup });
    const claims = ({ volumes }: PodSpec) => volumes.flatMap((volume) => volume.persistentVolumeClaim ?? []);
    const readOnly = (claimName: string) => ({ claimName, readOnly: true });
    expect(claims(pod)).toEqual(expect.arrayContaining(["postgresql-backup", "registry"].map(readOnly)));
    expect(claims(podOf(manifests, "minio-drill"))).toEqual([readOnly("registry")]);
  });

  test("is refused without a target", async () => {
    const refused = renderDataService("minio", ["data-services.minio.backup.enabled=true"]);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(/target\.address is empty/);
  });

  describeReal("with the real registry", registry, REGISTRY_MISSING, (tools) => {
    let pod: RegistryPod;

    beforeEach(async () => {
      pod = await RegistryPod.create(await renderDataService("registry"), tools);
      await pod.serve();
    });

    afterEach(() => pod.remove());

    test("images are pulled from a registry that was made of the copy, and a spoilt blob is found", async () => {
      const image = makeImage();
      expect(await pod.client.pushImage("models/first", "v1", image)).toBe(201);
      await run("cp", ["-a", pod.data, join(machine.directory, "registry")]);
      expect(await backup()).toMatchObject({ exitCode: 0, stderr: "" });
      expect((await drill()).stdout).toMatch(/and 3 blobs came back/);

      const restored = await RegistryPod.create(await renderDataService("registry"), tools);
      await run("mkdir", ["-p", join(restored.data, "docker/registry")]);
      await run("cp", [
        "-r",
        join(store, "target/platform/t495/registry"),
        join(restored.data, "docker/registry/v2"),
      ]);
      await handOver(restored.data);
      await restored.serve();
      expect(await restored.client.pulls("models/first", image)).toBe(true);
      await restored.remove();

      const digest = createHash("sha256").update(image.layer).digest("hex");
      await write(
        `target/platform/t495/registry/blobs/sha256/${digest.slice(0, 2)}/${digest}/data`,
        randomUUID(),
      );
      expect((await drill()).stderr).toMatch(new RegExp(`blob ${digest} has another content`));
    });
  });
});

interface PodSpec {
  readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number };
  readonly volumes: readonly { readonly persistentVolumeClaim?: object }[];
}

interface CronJob {
  readonly spec: {
    readonly jobTemplate: { readonly spec: { readonly template: { readonly spec: PodSpec } } };
  };
}
