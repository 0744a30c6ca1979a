import { describeObject } from "../manifest/kubernetes-object.ts";
import type { Rotation, RotationStep } from "../secrets/plan-rotation.ts";
import { forTerminal, hanging, paintOf, type ReportStyle } from "./style.ts";

/** What a rotation will do, before it does anything. */
export function rotationText(rotation: Rotation, style: ReportStyle): string {
  const paint = paintOf(style);
  const { name, keys, begun, namespaces, steps, readAgain, loses, costs, afterwards, kept } = rotation;
  const title = begun === undefined ? "Rotate" : "Finish the rotation of";
  const write =
    begun === undefined
      ? `write ${keys.length === 1 ? "a new value" : "new values"} to ${namespaces.join(", ")}`
      : `the source has the new values since ${begun}; copy them to ${namespaces.slice(1).join(", ")}`;
  const lines = [
    paint.bold(`${title} ${keys.join(", ")} of Secret ${name}`),
    ...[write, ...steps.map(describeStep)].flatMap((text, at) => hanging(`  ${at + 1}. `, text, style.width)),
    ...readAgain.flatMap((one) =>
      hanging("     ", `${describeObject(one)} reads it again by itself`, style.width),
    ),
  ];
  const notes = (word: string, texts: readonly string[]): void => {
    for (const text of texts) lines.push(...hanging(`  ${word.padEnd(6)} `, text, style.width));
  };
  notes("LOSES", loses);
  notes("costs", costs);
  notes(
    "stays",
    kept.map(({ key, reason }) => `${key}: ${reason}`),
  );
  notes("after", afterwards);
  return forTerminal(`${lines.join("\n")}\n`, style);
}

/** One step in a line, as it is announced and as it is reported. */
export function describeStep(step: RotationStep): string {
  if (step.do === "command")
    return `give ${step.key} to \`${step.arguments.slice(0, 1).join(" ")} …\` in ${step.workload}, namespace ${step.namespace}`;
  const targets = step.targets.map(describeObject).join(", ");
  return step.do === "restart" ? `restart ${targets}` : `run ${targets} again`;
}
