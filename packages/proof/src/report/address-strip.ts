import type { AddressRow } from "../proof.ts";

const STATES: Readonly<Record<AddressRow["state"], string>> = {
  pinned: "held",
  planned: "planned",
  reserved: "reserved",
  free: "free",
  extension: "opt-in",
};

/** One phrase per state: `reserved .243 istio-ingressgateway, .244 kubeflow-pipelines`. */
export function addressStrip(rows: readonly AddressRow[]): string[] {
  const prefix = commonNetwork(rows);
  return Object.entries(STATES).flatMap(([state, title]) => {
    const own = rows.filter((row) => row.state === state);
    if (own.length === 0) return [];
    const names = own.map(({ address, owner }) => {
      const short = address.replaceAll(prefix, ".");
      return owner === null ? short : `${short} ${owner}`;
    });
    return [`${title} ${names.join(", ")}`];
  });
}

/** `192.168.1.` when every address is in that network, so that the last number is enough. */
function commonNetwork(rows: readonly AddressRow[]): string {
  const networks = new Set(
    rows.flatMap(({ address }) => address.split("-")).map((ip) => ip.slice(0, ip.lastIndexOf(".") + 1)),
  );
  const [only = ""] = networks;
  return networks.size === 1 ? only : "\0";
}
