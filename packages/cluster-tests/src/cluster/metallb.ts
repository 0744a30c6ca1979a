import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Workload } from "../../../proof/src/manifest/workload.ts";
import type { ControlPlane } from "./control-plane.ts";
import { freePort } from "./free-port.ts";
import { eventually, type Program, startProgram } from "./program.ts";
import { podsOf } from "./workloads.ts";

/** Settings of the rendered command line that mean something else on loopback. */
const MOVED = ["--port", "--health-probe-port", "--cert-dir"];
/** MetalLB has no flag for it, and no other program of a cluster takes it. */
const WEBHOOK_PORT = 9443;
const CERTIFICATES = "k8s-webhook-server/serving-certs";

export interface MetallbOptions {
  /** Whether it checks its own kinds for the API server. The Service and the Secret of its webhook must be there. */
  readonly webhook?: boolean;
}

/**
 * MetalLB's real controller with the arguments that the chart renders, as the ServiceAccount that it renders, so that
 * the rights are proven too.
 */
export async function startMetallbController(
  plane: ControlPlane,
  workload: Workload,
  { webhook = false }: MetallbOptions = {},
): Promise<Program> {
  const { namespace = "", name } = workload.manifest;
  const [container] = workload.podSpec.containers;
  const rendered = (container?.args ?? []).filter(
    (argument) => !MOVED.some((flag) => argument.startsWith(`${flag}=`)),
  );
  const health = await freePort();
  // The webhook looks for its certificate below the folder for temporary files, whatever --cert-dir says.
  const temporary = join(plane.folder, "metallb");
  const certificates = join(temporary, CERTIFICATES);
  const program = await startProgram({
    name: "metallb-controller",
    path: plane.pathOf("metallb-controller"),
    logs: plane.logs,
    args: [
      ...rendered,
      ...[`--port=${await freePort()}`, `--health-probe-port=${health}`, `--cert-dir=${certificates}`],
      ...(webhook ? [] : ["--webhook-mode=disabled", "--disable-cert-rotation"]),
    ],
    env: {
      TMPDIR: temporary,
      KUBECONFIG: await plane.kubeconfigOf(namespace, workload.podSpec.serviceAccountName ?? ""),
      METALLB_NAMESPACE: namespace,
      METALLB_POD_NAME: await podOf(plane, namespace, name),
    },
  });
  plane.programs.push(program);
  if (webhook) await serveWebhook(plane, namespace, certificates, program);
  const isHealthy = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${health}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually("MetalLB's controller is healthy", isHealthy, { program });
  return program;
}

/** Mounts the Secret with the certificate once the controller has filled it, and leads its Service there. */
async function serveWebhook(
  { api, services }: ControlPlane,
  namespace: string,
  folder: string,
  program: Program,
): Promise<void> {
  const secret = { apiVersion: "v1", kind: "Secret", namespace, name: "metallb-webhook-cert" };
  let files: [string, string][] = [];
  await eventually(
    "MetalLB has made its webhook's certificate",
    async () => {
      files = Object.entries((await api.get(secret)).data ?? {});
      return files.length > 0;
    },
    { program },
  );
  await mkdir(folder, { recursive: true });
  for (const [name, data] of files) {
    await writeFile(join(folder, name), Buffer.from(data, "base64"), { mode: 0o600 });
  }
  const service = { apiVersion: "v1", kind: "Service", namespace, name: "metallb-webhook-service" };
  const { clusterIP } = (await api.get(service)).spec as { readonly clusterIP: string };
  services.route(clusterIP, WEBHOOK_PORT);
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
