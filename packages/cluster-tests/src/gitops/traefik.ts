import type { Workload } from "../../../proof/src/manifest/workload.ts";
import type { ControlPlane } from "../cluster/control-plane.ts";
import { freePort } from "../cluster/free-port.ts";
import { type Program, startProgram } from "../cluster/program.ts";

const ENTRY_POINT = /^(--entryPoints\.\w+\.address)=/;
/** Certificates and dashboards of the pod's volumes; no request is served here. */
const FILES = "--providers.file.directory=";

/**
 * Traefik's real program with the rendered arguments, on loopback, as its ServiceAccount: it publishes the address of its
 * Service in the status of every Ingress, without which Argo CD calls an Ingress Progressing for ever.
 */
export async function startTraefik(
  plane: ControlPlane,
  path: string,
  { manifest: { namespace = "" }, podSpec }: Workload,
): Promise<Program> {
  const args: string[] = [];
  for (const argument of podSpec.containers[0]?.args ?? []) {
    if (argument.startsWith(FILES)) continue;
    const [, entryPoint] = ENTRY_POINT.exec(argument) ?? [];
    args.push(entryPoint === undefined ? argument : `${entryPoint}=127.0.0.1:${await freePort()}`);
  }
  const program = await startProgram({
    ...{ name: "traefik", path, args, logs: plane.logs },
    env: { KUBECONFIG: await plane.kubeconfigOf(namespace, podSpec.serviceAccountName ?? "") },
  });
  plane.programs.push(program);
  return program;
}
