import { join } from "node:path";

/** Whatever could make one person's Helm render other objects than the next one's. */
const PERSONAL = /^(HELM_|KUBE|XDG_)/;

/**
 * The environment that Helm runs in: the caller's, without Helm's and kubectl's own settings (a default
 * namespace, plugins, a cluster), and with empty homes inside the cache, as Argo CD's repository server does.
 */
export function helmEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  cacheDirectory: string,
): Record<string, string> {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !PERSONAL.test(name)) clean[name] = value;
  }
  const home = join(cacheDirectory, "helm-home");
  return {
    ...clean,
    HELM_CACHE_HOME: join(home, "cache"),
    HELM_CONFIG_HOME: join(home, "config"),
    HELM_DATA_HOME: join(home, "data"),
  };
}
