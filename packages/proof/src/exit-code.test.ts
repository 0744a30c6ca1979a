import { expect, test } from "@jest/globals";
import { exitCodeOf } from "./exit-code.ts";
import type { Finding } from "./proof.ts";

const finding = (severity: Finding["severity"]): Finding => ({
  rule: "quota-fits",
  code: "over",
  severity,
  message: "",
  object: null,
  chart: null,
  template: null,
  source: null,
  path: null,
  actual: null,
  limit: null,
  fix: "",
});

test.each([
  ["nothing found", [], 0],
  ["warnings only", [finding("warning"), finding("warning")], 0],
  ["an error", [finding("error")], 1],
  ["an error after warnings", [finding("warning"), finding("error")], 1],
])("%s", (_title, findings, code) => {
  expect(exitCodeOf({ findings })).toBe(code);
});
