import { describe, expect, test } from "@jest/globals";
import { isInputError } from "../errors.ts";
import type { PlannedSecret } from "../plan/plan.ts";
import { rotationText } from "../report/rotation-text.ts";
import type { SecretConsumer } from "./consumers.ts";
import { planRotation, type Rotation } from "./plan-rotation.ts";
import { ROTATION_ANNOTATION, type SecretFacts, SOURCE_NAMESPACE, secretFacts } from "./secret-facts.ts";

const random = { type: "random", length: 20, value: "" } as const;
const entry: PlannedSecret = {
  enabled: true,
  component: "store",
  namespaces: ["data", "apps"],
  keys: {
    user: { type: "literal", length: 0, value: "app" },
    password: random,
    "admin-password": random,
    htpasswd: { type: "htpasswd", length: 0, value: "user:password" },
  },
};

const consumer = (
  kind: string,
  name: string,
  component: string,
  keys: readonly string[] | undefined,
): SecretConsumer => ({ kind, namespace: component === "store" ? "data" : "apps", name, component, keys });

const consumers = [
  consumer("Deployment", "web", "web", ["user", "password"]),
  consumer("Job", "store-provision", "store", ["password", "admin-password"]),
  consumer("CronJob", "store-backup", "store", undefined),
  consumer("StatefulSet", "store", "store", ["admin-password"]),
  consumer("Deployment", "store-proxy", "store", ["htpasswd"]),
  consumer("Deployment", "store-user", "store", ["user"]),
  consumer("ConfigMap", "web", "web", ["password"]),
];

interface Held {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, string>>;
}

/** A cluster with every value, changed by namespace; undefined takes the Secret away. */
function facts(changes: Readonly<Record<string, Held | undefined>> = {}, name = "store"): SecretFacts {
  const data = Object.fromEntries(Object.keys(entry.keys).map((key) => [key, `a-${key}`]));
  const secrets = [SOURCE_NAMESPACE, "data", "apps"].flatMap((namespace) => {
    const held = namespace in changes ? changes[namespace] : {};
    if (held === undefined) return [];
    const { annotations = {} } = held;
    return [{ metadata: { namespace, name, annotations }, data: { ...data, ...held.data } }];
  });
  return secretFacts(secrets, (value) => value);
}

const begun = (...keys: string[]): Held => ({
  annotations: { [ROTATION_ANNOTATION]: JSON.stringify({ keys, begun: "2026-11-24T10:00:00Z" }) },
});

function plan(keys: readonly string[] = [], known: SecretFacts = facts()): Rotation {
  return planRotation({ name: "store", keys, acceptLoss: false }, entry, consumers, known);
}

function stepsOf({ steps }: Rotation): readonly string[] {
  return steps.map((step) =>
    step.do === "command" ? "command" : `${step.do} ${step.targets.map(({ name }) => name).join(", ")}`,
  );
}

test("the server learns it first, then its Jobs, then the others; who reads another key goes on", () => {
  expect(stepsOf(plan())).toEqual(["restart store, store-proxy", "run-again store-provision", "restart web"]);
  expect(stepsOf(plan(["admin-password"]))).toEqual(["restart store", "run-again store-provision"]);
  expect(stepsOf(plan(["password"]))).toEqual([
    "restart store-proxy",
    "run-again store-provision",
    "restart web",
  ]);
});

test("without words it takes what is random, and each hash with its password", () => {
  expect(plan()).toMatchObject({
    keys: ["password", "admin-password", "htpasswd"],
    begun: undefined,
    namespaces: [SOURCE_NAMESPACE, "data", "apps"],
    kept: [{ key: "user", reason: "a name, which the ledger decides" }],
  });
  expect(plan(["admin-password", "admin-password"]).keys).toEqual(["admin-password"]);
});

test("an interrupted one takes the same keys again, whatever the copies have", () => {
  const known = facts({ [SOURCE_NAMESPACE]: begun("admin-password"), apps: { data: { password: "other" } } });
  for (const keys of [[], ["admin-password"]]) {
    expect(plan(keys, known)).toMatchObject({ keys: ["admin-password"], begun: "2026-11-24T10:00:00Z" });
  }
  expect(stepsOf(plan([], known))).toEqual(["restart store", "run-again store-provision"]);
});

test("a note that somebody has spoilt is none", () => {
  const annotations = { [ROTATION_ANNOTATION]: "{" };
  expect(plan([], facts({ [SOURCE_NAMESPACE]: { annotations } })).begun).toBeUndefined();
});

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isInputError(error)) return `${error.what} | ${error.fix}`;
    throw error;
  }
  return "nothing is refused";
}

describe("what must not begin", () => {
  test.each<[string, readonly string[], SecretFacts, RegExp]>([
    ["an unknown key", ["pasword"], facts(), /has no key pasword \| did you mean password/],
    ["a name", ["user"], facts(), /user of Secret store is not rotated: a name/],
    ["a hash alone", ["htpasswd"], facts(), /made of password, and anew with it/],
    ["no source", [], facts({ [SOURCE_NAMESPACE]: undefined }), /platform-system\/store is not there/],
    ["no copy", [], facts({ apps: undefined }), /apps\/store is not there \| .*create-secrets/],
    ["an empty value", [], facts({ data: { data: { password: "" } } }), /data\/store has no password/],
    [
      "more than what was interrupted",
      ["password"],
      facts({ [SOURCE_NAMESPACE]: begun("admin-password") }),
      /was interrupted \| finish it first: platform secrets rotate store; then rotate password/,
    ],
  ])("%s", (_, keys, known, text) => {
    expect(refusal(() => plan(keys, known))).toMatch(text);
  });

  test("nothing but names", () => {
    const names = { ...entry, keys: { user: { type: "literal", length: 0, value: "app" } as const } };
    const request = { name: "store", keys: [], acceptLoss: true };
    expect(refusal(() => planRotation(request, names, [], facts()))).toMatch(/no key that can be rotated/);
  });
});

describe("Grafana, whose database is encrypted with one of its keys", () => {
  const grafana: PlannedSecret = {
    ...entry,
    component: "grafana",
    namespaces: ["data", "apps"],
    keys: { "admin-password": random, "secret-key": random },
  };
  const readers = [consumer("Deployment", "grafana", "grafana", ["admin-password", "secret-key"])];
  const known = facts({}, "grafana");
  const complete = new Map(
    [...known].map(([id, fact]) => [id, { ...fact, digests: { "admin-password": "a", "secret-key": "b" } }]),
  );
  const rotate = (keys: readonly string[], acceptLoss: boolean): Rotation =>
    planRotation({ name: "grafana", keys, acceptLoss }, grafana, readers, complete);

  test("keeps it unless the loss is accepted by its name", () => {
    expect(rotate([], true).keys).toEqual(["admin-password"]);
    expect(refusal(() => rotate(["secret-key"], false))).toMatch(/--accept-loss/);
    const lost = rotate(["secret-key"], true);
    expect(lost.loses).toHaveLength(1);
    expect(stepsOf(lost)).toEqual(["restart grafana"]);
    expect(rotationText(lost, { width: 200, color: false, unicode: true })).toMatch(
      /^ {2}LOSES {2}what Grafana/m,
    );
  });

  test("is told its password, and does not restart for it", () => {
    expect(stepsOf(rotate(["admin-password"], false))).toEqual(["command"]);
    expect(stepsOf(rotate(["admin-password", "secret-key"], true))).toEqual(["restart grafana", "command"]);
  });
});

test("the registry reads its file by itself, but restarts for nobody else's key", () => {
  const registry: PlannedSecret = { ...entry, component: "registry" };
  const readers = [consumer("Deployment", "registry", "registry", ["htpasswd"])];
  const known = facts({}, "registry-auth");
  const request = { name: "registry-auth", keys: ["password"], acceptLoss: false };
  expect(planRotation(request, registry, readers, known)).toMatchObject({
    keys: ["password", "htpasswd"],
    steps: [],
    readAgain: [{ kind: "Deployment", name: "registry" }],
  });
});
