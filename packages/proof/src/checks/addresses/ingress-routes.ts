import { describeObject, type Manifest, referenceOf } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { at, objectsIn, stringAt } from "../../manifest/values.ts";
import type { Problem } from "../rule.ts";

/** Annotations by which a controller tells two Ingresses of one host and path apart on purpose. */
const DISTINGUISHING = [
  "traefik.ingress.kubernetes.io/router.entrypoints",
  "nginx.ingress.kubernetes.io/canary",
];

/** Ingresses of one class that claim the same requests: which of the two answers is the controller's choice. */
export function* checkRoutes(index: ManifestIndex): Generator<Problem<"route-twice">> {
  const owners = new Map<string, Manifest>();
  for (const manifest of index.filter({ group: "networking.k8s.io", kind: "Ingress" }))
    for (const { claim, route, path } of routesOf(manifest)) {
      const key = JSON.stringify([route, ...audienceOf(manifest)]);
      const owner = owners.get(key);
      if (owner === undefined) {
        owners.set(key, manifest);
        continue;
      }
      const name = describeObject(referenceOf(manifest));
      yield {
        code: "route-twice",
        manifest,
        path,
        message:
          owner === manifest
            ? `${name} claims ${claim} twice: one of the two backends is never asked`
            : `${name} claims ${claim}, which ${describeObject(referenceOf(owner))} claims too: one of the two is never asked`,
        actual: claim,
        fix: "Give each Ingress a host or a path of its own.",
      };
    }
}

interface Route {
  /** As people write it: `shop.example.org/cart`. */
  readonly claim: string;
  /** Host, kind of match and path; equal for routes that match the same requests. */
  readonly route: readonly string[];
  /** Field path in the Ingress. */
  readonly path: string;
}

function routesOf({ object }: Manifest): readonly Route[] {
  return objectsIn(at(object, "spec", "rules")).flatMap((rule, number) => {
    const host = (stringAt(rule, "host") ?? "").toLowerCase();
    return objectsIn(at(rule, "http", "paths")).map((entry, position) => {
      const written = stringAt(entry, "path") ?? "/";
      const exact = entry.pathType === "Exact";
      // A prefix matches whole elements, so that a slash at its end says nothing.
      const match = exact ? written : written.replace(/(?<=.)\/$/, "");
      return {
        claim: `${host === "" ? "every host" : host}${written}`,
        route: [host, exact ? "Exact" : "Prefix", match],
        path: `spec.rules[${number}].http.paths[${position}].path`,
      };
    });
  });
}

/** Who serves an Ingress, and at which door. */
function audienceOf({ object }: Manifest): readonly string[] {
  const annotation = (key: string): string => stringAt(object, "metadata", "annotations", key) ?? "";
  return [
    stringAt(object, "spec", "ingressClassName") ?? annotation("kubernetes.io/ingress.class"),
    ...DISTINGUISHING.map(annotation),
  ];
}
