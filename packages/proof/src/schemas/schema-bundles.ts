import { createRequire } from "node:module";
import type { SchemaBundle, StructuralSchema } from "./structural-schema.ts";

const require = createRequire(import.meta.url);

let kubernetes: SchemaBundle | undefined;
let customResources: SchemaBundle | undefined;
let definitions: Readonly<Record<string, StructuralSchema>> | undefined;

/** Kubernetes' own kinds, read when first asked for (about 150 kB). */
export function kubernetesSchemas(): SchemaBundle {
  kubernetes ??= require("../../schemas/kubernetes.json") as SchemaBundle;
  return kubernetes;
}

/** Argo CD's and MetalLB's kinds, for streams that do not carry their CRDs. */
export function customResourceSchemas(): SchemaBundle {
  customResources ??= require("../../schemas/custom-resources.json") as SchemaBundle;
  return customResources;
}

/** What the `$ref`s of both bundles name. */
export function customResourceDefinitions(): Readonly<Record<string, StructuralSchema>> {
  definitions ??= { ...kubernetesSchemas().definitions, ...customResourceSchemas().definitions };
  return definitions;
}
