/** Claims about Argo CD that this cluster cannot show; each with the reason. */
export const NOT_TRIED: Readonly<Record<string, string>> = {
  "a network policy that is too narrow holds back the layers":
    "no packet is sent between pods; that one which is refused does so is shown",
  "a commit that is being compared when the API server is killed is applied afterwards":
    "nothing shows from outside that a comparison is under way; the server is killed in a sync, and a comparison that failed for want of a webhook is shown",
};
