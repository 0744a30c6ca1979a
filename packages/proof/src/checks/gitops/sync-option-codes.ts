/** Every code of `sync-options`, whose parts share them. */
export const syncOptionCodes = {
  "option-missing": "Applications lack a sync option that the platform relies on.",
  "option-unknown": "Argo CD passes over a sync option that it does not know, without a word.",
  "option-destroys": "A sync option deletes and recreates objects, or skips their validation.",
  "empty-allowed": "An Application that renders nothing would delete everything.",
  "data-unprotected": "An object that holds data can be deleted by a sync.",
  "data-deleted-with-set": "Deleting an ApplicationSet, or an element of it, deletes data.",
  "retry-strands": "A failed sync is retried for ever, or without ever taking the commit that mends it.",
  "self-heal-off": "Nothing brings objects back to what is in Git.",
} as const;

export type SyncOptionCode = keyof typeof syncOptionCodes;
