/**
 * Does something again and again until the returned function is called, which waits for the end of the last time. What
 * fails is tried again: a restarting API server must not end it.
 */
export function repeatedly(everyMs: number, attempt: () => Promise<void>): () => Promise<void> {
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      await attempt().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  })();
  return async () => {
    stopped = true;
    await loop;
  };
}
