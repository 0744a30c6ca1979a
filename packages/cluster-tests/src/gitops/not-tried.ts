/** Claims about Argo CD that this cluster cannot show; each with the reason. */
export const NOT_TRIED: Readonly<Record<string, string>> = {
  "a network policy that is too narrow holds back the layers":
    "no packet is sent between pods; that one which is refused does so is shown",
  "a commit that is being compared when the API server is killed is applied afterwards":
    "seen refuted once, with Argo CD 3.5.5: it calls the Application Synced at that commit, from what it had kept of the one before; argocd/README.md says what to do",
};
