import { describe, expect, test } from "@jest/globals";
import { addressesOf, describeAddresses, INTERNET, ROUTABLE_INTERNET } from "./address-set.ts";
import { covers } from "./interval-set.ts";

const of = (text: string) => addressesOf(text) ?? [];

describe("addressesOf", () => {
  test.each([
    ["192.168.1.10", "192.168.1.10"],
    ["192.168.1.10/32", "192.168.1.10"],
    ["192.168.1.77/24", "192.168.1.0/24"],
    ["0.0.0.0/0", "0.0.0.0/0"],
  ])("%s is %s", (text, expected) => expect(describeAddresses(of(text))).toBe(expected));

  test.each(["", "::/0", "192.168.1.0/33", "192.168.1/24", "everything"])("%j is none", (text) =>
    expect(addressesOf(text)).toBeUndefined(),
  );
});

describe("the internet", () => {
  test.each(["8.8.8.8", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0", "169.253.255.255"])(
    "holds %s",
    (address) => expect(covers(ROUTABLE_INTERNET, of(address))).toBe(true),
  );

  test.each(["10.1.2.3", "172.16.0.0", "172.31.255.255", "192.168.1.1", "100.64.0.1", "169.254.169.254"])(
    "does not hold %s",
    (address) => expect(covers(INTERNET, of(address))).toBe(false),
  );

  test("has no need of what no router forwards, and may hold it", () => {
    for (const address of ["127.0.0.1", "224.0.0.1", "255.255.255.255"]) {
      expect([covers(ROUTABLE_INTERNET, of(address)), covers(INTERNET, of(address))]).toEqual([false, true]);
    }
  });
});
