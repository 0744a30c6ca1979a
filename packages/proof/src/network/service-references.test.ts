import { describe, expect, test } from "@jest/globals";
import { ManifestIndex } from "../manifest/manifest-index.ts";
import { parseManifests } from "../manifest/parse-manifests.ts";
import { ServiceDirectory } from "./service-directory.ts";
import { findServiceReferences } from "./service-references.ts";

const SERVICES = ["{ name: store, namespace: data }", "{ name: web, namespace: apps }"].map(
  (metadata) => `apiVersion: v1\nkind: Service\nmetadata: ${metadata}\nspec: { ports: [{ port: 5432 }] }\n`,
);
const services = new ServiceDirectory(new ManifestIndex(parseManifests(SERVICES.join("---\n"), "-")), []);

const found = (text: string, variable?: string, siblings: Readonly<Record<string, string>> = {}) => {
  const [manifest] = parseManifests(SERVICES[0] ?? "", "-");
  if (manifest === undefined) throw new Error("no manifest was read");
  const given = { text, variable, siblings: new Map(Object.entries(siblings)), manifest, path: "" };
  return findServiceReferences(given, "apps", services).map(
    ({ service, port }) => `${service.name}:${port ?? "?"}`,
  );
};

describe("hosts in a text", () => {
  test.each([
    ["store.data.svc", "store:?"],
    ["store.data.svc.cluster.local.", "store:?"],
    ["store-0.store.data.svc.cluster.local:5432", "store:5432"],
    ["http://store.data/path", "store:80"],
    ["https://user:pw@web/", "web:443"],
    ["postgresql+psycopg2://web/app", "web:5432"],
    ["app@tcp(web:5432)/app", "web:5432"],
    ["servers = ['store.data']", "store:?"],
    ["wait-for store.data:5432 -- run", "store:5432"],
  ])("%s", (text, expected) => expect(found(text)).toEqual([expected]));

  test.each([
    "web",
    "store:5432", // a Service of another namespace
    "web:8080", // no port of the Service
    "the web of data",
    "/srv/web:5432",
    "registry.example/web:5432",
    "web:5432.1",
    "config.web.data = 1",
    "store.nowhere.svc",
    "x.svc",
    "svc",
  ])("none in %s", (text) => expect(found(text)).toEqual([]));

  test("a whole value counts in a variable that is meant for hosts, with the port beside it", () => {
    expect(found("web", "WEB_HOST", { WEB_PORT: "8080" })).toEqual(["web:8080"]);
    expect(found("web", "WEB_HOST", { WEB_PORT: "http" })).toEqual(["web:?"]);
    expect(found("web", "MODE", { WEB_PORT: "8080" })).toEqual([]);
  });
});
