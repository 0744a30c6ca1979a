import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  bytes,
  formatAmount,
  formatCpu,
  formatMemory,
  formatQuantity,
  milliCpu,
  parseQuantity,
  writeAmount,
} from "./quantity.ts";

describe("parseQuantity", () => {
  test.each([
    ["1Ki", 1024_000n],
    ["1.5Gi", 1610612736_000n],
    ["1G", 1000000000_000n],
    ["250m", 250n],
    ["0.1m", 1n],
    ["-0.1m", -1n],
    ["1e3", 1000_000n],
    ["1E", 10n ** 21n],
    [".5", 500n],
    [0.5, 500n],
    [2, 2000n],
    [1e21, 10n ** 24n],
    ["9Ei", (2n ** 63n - 1n) * 1000n],
  ])("%s", (text, amount) => {
    expect(parseQuantity(text)).toBe(amount);
  });

  test.each([
    "",
    "1GB",
    "1 Gi",
    "1,5Gi",
    "0x10",
    "1e999999999",
    "Infinity",
    Number.NaN,
    Number.POSITIVE_INFINITY,
    null,
    true,
    [],
    {},
    undefined,
  ])("refuses %p", (value) => {
    expect(parseQuantity(value)).toBeUndefined();
  });

  test("reads back what it writes, in both forms", () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 20n), 10n ** 20n),
        fc.constantFrom("binary", "decimal"),
        (amount, format) => {
          expect(parseQuantity(formatQuantity(amount, format))).toBe(amount);
        },
      ),
    );
  });

  test("never writes a decimal point, and the same text for the same amount", () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom("", "m", "Ki", "Mi", "M", "G"), (number, suffix) => {
        const amount = parseQuantity(`${number}${suffix}`) ?? 0n;
        const text = formatQuantity(amount, "binary");
        expect(text).not.toContain(".");
        expect(formatQuantity(parseQuantity(text) ?? 0n, "binary")).toBe(text);
      }),
    );
  });

  test("orders texts as their numbers", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat(),
        fc.constantFrom("", "m", "u", "n", "Ki", "Gi", "e3"),
        (a, b, suffix) => {
          const [less, more] = a < b ? [a, b] : [b, a];
          expect((parseQuantity(`${less}${suffix}`) ?? 0n) <= (parseQuantity(`${more}${suffix}`) ?? 0n)).toBe(
            true,
          );
        },
      ),
    );
  });
});

describe("formatting for people", () => {
  test.each([
    ["1536Mi", "1.5 Gi"],
    ["37824Mi", "37824 Mi"],
    ["15Gi", "15 Gi"],
    ["2.25Gi", "2.25 Gi"],
    ["640Mi", "640 Mi"],
    ["1500", "1500 B"],
    ["0", "0 B"],
    ["-1Gi", "−1 Gi"],
  ])("memory %s", (text, expected) => {
    expect(formatMemory(parseQuantity(text) ?? 0n)).toBe(expected);
  });

  test("CPU", () => {
    expect(["250m", "2", "1500m", "0"].map((text) => formatCpu(parseQuantity(text) ?? 0n))).toEqual([
      "250m",
      "2",
      "1500m",
      "0",
    ]);
  });

  test("the unit follows from the resource", () => {
    const gibi = parseQuantity("1Gi") ?? 0n;
    expect(
      ["limits.memory", "requests.storage", "fast.storageclass.storage.k8s.io/requests.storage"].map((name) =>
        formatAmount(name, gibi),
      ),
    ).toEqual(["1 Gi", "1 Gi", "1 Gi"]);
    expect([formatAmount("requests.cpu", 500n), formatAmount("pods", 3000n)]).toEqual(["500m", "3"]);
    expect([writeAmount("limits.memory", gibi), writeAmount("pods", 3000n)]).toEqual(["1Gi", "3"]);
  });

  test("whole bytes are rounded up", () => {
    expect([bytes(1n), bytes(1000n), bytes(1001n), milliCpu(1500n)]).toEqual([1, 1, 2, 1500]);
  });
});
