import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dump, load } from "js-yaml";
import { type ClusterFacts, FACT_NAMES, type FactName } from "../src/doctor/cluster-facts.ts";
import { examineCluster } from "../src/doctor/examine-cluster.ts";
import { fixturePlan } from "./rule-fixtures.ts";

const FOLDER = fileURLToPath(new URL("../fixtures/doctor/", import.meta.url));
export const plan = fixturePlan(FOLDER, "cluster");

// biome-ignore lint/suspicious/noExplicitAny: a test changes any field of what a cluster answers
export type Loose = any;

/** The answers of a cluster that runs as planned, as fresh objects. */
export function healthy(): Record<FactName, Loose> {
  const answers = load(readFileSync(`${FOLDER}cluster.yaml`, "utf8")) as Record<FactName, Loose>;
  return { ...structuredClone(answers), plan: { data: { "plan.yaml": dump(plan) } } };
}

/** Answers as facts; one that is missing was refused. */
export function factsOf(answers: Record<string, unknown>): ClusterFacts {
  return Object.fromEntries(
    FACT_NAMES.map((name) => [
      name,
      answers[name] === undefined ? { problem: `${name} is forbidden` } : { value: answers[name] },
    ]),
  ) as ClusterFacts;
}

/** Everything that is found after a change, as `id severity object: message`. */
export function findingsAfter(change: (answers: Record<FactName, Loose>) => void): readonly string[] {
  const answers = healthy();
  change(answers);
  return examineCluster(plan, factsOf(answers)).findings.map(
    ({ id, severity, object, message }) => `${id} ${severity} ${object}: ${message}`,
  );
}

/** A pod as the API server lists it. */
export const pod = (name: string, namespace: string, limits?: object) => ({
  metadata: { name, namespace },
  spec: { containers: [{ name: "main", resources: limits === undefined ? {} : { limits } }] },
  status: { phase: "Running" },
});
