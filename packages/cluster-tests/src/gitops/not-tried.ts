const NO_NETWORK = "a Service's address leads nowhere without a network of pods";

/** Claims about Argo CD that this cluster cannot show, or that the stage leaves out; each with the reason. */
export const NOT_TRIED: Readonly<Record<string, string>> = {
  "Argo CD applies MetalLB's pools as soon as its webhook answers": `${NO_NETWORK}: the repository that is synced has no webhook configuration`,
  "a network policy that is too narrow holds back the layers": NO_NETWORK,
  "a missing Secret holds back the layers": "KWOK starts pods without looking at their Secrets",
  "a quota that is too small holds back the layers, and its mend frees them":
    "needs a second empty cluster; the stage counted shows stall and mend without Argo CD",
  "`platform unblock` ends a sync that waits for a component that is switched off":
    "needs a second empty cluster; the tests of the command line show what it asks the API server for",
};
