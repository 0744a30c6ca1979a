import type { CommandAction } from "../command.ts";
import { writeOut } from "../output.ts";
import { Kubectl } from "./kubectl.ts";
import { requireRootApplication } from "./root-application.ts";

const CONTROLLER = ["statefulset/argocd-application-controller", "--namespace=argocd"] as const;

/** A command that starts or stops the one program which applies, heals and prunes. */
export function scaleController(replicas: 0 | 1, done: string): CommandAction {
  return async ({ options }) => {
    const kubectl = new Kubectl(options);
    await requireRootApplication(kubectl);
    await kubectl.run(["scale", ...CONTROLLER, `--replicas=${replicas}`]);
    writeOut(`${done}\n`);
    return 0;
  };
}
