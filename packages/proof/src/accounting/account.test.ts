import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { fixturePlan } from "../../test/rule-fixtures.ts";
import { budgetRules } from "../checks/budget/rules.ts";
import { createContext } from "../checks/context.ts";
import { priorityRules } from "../checks/priority/rules.ts";
import type { PlannedContext } from "../checks/rule.ts";
import type { Manifest } from "../manifest/kubernetes-object.ts";
import { parseManifests } from "../manifest/parse-manifests.ts";
import type { Plan } from "../plan/plan.ts";
import type { Accounting, NamespaceCharge } from "./accounting.ts";
import { formatQuantity } from "./quantity.ts";

const FIXTURES = fileURLToPath(new URL("../../fixtures/", import.meta.url));
const plan: Plan = fixturePlan(FIXTURES, "none");

function accountOf(text: string, withPlan?: Plan): Accounting {
  return createContext(parseManifests(text, "-"), withPlan).accounting;
}

function namespace(accounting: Accounting, name: string): NamespaceCharge {
  const found = accounting.namespaces.get(name);
  if (found === undefined) throw new Error(`no namespace ${name}`);
  return found;
}

function workload(name: string, memory: string, cpu: string, more = ""): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: apps }
spec:
  replicas: 2
  ${more}
  template:
    spec:
      containers: [{ name: app, resources: { limits: { memory: ${memory}, cpu: "${cpu}" } } }]
`;
}

describe("account", () => {
  test("takes the biggest rollout for each resource by itself", () => {
    const text = [workload("memory", "1Gi", "100m"), workload("cpu", "128Mi", "1")].join("---");
    const { steady, peak, biggestRollout, terminating } = namespace(accountOf(text), "apps");
    const memory = (list: Readonly<Record<string, bigint>>): string =>
      formatQuantity(list.memory ?? 0n, "binary");
    expect([memory(steady.limits), memory(peak.limits), memory(terminating.limits)]).toEqual([
      "2304Mi",
      "3328Mi",
      "4352Mi",
    ]);
    expect([steady.limits.cpu, peak.limits.cpu, terminating.limits.cpu]).toEqual([2200n, 3200n, 4200n]);
    expect([steady.pods, peak.pods, terminating.pods]).toEqual([4, 5, 6]);
    expect(biggestRollout?.subject).toBe("Deployment apps/memory");
  });

  test("applies LimitRanges that stand later in the stream, and names unbounded containers", () => {
    const text = `${workload("web", "1Gi", "1").replace("limits:", "requests:")}---
apiVersion: v1
kind: LimitRange
metadata: { name: apps, namespace: apps }
spec: { limits: [{ type: Container, default: { cpu: 300m } }] }
`;
    const [charge] = namespace(accountOf(text), "apps").workloads;
    expect(charge?.pod.limits).toEqual({ cpu: 300n });
    expect(charge?.pod.unbounded).toEqual(["app"]);
  });

  test("charges claims to the class that they name, and objects without namespace to default", () => {
    const text = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: a }
spec: { storageClassName: fast, resources: { requests: { storage: "0.5" } } }
`;
    expect(namespace(accountOf(text), "default").objects).toMatchObject({
      "requests.storage": 1000n,
      persistentvolumeclaims: 1000n,
      "fast.storageclass.storage.k8s.io/requests.storage": 1000n,
      "count/persistentvolumeclaims": 1000n,
    });
  });

  test("counts the plan's dynamic pods and knows every planned namespace", () => {
    const accounting = accountOf("", plan);
    expect([...accounting.namespaces.keys()]).toEqual(["data", "apps", "kube-system"]);
    expect(namespace(accounting, "kube-system").steady).toMatchObject({ pods: 1, requests: { cpu: 100n } });
  });
});

describe("any input", () => {
  /** Every fixture of the budget and priority rules, with anything put anywhere. */
  const manifests: Manifest[] = [...budgetRules, ...priorityRules].flatMap(({ id }) =>
    readdirSync(`${FIXTURES}${id}`)
      .filter((file) => file.endsWith(".yaml") && !file.endsWith(".plan.yaml"))
      .flatMap((file) => parseManifests(readFileSync(`${FIXTURES}${id}/${file}`, "utf8"), file)),
  );
  const anything = fc.constantFrom<unknown>(
    null,
    "",
    "x",
    -1,
    1.5,
    1e300,
    true,
    [],
    {},
    [null],
    { a: null },
    "1e99",
    "$(A)",
  );

  /** A copy with one field, chosen by the numbers, replaced. */
  function damaged(value: unknown, path: readonly number[], by: unknown): unknown {
    const [step = 0, ...rest] = path;
    if (typeof value !== "object" || value === null || path.length === 0) return by;
    const keys = Object.keys(value);
    const chosen = keys[step % Math.max(1, keys.length)];
    if (chosen === undefined) return by;
    const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
    const fields = copy as Record<string, unknown>;
    fields[chosen] = damaged(fields[chosen], rest, by);
    return copy;
  }

  test("no rule throws on a damaged spec", () => {
    const damage = fc.tuple(fc.nat(), fc.array(fc.nat(20), { minLength: 1, maxLength: 9 }), anything);
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 40 }), fc.boolean(), (damages, planned) => {
        const broken = damages.map(([at, path, by]) => {
          const manifest = manifests[at % manifests.length] as Manifest;
          // Parsing sees to apiVersion, kind and metadata.name; everything else can be anything.
          const { apiVersion, kind, metadata, ...body } = manifest.object;
          const { name, ...rest } = metadata;
          const [fields, meta] =
            at % 4 === 0 ? [body, damaged(rest, path, by)] : [damaged(body, path, by), rest];
          const object = { ...(fields as object), apiVersion, kind, metadata: { ...(meta as object), name } };
          return { ...manifest, object };
        });
        const context = createContext(broken, planned ? plan : undefined) as PlannedContext;
        for (const rule of [...budgetRules, ...priorityRules]) {
          if (rule.needs === "renderings" || (rule.needs === "plan" && !planned)) continue;
          for (const found of rule.check(context)) expect(found).toBeDefined();
        }
      }),
      { numRuns: 100 },
    );
  });

  test("the fixtures are many", () => {
    expect(manifests.length).toBeGreaterThan(200);
  });
});
