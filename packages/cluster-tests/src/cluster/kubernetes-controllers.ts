import type { ControlPlane } from "./control-plane.ts";
import { freePort } from "./free-port.ts";
import { type Program, startProgram } from "./program.ts";

/** The real controllers: Deployments make pods, quotas are counted, claims are bound, Jobs complete. */
export async function startControllerManager(plane: ControlPlane): Promise<Program> {
  const kubeconfig = await plane.kubeconfig("controller-manager");
  const program = await startProgram({
    name: "kube-controller-manager",
    path: plane.pathOf("kube-controller-manager"),
    logs: plane.logs,
    args: [
      ...[`--kubeconfig=${kubeconfig}`, `--authentication-kubeconfig=${kubeconfig}`],
      `--authorization-kubeconfig=${kubeconfig}`,
      `--service-account-private-key-file=${plane.credentials.signingKey}`,
      ...[`--root-ca-file=${plane.authority}`, "--use-service-account-credentials", "--leader-elect=false"],
      ...[`--secure-port=${await freePort()}`, "--bind-address=127.0.0.1"],
      // There is no cloud and no pod network that nodes would need ranges of.
      "--controllers=*,-node-ipam-controller",
      // Quotas are counted again by the minute at the latest; a proof does not wait for five.
      "--resource-quota-sync-period=10s",
    ],
  });
  plane.programs.push(program);
  return program;
}

/** The real scheduler. */
export async function startScheduler(plane: ControlPlane): Promise<Program> {
  const kubeconfig = await plane.kubeconfig("scheduler");
  const program = await startProgram({
    name: "kube-scheduler",
    path: plane.pathOf("kube-scheduler"),
    logs: plane.logs,
    args: [
      ...[`--kubeconfig=${kubeconfig}`, `--authentication-kubeconfig=${kubeconfig}`],
      ...[`--authorization-kubeconfig=${kubeconfig}`, "--leader-elect=false"],
      ...[`--secure-port=${await freePort()}`, "--bind-address=127.0.0.1"],
    ],
  });
  plane.programs.push(program);
  return program;
}
