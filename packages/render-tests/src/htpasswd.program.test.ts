import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import {
  CreateSecretsJob,
  findJobTools,
  JOB_TOOLS_MISSING,
  renderFoundation,
} from "../test/create-secrets-job.ts";
import { describeReal } from "../test/describe-real.ts";
import { run } from "../test/real-program.ts";

const tools = await findJobTools();
jest.setTimeout(60_000);

describeReal("bcrypt in Python", tools, JOB_TOOLS_MISSING, (programs) => {
  let job: CreateSecretsJob;

  beforeAll(async () => {
    job = await CreateSecretsJob.create(await renderFoundation(), programs);
  });
  afterAll(async () => job?.remove());

  // The first, third and fourth are from Openwall's crypt_blowfish; all agree with PyPI's bcrypt 5.0.0.
  test.each([
    ["U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"],
    ["", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"],
    ["U*U*U", "$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"],
    [
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
      "$2y$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
    ],
    ["über €", "$2y$06$/OK.fbVrR/bpIqNJ5ianF.U7bfJ.mFGJRqZR7SU/nO0uR8EUpoJCO"],
    ["Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3", "$2y$04$......................FvmigldCwlHoyq3Ntrh7PTOlEo0lIT6"],
  ])("hashes %j like bcrypt", async (secret, hash) => {
    const program = [
      "import sys; sys.path.insert(0, sys.argv[1]); import htpasswd",
      "_, _, cost, rest = sys.argv[3].split('$')",
      "bits = sum(htpasswd.ALPHABET.index(sign) << 6 * (21 - place) for place, sign in enumerate(rest[:22]))",
      "print(htpasswd.bcrypt(sys.argv[2].encode(), (bits >> 4).to_bytes(16, 'big'), int(cost)))",
    ].join("\n");
    const { stdout, stderr } = await run(programs.python, ["-B", "-c", program, job.file(""), secret, hash]);
    expect(stderr).toBe("");
    expect(stdout.trim()).toBe(hash);
  });

  test.each([
    ["an empty password", "clerk", ""],
    ["a password that bcrypt would cut", "clerk", "x".repeat(73)],
    ["a user name that would end early", "a:b", "secret"],
  ])("makes no line for %s", async (_what, user, password) => {
    const program =
      "import sys; sys.path.insert(0, sys.argv[1]); import htpasswd; htpasswd.line(*sys.argv[2:], 4)";
    const { exitCode, stderr } = await run(programs.python, [
      "-B",
      "-c",
      program,
      job.file(""),
      user,
      password,
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/ValueError: /);
  });
});
