import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { PodSpec } from "../manifest/workload.ts";
import { admitPod, NO_ADMISSION, podLimits, podRequests } from "./pod-resources.ts";
import { formatQuantity, parseQuantity, type ResourceList } from "./quantity.ts";
import { deploymentFenceposts } from "./workload-pods.ts";

interface Vectors {
  readonly quantities: readonly { text: string; milli?: string; canonical?: string; format?: string }[];
  readonly pods: readonly {
    spec: PodSpec;
    requests: Record<string, string>;
    limits: Record<string, string>;
  }[];
  readonly fenceposts: readonly {
    maxSurge: number | string;
    maxUnavailable: number | string;
    replicas: number;
    surge: number;
    unavailable: number;
  }[];
}

const vectors = JSON.parse(
  readFileSync(new URL("./kubernetes-vectors.generated.json", import.meta.url), "utf8"),
) as Vectors;

function texts(list: ResourceList): Record<string, string> {
  return Object.fromEntries(Object.entries(list).map(([resource, amount]) => [resource, String(amount)]));
}

describe("the engine answers as Kubernetes' own code", () => {
  test("on quantities: which texts are accepted, and their amount", () => {
    const answers = vectors.quantities.map(({ text }) => ({ text, milli: parseQuantity(text)?.toString() }));
    expect(answers).toEqual(vectors.quantities.map(({ text, milli }) => ({ text, milli })));
    expect(answers.filter(({ milli }) => milli === undefined).length).toBeGreaterThan(50);
    expect(answers.filter(({ milli }) => milli !== undefined).length).toBeGreaterThan(250);
  });

  test("on canonical texts", () => {
    const written = vectors.quantities.filter(
      ({ format }) => format === "BinarySI" || format === "DecimalSI",
    );
    const answers = written.map(({ text, milli, format }) => ({
      text,
      canonical: formatQuantity(BigInt(milli ?? ""), format === "BinarySI" ? "binary" : "decimal"),
    }));
    expect(answers).toEqual(written.map(({ text, canonical }) => ({ text, canonical })));
    expect(written.length).toBeGreaterThan(200);
  });

  test.each(vectors.pods.map((vector, at) => [at, vector] as const))(
    "on pod %i",
    (_, { spec, requests, limits }) => {
      const pod = admitPod(spec, NO_ADMISSION);
      expect(pod.unreadable).toEqual([]);
      expect({ requests: texts(podRequests(pod)), limits: texts(podLimits(pod)) }).toEqual({
        requests,
        limits,
      });
    },
  );

  test("on the fenceposts of rolling Deployments", () => {
    for (const { maxSurge, maxUnavailable, replicas, surge, unavailable } of vectors.fenceposts) {
      const found = deploymentFenceposts(maxSurge, maxUnavailable, replicas);
      expect({ maxSurge, maxUnavailable, replicas, ...found }).toEqual({
        maxSurge,
        maxUnavailable,
        replicas,
        surge,
        unavailable,
      });
    }
    expect(vectors.fenceposts.length).toBeGreaterThan(500);
  });
});
