import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { load } from "js-yaml";
import { apiGroup, type KubernetesObject, type Manifest } from "../manifest/kubernetes-object.ts";
import type { PodSpec } from "../manifest/workload.ts";
import { readLimitRange } from "./limit-range.ts";
import { admitPod, NO_ADMISSION, podLimits, podRequests } from "./pod-resources.ts";
import { formatQuantity, parseQuantity, type ResourceList } from "./quantity.ts";

type Step = readonly [kind: "app" | "init" | "side", memory: number];

/** A pod whose containers request so many Mi of memory, in this order. */
function pod(steps: readonly Step[], more: object = {}): PodSpec {
  const container = ([kind, memory]: Step, at: number): object => ({
    name: `${kind}${at}`,
    ...(kind === "side" && { restartPolicy: "Always" }),
    resources: { requests: { memory: `${memory}Mi` } },
  });
  return {
    initContainers: steps.filter(([kind]) => kind !== "app").map(container),
    containers: steps.filter(([kind]) => kind === "app").map(container),
    ...more,
  } as unknown as PodSpec;
}

function memoryOf(list: ResourceList): string {
  return formatQuantity(list.memory ?? 0n, "binary");
}

function requested(spec: PodSpec): string {
  return memoryOf(podRequests(admitPod(spec, NO_ADMISSION)));
}

function manifest(text: string): Manifest {
  const object = load(text) as KubernetesObject;
  return {
    object,
    source: { file: "-", document: 1, line: 1 },
    group: apiGroup(object.apiVersion),
    version: "v1",
    kind: object.kind,
    name: "example",
    namespace: undefined,
  };
}

const E: readonly Step[] = [
  ["side", 100],
  ["init", 500],
  ["side", 50],
  ["app", 200],
];

describe("effective requests", () => {
  test.each<[string, PodSpec, string]>([
    [
      "a: the biggest init container",
      pod([
        ["app", 100],
        ["init", 300],
      ]),
      "300Mi",
    ],
    [
      "b: a sidecar counts again during a later init container",
      pod([
        ["side", 100],
        ["init", 200],
        ["app", 100],
      ]),
      "300Mi",
    ],
    [
      "c: not during an earlier one",
      pod([
        ["init", 200],
        ["side", 100],
        ["app", 100],
      ]),
      "200Mi",
    ],
    [
      "d: sidecars run beside the app",
      pod([
        ["side", 100],
        ["side", 50],
        ["app", 200],
      ]),
      "350Mi",
    ],
    ["e: initialisation can be the peak", pod(E), "600Mi"],
    [
      "f: pod-level requests replace, overhead adds",
      pod(E, { resources: { requests: { memory: "700Mi" } }, overhead: { memory: "120Mi" } }),
      "820Mi",
    ],
  ])("%s", (_, spec, expected) => {
    expect(requested(spec)).toBe(expected);
  });

  test("g: a limit without request is the request", () => {
    const spec = { containers: [{ name: "app", resources: { limits: { memory: "512Mi" } } }] };
    expect(requested(spec)).toBe("512Mi");
  });

  test("h: a LimitRange with max alone sets limit and request", () => {
    const limitRange = readLimitRange(
      manifest(
        "{apiVersion: v1, kind: LimitRange, metadata: {name: a}, spec: {limits: [{type: Container, max: {memory: 1Gi}}]}}",
      ),
    );
    const admitted = admitPod(
      { containers: [{ name: "bare" }] },
      { limitRanges: [limitRange], overheads: new Map() },
    );
    expect([memoryOf(podRequests(admitted)), memoryOf(podLimits(admitted))]).toEqual(["1Gi", "1Gi"]);
  });

  test("a limit beats the LimitRange's default request, and the first LimitRange wins", () => {
    const range = (limit: string, request: string): ReturnType<typeof readLimitRange> =>
      readLimitRange(
        manifest(`{apiVersion: v1, kind: LimitRange, metadata: {name: a}, spec: {limits: [
          {type: Container, default: {memory: ${limit}, cpu: "1"}, defaultRequest: {memory: ${request}}}]}}`),
      );
    const inputs = { limitRanges: [range("256Mi", "64Mi"), range("512Mi", "32Mi")], overheads: new Map() };
    const limited = admitPod(
      { containers: [{ name: "a", resources: { limits: { memory: "1Gi" } } }] },
      inputs,
    );
    const bare = admitPod({ containers: [{ name: "a" }] }, inputs);
    expect([memoryOf(podRequests(limited)), memoryOf(podLimits(limited))]).toEqual(["1Gi", "1Gi"]);
    expect([memoryOf(podRequests(bare)), memoryOf(podLimits(bare))]).toEqual(["64Mi", "256Mi"]);
    expect(podRequests(bare).cpu).toBe(1000n);
  });

  test("the RuntimeClass of the rendering decides the overhead; limits get it only where there are some", () => {
    const overheads = new Map([["kata", { memory: parseQuantity("120Mi") ?? 0n, cpu: 250n }]]);
    const spec = {
      runtimeClassName: "kata",
      containers: [{ name: "a", resources: { limits: { memory: "100Mi" } } }],
    };
    const admitted = admitPod(spec as unknown as PodSpec, { limitRanges: [], overheads });
    expect(podRequests(admitted)).toEqual({ memory: parseQuantity("220Mi"), cpu: 250n });
    expect(podLimits(admitted)).toEqual({ memory: parseQuantity("220Mi") });
    expect(podLimits(admitted, "without")).toEqual({ memory: parseQuantity("100Mi") });
  });

  test("pod-level limits complete pod-level requests: from the containers, else from the limit", () => {
    const spec = {
      resources: { limits: { memory: "1Gi", cpu: "2" } },
      containers: [{ name: "a", resources: { requests: { memory: "300Mi" } } }, { name: "b" }],
    };
    expect(podRequests(admitPod(spec, NO_ADMISSION))).toEqual({ memory: parseQuantity("300Mi"), cpu: 2000n });
    const requestsOnly = { ...spec, resources: { requests: { cpu: "1" } } };
    expect(podRequests(admitPod(requestsOnly, NO_ADMISSION))).toEqual({
      memory: parseQuantity("300Mi"),
      cpu: 1000n,
    });
  });

  test("what nobody can read is named and counts as absent", () => {
    const spec = { containers: [{ name: "a", resources: { limits: { memory: "1GB", cpu: null } } }] };
    const admitted = admitPod(spec as unknown as PodSpec, NO_ADMISSION);
    expect(admitted.unreadable).toEqual([
      "containers[0].resources.limits.memory",
      "containers[0].resources.limits.cpu",
    ]);
    expect(podLimits(admitted)).toEqual({});
  });
});

describe("properties", () => {
  const step = fc.tuple(fc.constantFrom("app", "init", "side"), fc.nat(2000)) as fc.Arbitrary<Step>;
  const steps = fc.array(step, { minLength: 1, maxLength: 8 });
  const amount = (list: readonly Step[]): bigint =>
    podRequests(admitPod(pod(list), NO_ADMISSION)).memory ?? 0n;

  test("monotone: a container that asks for more never makes the pod smaller", () => {
    fc.assert(
      fc.property(steps, fc.nat(), fc.nat(1000), (list, at, more) => {
        const chosen = at % list.length;
        const raised = list.map(
          ([kind, memory], position): Step => [kind, position === chosen ? memory + more : memory],
        );
        expect(amount(raised) >= amount(list)).toBe(true);
      }),
    );
  });

  test("monotone: one more container never makes the pod smaller", () => {
    fc.assert(
      fc.property(steps, step, fc.nat(), (list, extra, at) => {
        expect(amount(list.toSpliced(at % (list.length + 1), 0, extra)) >= amount(list)).toBe(true);
      }),
    );
  });

  test("additive: without init containers the pod is the sum, in any order", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2000), { minLength: 1, maxLength: 8 }), (memory) => {
        const list = memory.map((size): Step => ["app", size]);
        const sum = memory.reduce((total, size) => total + size, 0);
        expect(amount(list)).toBe(parseQuantity(`${sum}Mi`));
        expect(amount(list.toReversed())).toBe(amount(list));
      }),
    );
  });

  test("order: a sidecar before an init container costs at least as much as after it, and exactly its step", () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.nat(2000), fc.nat(2000), (side, init, app) => {
        const before = amount([
          ["side", side],
          ["init", init],
          ["app", app],
        ]);
        const after = amount([
          ["init", init],
          ["side", side],
          ["app", app],
        ]);
        const mebi = 1024n * 1024n * 1000n;
        expect(before).toBe(BigInt(side + Math.max(init, app)) * mebi);
        expect(after).toBe(BigInt(Math.max(init, side + app)) * mebi);
        expect(before >= after).toBe(true);
      }),
    );
  });
});
