import { expect, test } from "@jest/globals";
import { describeReal } from "../test/describe-real.ts";
import { ROOT } from "../test/open-platform.ts";
import { run } from "../test/real-program.ts";

const isThere = (await run("shellcheck", ["--version"])).exitCode === 0;

describeReal(
  "the machine's scripts",
  isThere || undefined,
  "Install ShellCheck: apt-get install shellcheck.",
  () => {
    test.each([
      "preflight.sh",
      "install.sh",
      "reset.sh",
      "restore.sh",
      "common/etc/platform/backup.sh",
      "common/etc/platform/check-copy.sh",
    ])("%s has nothing that ShellCheck warns of", async (script) => {
      const options = ["--external-sources", "--shell=sh", "--source-path=SCRIPTDIR"];
      const { exitCode, stdout } = await run("shellcheck", [...options, `${ROOT}/node/${script}`]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
    });
  },
);
