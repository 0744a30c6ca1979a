/** Claims about Argo CD that this cluster cannot show; each with the reason. */
export const NOT_TRIED: Readonly<Record<string, string>> = {
  "a network policy that is too narrow holds back the layers":
    "no packet is sent between pods; that one which is refused does so is shown",
};
