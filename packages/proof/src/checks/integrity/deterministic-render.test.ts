import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { Manifest } from "../../manifest/kubernetes-object.ts";
import { ManifestIndex } from "../../manifest/manifest-index.ts";
import { parseManifests } from "../../manifest/parse-manifests.ts";
import { createContext } from "../context.ts";
import type { CheckContext, PlannedContext, Renderings } from "../rule.ts";
import { deterministicRender } from "./deterministic-render.ts";

const FOLDER = new URL("../../../fixtures/deterministic-render/", import.meta.url);
const MARK = "proof.t495.dev/rendering";

/** The findings on a fixture; the mark that tells its two renderings apart is taken off before they are compared. */
function check(name: string) {
  const all = parseManifests(readFileSync(new URL(`${name}.yaml`, FOLDER), "utf8"), `${name}.yaml`);
  const isAgain = ({ object }: Manifest) => object.metadata.annotations?.[MARK] === "again";
  const again = new ManifestIndex(all.filter(isAgain).map(withoutMark));
  const renderings: Renderings = { root: new ManifestIndex([]), components: new Map(), again };
  const context = createContext(
    all.filter((manifest) => !isAgain(manifest)),
    undefined,
    renderings,
  );
  return [
    ...deterministicRender.check(
      context as CheckContext as PlannedContext & { readonly renderings: Renderings },
    ),
  ];
}

function withoutMark(manifest: Manifest): Manifest {
  const { annotations, ...metadata } = manifest.object.metadata;
  const { [MARK]: _, ...others } = annotations ?? {};
  const kept = Object.keys(others).length === 0 ? metadata : { ...metadata, annotations: others };
  return { ...manifest, object: { ...manifest.object, metadata: kept } };
}

describe(deterministicRender.id, () => {
  test("a random value", () => {
    expect(check("random-value")).toMatchObject([
      { code: "rendering-differs", path: "data.token", limit: '"x3f9"', actual: '"k2m1"' },
    ]);
  });

  test("a random name", () => {
    expect(check("random-name")).toMatchObject([
      { code: "rendered-once", message: expect.stringContaining("first") },
      { code: "rendered-once", message: expect.stringContaining("second") },
    ]);
  });

  test("a list that comes in another order", () => {
    expect(check("order-of-a-list")).toMatchObject([
      { code: "rendering-differs", path: "spec.ports[0].port" },
    ]);
  });

  test("the same objects in another order of documents", () => {
    expect(check("ok-same")).toEqual([]);
  });
});
