import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { execa } from "execa";
import { load } from "js-yaml";
import { ROOT } from "../test/open-platform.ts";
import { renderPlatform } from "../test/render-platform.ts";

jest.setTimeout(60_000);

const GENERATOR = join(ROOT, "charts/infrastructure/crds-generator/longhorn.mjs");

/** What controller-gen writes of a kind whose fields carry descriptions of every form, and one that is called so. */
const MANIFEST = `---
apiVersion: v1
kind: ConfigMap
metadata:
  name: not-a-definition
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  labels:
    longhorn-manager: ""
  name: lanterns.longhorn.io
spec:
  group: longhorn.io
  names:
    kind: Lantern
    plural: lanterns
  scope: Namespaced
  versions:
  - additionalPrinterColumns:
    - description: How bright it is, over two
        lines
      jsonPath: .spec.lumen
      name: Lumen
      type: integer
    name: v1beta2
    schema:
      openAPIV3Schema:
        description: |-
          A lantern.

          It gives light.
        properties:
          apiVersion:
            description: The version.
            type: string
          metadata:
            type: object
          spec:
            description: What it is to be.
            properties:
              description:
                description: What people call it.
                type: string
              lumen:
                format: int64
                type: integer
            type: object
          value:
            description: Its price.
            type: string
        required:
        - value
        type: object
    served: true
    storage: true
    subresources:
      status: {}
`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "longhorn-crds-"));
  await writeFile(join(folder, "manifest.yaml"), MANIFEST);
});

afterAll(() => rm(folder, { recursive: true }));

const generate = (...options: string[]) =>
  execa(
    "node",
    [GENERATOR, "--from", join(folder, "manifest.yaml"), "--into", join(folder, "crds"), ...options],
    {
      reject: false,
    },
  );

/** The definition that a written template renders. */
async function written(): Promise<unknown> {
  const text = await readFile(join(folder, "crds", "lanterns.yaml"), "utf8");
  return load(`spec:\n${text.split(/^spec:\n/m)[1]?.replace("{{- end }}", "")}`);
}

const sha256 = createHash("sha256").update(MANIFEST).digest("hex");
const column = { jsonPath: ".spec.lumen", name: "Lumen", type: "integer" };

test("upstream's definitions keep everything but their descriptions", async () => {
  await generate("--sha256", sha256);
  expect(await readdir(join(folder, "crds"))).toEqual(["lanterns.yaml"]);
  expect(await written()).toMatchObject({
    spec: {
      versions: [
        {
          additionalPrinterColumns: [column],
          schema: {
            openAPIV3Schema: {
              properties: {
                apiVersion: { type: "string" },
                spec: {
                  type: "object",
                  properties: {
                    description: { type: "string" },
                    lumen: { type: "integer", format: "int64" },
                  },
                },
              },
            },
          },
        },
      ],
    },
  });
});

test("open ones keep the fields of the object and say nothing of what is inside", async () => {
  await writeFile(join(folder, "crds", "gone.yaml"), "");
  const { stdout } = await generate("--open", "--sha256", sha256);
  expect(stdout).toBe("1 definitions, open");
  expect(await readdir(join(folder, "crds"))).toEqual(["lanterns.yaml"]);
  expect(await written()).toEqual({
    spec: {
      group: "longhorn.io",
      names: { kind: "Lantern", plural: "lanterns" },
      scope: "Namespaced",
      versions: [
        {
          additionalPrinterColumns: [column],
          name: "v1beta2",
          schema: {
            openAPIV3Schema: {
              properties: {
                apiVersion: { type: "string" },
                metadata: { type: "object" },
                spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
                value: { type: "string" },
              },
              required: ["value"],
              type: "object",
            },
          },
          served: true,
          storage: true,
          subresources: { status: {} },
        },
      ],
    },
  });
});

test("a manifest of another version is refused, and nothing is written", async () => {
  const before = await readdir(join(folder, "crds"));
  const { exitCode, stderr } = await generate();
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^this is not deploy\/longhorn\.yaml of v\d+\.\d+\.\d+: its SHA-256 is [0-9a-f]{64}$/,
  );
  expect(await readdir(join(folder, "crds"))).toEqual(before);
});

test("the definitions are those of the version that is deployed", async () => {
  const version = /^const VERSION = "(.*)";$/m.exec(await readFile(GENERATOR, "utf8"))?.[1];
  const manifests = await renderPlatform();
  const manager = manifests.find("apps", "DaemonSet", "longhorn-system", "longhorn-manager")?.object;
  expect(JSON.stringify(manager)).toContain(`docker.io/longhornio/longhorn-manager:${version}"`);
  const kinds = manifests
    .filter({ kind: "CustomResourceDefinition" })
    .filter(({ name }) => name.endsWith(".longhorn.io"));
  const role = manifests.find("rbac.authorization.k8s.io", "Role", "longhorn-system", "longhorn")?.object;
  for (const { name } of kinds) {
    const plural = name.replace(".longhorn.io", "");
    expect(JSON.stringify(role)).toContain(`"${plural}","${plural}/status"`);
  }
});
