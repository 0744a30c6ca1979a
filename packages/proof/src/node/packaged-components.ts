import type { Plan } from "../plan/plan.ts";

/** A component that K3s brings and deploys itself unless its configuration says `disable`. */
export interface PackagedComponent {
  /** As `disable` names it. */
  readonly name: string;
  /** The Deployment in kube-system; empty when it makes pods per Service instead. */
  readonly deployment: string;
  /** Whether this plan has use for it, and why or why not. */
  readonly wanted: boolean;
  readonly reason: string;
}

const K3S = "k3s";

/**
 * What the plan wants of K3s' own components. CoreDNS and metrics-server always; the others only where no
 * component of the platform does their work.
 * @see https://docs.k3s.io/installation/packaged-components
 */
export function packagedComponents({ ingress, storage }: Plan): readonly PackagedComponent[] {
  const own = Object.entries(storage.classes).find(
    ([, { enabled, provider }]) => enabled && provider === K3S,
  );
  return [
    { name: "coredns", deployment: "coredns", wanted: true, reason: "it resolves names of Services" },
    {
      name: "metrics-server",
      deployment: "metrics-server",
      wanted: true,
      reason: "`kubectl top` and the doctor ask it",
    },
    {
      name: "traefik",
      deployment: "traefik",
      wanted: ingress.provider === K3S,
      reason:
        ingress.provider === K3S
          ? "global.ingress.provider is k3s"
          : `the component ${ingress.provider} is the ingress controller`,
    },
    {
      name: "servicelb",
      deployment: "",
      wanted: false,
      reason: "it would take ports 80 and 443 of the node and contend with the address pool",
    },
    {
      name: "local-storage",
      deployment: "local-path-provisioner",
      wanted: own !== undefined,
      reason:
        own === undefined
          ? `volumes are of class ${storage.class}, and K3s would mark its own class as default at each start`
          : `global.storage.classes.${own[0]} is enabled`,
    },
  ];
}
