import type { Workload } from "../../../proof/src/manifest/workload.ts";
import type { ControlPlane } from "./control-plane.ts";
import { freePort } from "./free-port.ts";
import { eventually, type Program, startProgram } from "./program.ts";
import { podsOf } from "./workloads.ts";

/** Settings of the rendered command line that mean something else on loopback, or nothing. */
const MOVED = ["--port", "--health-probe-port", "--cert-service-name", "--cert-dir"];

/**
 * MetalLB's real controller with the arguments that the chart renders, as the ServiceAccount that it renders, so that
 * the rights are proven too. Its webhook stays off: nothing answers at a Service's address here.
 */
export async function startMetallbController(plane: ControlPlane, workload: Workload): Promise<Program> {
  const { namespace = "", name } = workload.manifest;
  const [container] = workload.podSpec.containers;
  const rendered = (container?.args ?? []).filter(
    (argument) => !MOVED.some((flag) => argument.startsWith(`${flag}=`)),
  );
  const health = await freePort();
  const program = await startProgram({
    name: "metallb-controller",
    path: plane.pathOf("metallb-controller"),
    logs: plane.logs,
    args: [
      ...rendered,
      ...[`--port=${await freePort()}`, `--health-probe-port=${health}`],
      ...["--webhook-mode=disabled", "--disable-cert-rotation"],
    ],
    env: {
      KUBECONFIG: await plane.kubeconfigOf(namespace, workload.podSpec.serviceAccountName ?? ""),
      METALLB_NAMESPACE: namespace,
      METALLB_POD_NAME: await podOf(plane, namespace, name),
    },
  });
  plane.programs.push(program);
  const isHealthy = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${health}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually("MetalLB's controller is healthy", isHealthy, { program });
  return program;
}

/** It makes the pod that it runs as the owner of what it writes. */
async function podOf({ api }: ControlPlane, namespace: string, deployment: string): Promise<string> {
  let found: string | undefined;
  await eventually(`${deployment} has a pod`, async () => {
    const pods = await podsOf(api, namespace);
    found = pods.find(({ metadata }) => metadata.name.startsWith(`${deployment}-`))?.metadata.name;
    return found !== undefined;
  });
  return found ?? "";
}
