import type { Plan } from "../plan/plan.ts";
import { INTERNET } from "./address-set.ts";
import type { Network } from "./flow-ends.ts";
import type { HostMention } from "./host-mentions.ts";
import { type IntervalSet, intersect } from "./interval-set.ts";
import type { NeededFlow } from "./needed-flows.ts";
import type { PodGroup } from "./pod-group.ts";
import type { PodText } from "./pod-texts.ts";
import { portRange } from "./port-set.ts";
import { addressesOfRule, portsOfRule } from "./reachability.ts";

/** Programs that fetch the URLs among their arguments, and calls that do. */
const FETCHES =
  /(?:^|[\s/;&|(])(?:curl|wget|git|pip3?|uv|npm|npx|pnpm|yarn|apk|apt|apt-get|helm|conda)(?=\s|$)|urlopen\(|requests\.(?:get|post)\(/;

/** Top-level names that the internet does not have (RFC 2606, 6762, 8375, and what home routers hand out). */
const PRIVATE_NAMES = new Set([
  "arpa",
  "example",
  "home",
  "internal",
  "invalid",
  "lan",
  "local",
  "localdomain",
  "test",
]);

const ARGUMENT = /\.(?:command|args)\[\d+\]$/;

/** What pods need because a command of theirs fetches a URL, and no rule lets them reach any public address. */
export function internetFlows(network: Network, plan: Plan): NeededFlow[] {
  return network.groups.flatMap((group) => {
    if (group.hostNetwork || network.reachability.rulesOf("egress", group) === undefined) return [];
    return fetchedIn(group, network, plan).flatMap(({ text, mention }): NeededFlow[] => {
      const port = mention.port ?? 443;
      const ports = portRange("TCP", port, port);
      // Where part of the internet is open, the host's address may be in it.
      if (reachesInternet(group, ports, network)) return [];
      const { manifest, path } = text;
      const from = { kind: "pods" as const, name: group.name, pods: [group] };
      return [
        {
          from,
          to: network.internet,
          ports: [ports],
          because: `${path} fetches from ${mention.host}`,
          manifest,
          path,
        },
      ];
    });
  });
}

function fetchedIn(
  group: PodGroup,
  network: Network,
  plan: Plan,
): { readonly text: PodText; readonly mention: HostMention }[] {
  const containers = new Map<string, PodText[]>();
  for (const text of network.texts.get(group) ?? []) {
    if (!ARGUMENT.test(text.path)) continue;
    const container = `${text.manifest.kind}/${text.manifest.name} ${text.path.replace(ARGUMENT, "")}`;
    containers.set(container, [...(containers.get(container) ?? []), text]);
  }
  return [...containers.values()]
    .filter((texts) => FETCHES.test(texts.map(({ text }) => text).join(" ")))
    .flatMap((texts) =>
      texts.flatMap((text) =>
        network.services
          .mentionsIn(text.text)
          .filter((mention) => isPublic(mention, plan))
          .map((mention) => ({ text, mention })),
      ),
    );
}

function isPublic({ host, scheme, isPartial }: HostMention, plan: Plan): boolean {
  const labels = host.split(".");
  const top = labels.at(-1) ?? "";
  return (
    (scheme === "https" || scheme === "http") &&
    !isPartial &&
    labels.length > 1 &&
    /^[a-z]{2,}$/.test(top) &&
    !PRIVATE_NAMES.has(top) &&
    !labels.includes("svc") &&
    !Object.hasOwn(plan.namespaces, top) &&
    !`.${host}`.endsWith(`.${plan.ingress.domain}`)
  );
}

function reachesInternet(group: PodGroup, ports: IntervalSet, { reachability }: Network): boolean {
  return (reachability.rulesOf("egress", group) ?? []).some(
    (rule) =>
      intersect(addressesOfRule(rule), INTERNET).length > 0 &&
      intersect(portsOfRule(rule, { namedPorts: [] }), ports).length > 0,
  );
}
