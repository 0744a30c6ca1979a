import type { ManifestIndex } from "@t495/proof";

const KINDS: Readonly<Record<string, string>> = {
  cronjob: "CronJob",
  daemonset: "DaemonSet",
  deploy: "Deployment",
  deployment: "Deployment",
  service: "Service",
  statefulset: "StatefulSet",
  svc: "Service",
};
const OBJECT = new RegExp(`\\b(${Object.keys(KINDS).join("|")})[ /]([a-z][a-z0-9-]+)\\b`, "g");
/** K3s' and Argo CD's own; everything else is foundation's. */
const NAMESPACES = ["argocd", "default", "kube-system"];

/** One sentence for each kubectl command of a page whose namespace, object or selector the rendering does not have. */
export function wrongKubectl(page: string, manifests: ManifestIndex): string[] {
  const namespaces = new Set([
    ...NAMESPACES,
    ...manifests.filter({ kind: "Namespace" }).map(({ name }) => name),
  ]);
  const commands = page.replaceAll("\\\n", " ").match(/kubectl (?:[^`\n|;&]|\\\|)+/g) ?? [];
  return commands.flatMap((command) => {
    const namespace = /(?:-n|--namespace)[ =]([a-z][a-z0-9-]*)/.exec(command)?.[1];
    if (namespace === undefined) return [];
    if (!namespaces.has(namespace)) return [`there is no namespace ${namespace}: ${command}`];
    const objects = [...command.matchAll(OBJECT)]
      .filter(
        ([, kind = "", name = ""]) =>
          manifests.filter({ kind: KINDS[kind] ?? "", namespace, name }).length === 0,
      )
      .map(([, kind, name]) => `${namespace} has no ${kind} ${name}: ${command}`);
    const selector = /(?:-l|--selector)[ =](app\.kubernetes\.io\/\S+)/.exec(command)?.[1];
    if (selector === undefined || matches(selector, namespace, manifests)) return objects;
    return [...objects, `nothing in ${namespace} has the labels ${selector}: ${command}`];
  });
}

/** Whether one object, or the pods that it makes, have all labels. */
function matches(selector: string, namespace: string, manifests: ManifestIndex): boolean {
  const labels = selector.split(",").map((each) => each.split("="));
  return manifests.filter({ namespace }).some(({ object }) => {
    const text = JSON.stringify(object);
    return labels.every(([key, value]) => text.includes(`"${key}":"${value}"`));
  });
}
