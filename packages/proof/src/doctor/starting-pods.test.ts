import { expect, test } from "@jest/globals";
import { findingsAfter, pod } from "../../test/cluster-answers.ts";

const waiting = (name: string, status: object) => ({
  ...pod(name, "data", { memory: "1Mi" }),
  status: { phase: "Pending", ...status },
});

test("pods that wait for what does not come by itself are errors, and slow ones a warning", () => {
  const found = findingsAfter(({ pods }) =>
    pods.items.push(
      waiting("large", {
        conditions: [{ type: "PodScheduled", status: "False", message: "0/1 nodes are available" }],
      }),
      waiting("typo", {
        containerStatuses: [
          { name: "main", state: { waiting: { reason: "ErrImagePull", message: "no such tag" } } },
        ],
      }),
      waiting("looping", {
        phase: "Running",
        initContainerStatuses: [{ name: "wait", state: { terminated: { exitCode: 0 } } }],
        containerStatuses: [
          {
            name: "main",
            state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 5m0s" } },
            lastState: { terminated: { reason: "OOMKilled" } },
          },
        ],
      }),
      waiting("slow", {
        conditions: [{ type: "Ready", status: "False", message: "containers with unready status: [main]" }],
      }),
      waiting("new", {}),
    ),
  );
  expect(found).toEqual([
    "pods-start error Pod data/large: it has no place on the node: 0/1 nodes are available",
    "pods-start error Pod data/typo: main does not start: ErrImagePull, no such tag",
    "pods-start error Pod data/looping: main does not start: CrashLoopBackOff, last time OOMKilled",
    "pods-start warning Pod data/slow: it is not ready: containers with unready status: [main]",
    "pods-start warning Pod data/new: it is not ready",
  ]);
});

test("pods that have ended, that are being deleted or that run are left alone", () => {
  const ready = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
  const creating = {
    containerStatuses: [{ name: "main", state: { waiting: { reason: "ContainerCreating" } } }],
  };
  const leaving = waiting("leaving", creating);
  const found = findingsAfter(({ pods }) =>
    pods.items.push(
      waiting("done", { ...creating, phase: "Succeeded" }),
      { ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: "2026-11-24T00:00:00Z" } },
      waiting("running", ready),
    ),
  );
  expect(found).toEqual([]);
});
