import { describe, expect, test } from "@jest/globals";
import { load, loadAll } from "js-yaml";
import { isInputError } from "../errors.ts";
import type { PlannedSecret } from "../plan/plan.ts";
import { secretTable } from "../report/secret-table.ts";
import { describeSecrets } from "./describe-secrets.ts";
import { jobAgain } from "./job-again.ts";
import { backupOf, missingFromBackup, planRestore, readBackup } from "./plan-restore.ts";
import { beginRotation, endRotation } from "./rotate-secret.ts";
import {
  LAST_APPLIED_ANNOTATION,
  ROTATED_ANNOTATION,
  ROTATION_ANNOTATION,
  SOURCE_NAMESPACE,
  secretFacts,
} from "./secret-facts.ts";
import { suppliedSecrets } from "./supplied-secrets.ts";

const random = { type: "random", length: 20, value: "" } as const;
const ledger = new Map<string, PlannedSecret>([
  [
    "store",
    {
      enabled: true,
      component: "store",
      namespaces: ["data", "apps"],
      keys: {
        user: { type: "literal", length: 0, value: "true" },
        password: random,
        htpasswd: { type: "htpasswd", length: 0, value: "user:password" },
      },
    },
  ],
]);
const data = { user: "dXNlcg==", password: "cGFzcw==", htpasswd: "aHQ=" };
const secret = (namespace: string, values: object = data, annotations: object = {}) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: {
    name: "store",
    namespace,
    creationTimestamp: "2026-11-01T00:00:00Z",
    resourceVersion: "7",
    labels: { a: "b" },
    annotations,
  },
  type: "Opaque",
  data: values,
});
const everywhere = [secret(SOURCE_NAMESPACE), secret("data"), secret("apps")];
const rowsOf = (secrets: readonly unknown[], generated = true) =>
  describeSecrets(
    ledger,
    new Map(),
    secretFacts(secrets, (value) => value),
    generated,
  );

describe("the ledger against a cluster", () => {
  test("a key is as old as its last rotation, else as its source", () => {
    const rotated = { [ROTATED_ANNOTATION]: '{"password":"2026-11-20T00:00:00Z","user":7}' };
    const [row] = rowsOf([secret(SOURCE_NAMESPACE, data, rotated), ...everywhere.slice(1)]);
    expect(row?.problems).toEqual([]);
    expect(row?.keys.map(({ key, since }) => `${key} ${since?.slice(0, 10)}`)).toEqual([
      "user 2026-11-01",
      "password 2026-11-20",
      "htpasswd 2026-11-01",
    ]);
    const table = secretTable(
      [row].flatMap((one) => one ?? []),
      "2026-11-24T12:00:00Z",
      {
        width: 200,
        color: false,
        unicode: true,
      },
    );
    expect(table).toContain("user 23 d, password 4 d, htpasswd 23 d");
    expect(table).toContain("nobody");
  });

  test.each<[string, readonly unknown[], readonly string[]]>([
    ["nothing there", [], [SOURCE_NAMESPACE, "data", "apps"].map((place) => `it is not in ${place}`)],
    [
      "a copy that differs",
      [everywhere[0], secret("data", { ...data, password: "b3RoZXI=" }), everywhere[2]],
      ["password in data differs from platform-system"],
    ],
    [
      "an empty and a missing key",
      [everywhere[0], secret("data", { user: "dXNlcg==", password: "" }), everywhere[2]],
      ["password is empty in data", "data has no htpasswd"],
    ],
    [
      "a rotation under way",
      [
        secret(SOURCE_NAMESPACE, data, { [ROTATION_ANNOTATION]: '{"keys":["password"],"begun":"today"}' }),
        ...everywhere.slice(1),
      ],
      ["a rotation of password that began today is not finished"],
    ],
  ])("%s", (_, secrets, problems) => {
    expect(rowsOf(secrets)[0]?.problems).toEqual(problems);
  });

  test("whoever brings the Secrets needs no source, and copies still agree", () => {
    expect(rowsOf(everywhere.slice(1), false)[0]?.problems).toEqual([]);
    const differing = [everywhere[1], secret("apps", { ...data, password: "b3RoZXI=" })];
    expect(rowsOf(differing, false)[0]?.problems).toEqual(["password in apps differs from data"]);
  });

  test("facts hold no value", () => {
    expect(JSON.stringify([...secretFacts(everywhere, () => "digest")])).not.toContain(data.password);
  });
});

test("a rotation begins and ends in one write each, and leaves the rest alone", () => {
  const before = secret(SOURCE_NAMESPACE, data, { mine: "stays" });
  const begun = beginRotation(before, { password: "bmV3" }, "2026-11-24T10:00:00Z");
  expect(begun).toMatchObject({ data: { ...data, password: "bmV3" }, metadata: { resourceVersion: "7" } });
  expect(secretFacts([begun], (value) => value).get(`${SOURCE_NAMESPACE}/store`)?.rotation).toEqual({
    keys: ["password"],
    begun: "2026-11-24T10:00:00Z",
  });
  const ended = endRotation(begun, ["password"], { user: "earlier" }, "2026-11-24T10:01:00Z");
  expect(ended.metadata).toMatchObject({ resourceVersion: "7", labels: { a: "b" } });
  expect((ended.metadata as { annotations: object }).annotations).toEqual({
    mine: "stays",
    [ROTATED_ANNOTATION]: '{"user":"earlier","password":"2026-11-24T10:01:00Z"}',
  });
});

test("a written value does not stay in what kubectl remembers", () => {
  const applied = secret(SOURCE_NAMESPACE, data, { [LAST_APPLIED_ANNOTATION]: data.password });
  const begun = beginRotation(applied, { password: "bmV3" }, "now");
  expect(JSON.stringify(begun)).not.toContain(data.password);
  expect(JSON.stringify(backupOf([applied]).items)).not.toContain(LAST_APPLIED_ANNOTATION);
});

test("a Job is created again without what its controller wrote, and stays Argo CD's", () => {
  const generated = { "controller-uid": "u", "batch.kubernetes.io/job-name": "provision", "job-name": "p" };
  const job = {
    metadata: {
      name: "provision",
      namespace: "data",
      uid: "u",
      resourceVersion: "9",
      finalizers: ["x"],
      labels: { app: "store", ...generated },
      annotations: { "argocd.argoproj.io/tracking-id": "store:batch/Job:data/provision" },
    },
    spec: {
      backoffLimit: 3,
      selector: { matchLabels: { "batch.kubernetes.io/controller-uid": "u" } },
      template: { metadata: { creationTimestamp: null, labels: { app: "store", ...generated } }, spec: {} },
    },
    status: { succeeded: 1 },
  };
  expect(jobAgain(job)).toEqual({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: "provision",
      namespace: "data",
      labels: { app: "store" },
      annotations: { "argocd.argoproj.io/tracking-id": "store:batch/Job:data/provision" },
    },
    spec: { backoffLimit: 3, template: { metadata: { labels: { app: "store" } }, spec: {} } },
  });
});

describe("what is kept outside", () => {
  const backup = backupOf([everywhere[0]]);
  const items = readBackup(JSON.stringify(backup));

  test("comes back whole, by keys, or not at all", () => {
    expect(planRestore(items, [])).toMatchObject({ create: [{ metadata: { name: "store" }, data }] });
    const partly = planRestore(items, [secret(SOURCE_NAMESPACE, { user: data.user })]);
    expect(partly.extend).toEqual([
      { name: "store", data: { password: data.password, htpasswd: data.htpasswd } },
    ]);
    expect(planRestore(items, everywhere.slice(0, 1)).same).toEqual(["store"]);
    const other = planRestore(items, [secret(SOURCE_NAMESPACE, { password: "b3RoZXI=" })]);
    expect(other).toMatchObject({ conflicts: ["store: password"], create: [], extend: [] });
  });

  test("carries nothing of the cluster that made it", () => {
    expect(JSON.stringify(backup)).not.toMatch(/resourceVersion|creationTimestamp/);
  });

  test("names what it would not bring back", () => {
    expect(missingFromBackup(ledger, backup)).toEqual([]);
    expect(missingFromBackup(ledger, backupOf([]))).toEqual(["store"]);
    const lacking = backupOf([secret(SOURCE_NAMESPACE, { user: "dXNlcg==", password: "" })]);
    expect(missingFromBackup(ledger, lacking)).toEqual(["store (password, htpasswd)"]);
  });

  test.each([
    ["no JSON", "{"],
    ["an empty list", '{"items":[]}'],
    [
      "another kind",
      '{"items":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"platform-system"}}]}',
    ],
    ["another namespace", JSON.stringify({ items: [secret("kube-system")] })],
    ["a value that is none", JSON.stringify({ items: [secret(SOURCE_NAMESPACE, { password: 7 })] })],
  ])("%s is refused", (_, text) => {
    let caught: unknown;
    try {
      readBackup(text);
    } catch (error) {
      caught = error;
    }
    expect(isInputError(caught)).toBe(true);
  });
});

describe("what to bring", () => {
  test("a Secret for each namespace; a name is text, whatever it looks like", () => {
    const documents = loadAll(suppliedSecrets(ledger, "secret", ""));
    expect(documents).toMatchObject([
      { kind: "Secret", metadata: { name: "store", namespace: "data" } },
      { kind: "Secret", metadata: { name: "store", namespace: "apps" } },
    ]);
    expect(documents[0]).toMatchObject({ stringData: { user: "true", password: "", htpasswd: "" } });
  });

  test("an ExternalSecret fetches every key", () => {
    const only = new Map([...ledger].map(([name, entry]) => [name, { ...entry, namespaces: ["data"] }]));
    expect(load(suppliedSecrets(only, "external-secret", "vault"))).toMatchObject({
      apiVersion: "external-secrets.io/v1",
      spec: {
        secretStoreRef: { kind: "ClusterSecretStore", name: "vault" },
        target: { name: "store" },
        data: ["user", "password", "htpasswd"].map((key) => ({
          secretKey: key,
          remoteRef: { key: "store", property: key },
        })),
      },
    });
  });
});
