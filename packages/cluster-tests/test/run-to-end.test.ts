import { expect, test } from "@jest/globals";
import { runToEnd } from "./run-to-end.ts";

const run = (program: string) => runToEnd(process.execPath, ["-e", program], { maxBuffer: 1024 });

test.each([0, 1, 2])("an exit code of %i is the program's verdict", async (exitCode) => {
  const program = `console.log("out"); console.error("err"); process.exitCode = ${exitCode}`;
  expect(await run(program)).toEqual({ exitCode, stdout: "out\n", stderr: "err\n" });
});

test("a program without a verdict has not passed", async () => {
  await expect(run("process.kill(process.pid, 'SIGKILL')")).rejects.toMatchObject({ signal: "SIGKILL" });
  await expect(run("console.log('x'.repeat(4096))")).rejects.toMatchObject({
    code: "ERR_CHILD_PROCESS_STDIO_MAXBUFFER",
  });
  await expect(runToEnd("/nowhere/program", [], {})).rejects.toMatchObject({ code: "ENOENT" });
});
