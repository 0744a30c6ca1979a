import { type ClusterFacts, type Fact, type FactName, InputError, isInputError } from "@t495/proof";
import type { Kubectl } from "../cluster/kubectl.ts";

const TIMEOUT = "--request-timeout=20s";

/** Names of Secrets and of their keys; values stay in the API server's answer to kubectl and go nowhere. */
const SECRET_KEYS =
  '{{range .items}}{{.metadata.namespace}}/{{.metadata.name}}{{range $key, $value := .data}} {{$key}}{{end}}{{"\\n"}}{{end}}';

const ARGOCD = "argocd";

/** Asked through the API server, and answered by somebody else, who may be down while all is well. */
const ANSWERED_BY_OTHERS: ReadonlySet<string> = new Set<FactName>(["configz", "podMetrics"]);

/** The API server's own words for what it does not have: before the platform is installed, that is right. */
const ABSENT = /not ?found|doesn't have a resource type|could not find the requested resource/i;

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
    limitRanges: ["get", "limitranges", "-A", "-o", "json"],
    networkPolicies: ["get", "networkpolicies", "-A", "-o", "json"],
    services: ["get", "services", "-A", "-o", "json"],
    pools: ["get", "ipaddresspools.metallb.io", "-A", "-o", "json"],
    argocdWorkloads: ["get", "deployments,statefulsets", "-n", ARGOCD, "-o", "json"],
    argocdConfigMaps: ["get", "configmaps", "-n", ARGOCD, "-o", "json"],
    secretKeys: ["get", "secrets", "-A", "-o", `go-template=${SECRET_KEYS}`],
    plan: ["get", "configmap", "platform-plan", "-n", "platform-system", "-o", "json", "--ignore-not-found"],
  };
}

/**
 * Asks a cluster everything that the doctor compares, through kubectl and the owner's kubeconfig. Nothing is written.
 *
 * @throws InputError when kubectl is missing, the node itself cannot be read, or the API server refuses a question or
 * stops to answer: a cluster that was seen in part is not judged. What others answer may stay open.
 */
export async function askCluster(node: string, kubectl: Kubectl): Promise<ClusterFacts> {
  const { node: first, ...others } = questions(node);
  const answer = await ask("node", first, kubectl);
  if ("refusal" in answer) {
    const { what, where, fix } = answer.refusal;
    throw new InputError({
      what: `the node ${node} cannot be read: ${what}`,
      where: where ?? "kubectl",
      fix:
        fix ??
        "name the right --kubeconfig, --context and --profile; `kubectl get nodes` shows what this one reaches",
      cause: answer.refusal,
    });
  }
  const rest = await Promise.all(
    Object.entries(others).map(async ([name, words]) => {
      const given = await ask(name as FactName, words, kubectl);
      const isOpen = "refusal" in given && !ANSWERED_BY_OTHERS.has(name);
      if (isOpen && !ABSENT.test(given.refusal.what)) throw given.refusal;
      return [name, factOf(given)];
    }),
  );
  return { node: answer, ...Object.fromEntries(rest) } as ClusterFacts;
}

type Answer = { readonly value: unknown } | { readonly refusal: InputError };

async function ask(name: FactName, words: readonly string[], kubectl: Kubectl): Promise<Answer> {
  try {
    const text = await kubectl.run([...words, TIMEOUT]);
    return { value: name === "secretKeys" ? secretKeys(text) : JSON.parse(text === "" ? "null" : text) };
  } catch (error) {
    if (isInputError(error)) return { refusal: error };
    if (!(error instanceof SyntaxError)) throw error;
    return { refusal: new InputError({ what: `kubectl ${words.join(" ")} did not answer with JSON` }) };
  }
}

function factOf(answer: Answer): Fact {
  return "refusal" in answer ? { problem: answer.refusal.what } : answer;
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
