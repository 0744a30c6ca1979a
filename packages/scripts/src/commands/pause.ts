import { scaleController } from "../cluster/scale-controller.ts";

/** `platform pause`: nothing is applied, healed or pruned; what runs goes on. */
export const run = scaleController(
  0,
  "Argo CD applies nothing any more; `platform resume` lets it go on from the newest commit.",
);
