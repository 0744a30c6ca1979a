import type { Manifest } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { type JsonObject, objectAt, objectsIn, stringAt } from "../manifest/values.ts";

/** 443: the API server's default for webhooks and aggregated APIs alike. */
const DEFAULT_PORT = 443;

/** A Service that an object tells the API server to call. */
export interface CalledService {
  readonly manifest: Manifest;
  readonly namespace: string;
  /** Empty where it is missing. */
  readonly name: string;
  readonly port: unknown;
  /** Of the reference in the object. */
  readonly path: string;
}

const KINDS = [
  { group: "admissionregistration.k8s.io", kind: "ValidatingWebhookConfiguration" },
  { group: "admissionregistration.k8s.io", kind: "MutatingWebhookConfiguration" },
  { group: "apiregistration.k8s.io", kind: "APIService" },
  { group: "apiextensions.k8s.io", kind: "CustomResourceDefinition" },
] as const;

/** What the API server calls for admission, for aggregated APIs and for conversions. */
export function allCalledServices(index: ManifestIndex): readonly CalledService[] {
  return KINDS.flatMap((kind) => index.filter(kind)).flatMap(calledServices);
}

/** The Services that one such object names. */
export function calledServices(manifest: Manifest): readonly CalledService[] {
  return references(manifest).flatMap(({ reference, path }) =>
    reference === undefined
      ? []
      : [
          {
            ...{ manifest, path, port: reference.port ?? DEFAULT_PORT },
            namespace: stringAt(reference, "namespace") ?? "default",
            name: stringAt(reference, "name") ?? "",
          },
        ],
  );
}

function references({
  kind,
  object,
}: Manifest): readonly { readonly reference: JsonObject | undefined; readonly path: string }[] {
  switch (kind) {
    case "APIService":
      return [{ reference: objectAt(object, "spec", "service"), path: "spec.service" }];
    case "CustomResourceDefinition":
      return [
        {
          reference: objectAt(object, "spec", "conversion", "webhook", "clientConfig", "service"),
          path: "spec.conversion.webhook.clientConfig.service",
        },
      ];
    default:
      return objectsIn(object.webhooks).map((webhook, position) => ({
        reference: objectAt(webhook, "clientConfig", "service"),
        path: `webhooks[${position}].clientConfig.service`,
      }));
  }
}
