import { describe, expect, test } from "@jest/globals";
import { InputError } from "@t495/proof";
import { load } from "js-yaml";
import { renderedOne, renderPlatform } from "../test/render-platform.ts";

const NAMESPACE = "metallb-system";
const setting = (text: string): string => `infrastructure.metallb.${text}`;

describe("what follows from a value", () => {
  test("the excluded interfaces are those of containers, and never the one at home", async () => {
    const file = (await renderPlatform()).find("", "ConfigMap", NAMESPACE, "metallb-excludel2")?.object.data;
    const { announcedInterfacesToExclude: excluded } = load(
      (file as Record<string, string>)["excludel2.yaml"] ?? "",
    ) as { announcedInterfacesToExclude: string[] };
    const all = new RegExp(excluded.map((pattern) => `(${pattern})`).join("|"));
    for (const name of ["lo", "cni0", "flannel.1", "veth1a2b", "docker0"]) expect(name).toMatch(all);
    for (const name of ["eth0", "enp2s0", "wlp3s0", "bond0", "br0"]) expect(name).not.toMatch(all);
  });

  test("the second range joins the pool only when it is wanted", async () => {
    const more = await renderPlatform(["global.addresses.extension.enabled=true"]);
    expect(renderedOne(await renderPlatform(), "IPAddressPool")).toMatchObject({
      spec: { addresses: ["192.168.1.240-192.168.1.254"], autoAssign: false },
    });
    expect(renderedOne(more, "IPAddressPool")).toMatchObject({
      spec: { addresses: ["192.168.1.240-192.168.1.254", "192.168.1.235-192.168.1.239"], autoAssign: false },
    });
  });

  test("named interfaces are the only ones that announce", async () => {
    const some = await renderPlatform([setting("interfaces={enp2s0}")]);
    expect(renderedOne(some, "L2Advertisement")).toMatchObject({ spec: { interfaces: ["enp2s0"] } });
  });

  test.each([
    ["a port that needs privileges", "ports.metrics=443", /ports.metrics/],
    ["a level that does not exist", "logLevel=verbose", /logLevel/],
    ["a misspelt key", "interface={eth0}", /interface/],
  ])("refuses %s", async (_what, change, message) => {
    const refused = renderPlatform([setting(change)]);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });
});
