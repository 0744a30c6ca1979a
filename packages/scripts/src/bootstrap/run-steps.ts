import { setTimeout } from "node:timers/promises";
import { isInputError } from "@t495/proof";
import type { Kubectl } from "../cluster/kubectl.ts";
import type { Step } from "./steps.ts";

/** One line for each step: what it is about, how much of it is there already. */
export async function describeSteps(steps: readonly Step[], kubectl: Kubectl): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const [number, { title, from, objects, mode }] of steps.entries()) {
    const there = await countPresent(objects, kubectl);
    const missing = objects.length - there;
    const verb = mode === "create" ? "stay as they are" : "are applied again";
    const present = there === 0 ? "" : `${missing === 0 ? "" : ", "}${there} ${verb}`;
    lines.push(`${number + 1}  ${title} (${from}): ${missing === 0 ? "" : `${missing} new`}${present}`);
  }
  return lines;
}

/** Does one step, and waits for what the next one needs. */
export async function runStep(step: Step, kubectl: Kubectl): Promise<void> {
  if (step.mode === "create") {
    for (const object of step.objects)
      if ((await countPresent([object], kubectl)) === 0)
        await kubectl.run(["create", "--filename=-"], listOf([object]));
  } else {
    await kubectl.run(
      ["apply", "--server-side", "--force-conflicts", `--field-manager=${step.fieldManager}`, "--filename=-"],
      listOf(step.objects),
    );
  }
  for (const condition of step.waits) await waitFor(condition, kubectl);
}

const TRIES = 5;
const PAUSE_MS = 2000;

/** `kubectl wait` fails at once on an object whose status is still empty, as that of a new definition is. */
async function waitFor(condition: readonly string[], kubectl: Kubectl): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await kubectl.run(condition);
      return;
    } catch (error) {
      if (!isInputError(error) || !/accessor error|NotFound/.test(error.what) || tries === TRIES) throw error;
      await setTimeout(PAUSE_MS);
    }
  }
}

/** Kinds that the cluster does not know yet have no objects. */
async function countPresent(objects: readonly object[], kubectl: Kubectl): Promise<number> {
  const args = ["get", "--filename=-", "--ignore-not-found", "--output=name"];
  try {
    const names = await kubectl.run(args, listOf(objects));
    return names.split("\n").filter((line) => line !== "").length;
  } catch (error) {
    if (isInputError(error) && /no matches for kind|doesn't have a resource type/.test(error.what)) return 0;
    throw error;
  }
}

function listOf(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}
