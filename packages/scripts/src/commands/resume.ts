import { scaleController } from "../cluster/scale-controller.ts";

/** `platform resume`: Argo CD goes on, and takes back what was changed by hand meanwhile. */
export const run = scaleController(1, "Argo CD goes on, and takes back what was changed by hand meanwhile.");
