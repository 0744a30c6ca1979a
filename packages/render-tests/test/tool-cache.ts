import { access, chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "../../proof/src/helm/lock.ts";
import { CACHE } from "./open-platform.ts";

/** Building takes minutes, what follows seconds. */
export const BUILD_MS = 900_000;

/**
 * The folder of a tool in the workspace's cache. What is not there yet is made aside and moved: of several
 * processes one makes it, and an interrupted one leaves nothing half done under the name.
 *
 * @param name with the version: a new version is a new folder
 * @param make fills the folder that it is given
 */
export async function cachedTool(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const tools = join(CACHE, "tools");
  const target = join(tools, name);
  if (await exists(target)) return target;
  await mkdir(tools, { recursive: true });
  await withLock(`${target}.lock`, async () => {
    if (await exists(target)) return;
    const aside = await mkdtemp(join(tools, `.${name}-`));
    try {
      await make(aside);
      // It was made for its maker alone, and some programs run as another user.
      await chmod(aside, 0o755);
      await rename(aside, target);
    } catch (error) {
      await rm(aside, { recursive: true, force: true });
      throw error;
    }
  });
  return target;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
