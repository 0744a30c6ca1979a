import { execFile } from "node:child_process";
import { type ClusterFacts, type Fact, type FactName, InputError } from "@t495/proof";

/** A list of all pods with their specs is some megabytes. */
const LARGEST_ANSWER = 64 * 1024 * 1024;
const TIMEOUT = "--request-timeout=20s";

/** Names of Secrets and of their keys; values stay in the API server's answer to kubectl and go nowhere. */
const SECRET_KEYS =
  '{{range .items}}{{.metadata.namespace}}/{{.metadata.name}}{{range $key, $value := .data}} {{$key}}{{end}}{{"\\n"}}{{end}}';

const ARGOCD = "argocd";

/** What is asked, in kubectl's words. */
function questions(node: string): Readonly<Record<FactName, readonly string[]>> {
  return {
    node: ["get", "node", node, "-o", "json"],
    configz: ["get", "--raw", `/api/v1/nodes/${node}/proxy/configz`],
    pods: ["get", "pods", "-A", "-o", "json"],
    podMetrics: ["get", "--raw", "/apis/metrics.k8s.io/v1beta1/pods"],
    storageClasses: ["get", "storageclasses", "-o", "json"],
    priorityClasses: ["get", "priorityclasses", "-o", "json"],
    quotas: ["get", "resourcequotas", "-A", "-o", "json"],
    services: ["get", "services", "-A", "-o", "json"],
    pools: ["get", "ipaddresspools.metallb.io", "-A", "-o", "json"],
    argocdWorkloads: ["get", "deployments,statefulsets", "-n", ARGOCD, "-o", "json"],
    argocdConfigMaps: ["get", "configmaps", "-n", ARGOCD, "-o", "json"],
    secretKeys: ["get", "secrets", "-A", "-o", `go-template=${SECRET_KEYS}`],
    plan: ["get", "configmap", "platform-plan", "-n", "platform-system", "-o", "json"],
  };
}

/**
 * Asks a cluster everything that the doctor compares, through kubectl and the owner's kubeconfig. Nothing is written.
 *
 * @throws InputError when kubectl is missing or the node itself cannot be read; other questions may stay open.
 */
export async function askCluster(node: string, kubeconfig: string | undefined): Promise<ClusterFacts> {
  const access = kubeconfig === undefined ? [TIMEOUT] : [`--kubeconfig=${kubeconfig}`, TIMEOUT];
  const { node: first, ...others } = questions(node);
  const answer = await ask("node", [...access, ...first]);
  if ("problem" in answer) {
    throw new InputError({
      what: `the node ${node} cannot be read: ${answer.problem}`,
      where: kubeconfig ?? "kubectl's own configuration",
      fix: "name the right --kubeconfig and --profile; `kubectl get nodes` shows what this one reaches",
    });
  }
  const rest = await Promise.all(
    Object.entries(others).map(async ([name, words]) => [
      name,
      await ask(name as FactName, [...access, ...words]),
    ]),
  );
  return { node: answer, ...Object.fromEntries(rest) } as ClusterFacts;
}

async function ask(name: FactName, words: readonly string[]): Promise<Fact> {
  const { problem, text } = await kubectl(words);
  if (problem !== undefined) return { problem };
  if (name === "secretKeys") return { value: secretKeys(text) };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { problem: `kubectl ${words.slice(-4).join(" ")} did not answer with JSON` };
  }
}

function secretKeys(text: string): Readonly<Record<string, readonly string[]>> {
  const rows = text.split("\n").filter((line) => line !== "");
  return Object.fromEntries(
    rows.map((row) => {
      const [name = "", ...keys] = row.split(" ");
      return [name, keys];
    }),
  );
}

interface Answer {
  readonly text: string;
  /** Why there is no answer, in one line. */
  readonly problem: string | undefined;
}

function kubectl(words: readonly string[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: LARGEST_ANSWER, encoding: "utf8" } as const;
    execFile("kubectl", [...words], options, (error, stdout, stderr) => {
      if (error?.code === "ENOENT") {
        reject(
          new InputError({
            what: "there is no kubectl",
            fix: "install it (https://kubernetes.io/docs/tasks/tools/), or run this on the node, where k3s brings it",
          }),
        );
        return;
      }
      const problem = error === null ? undefined : (lastLine(stderr) ?? error.message);
      resolve({ text: stdout, problem });
    });
  });
}

/** kubectl says what is wrong in its last line. */
function lastLine(text: string): string | undefined {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .at(-1)
    ?.trim();
}
