import { setTimeout } from "node:timers/promises";
import { EXIT, InputError } from "@t495/proof";
import { Kubectl } from "../cluster/kubectl.ts";
import {
  ROOT_APPLICATION,
  type RootApplication,
  requireRootApplication,
} from "../cluster/root-application.ts";
import type { CommandAction } from "../command.ts";
import { writeNote, writeOut } from "../output.ts";

const UNDER_WAY: ReadonlySet<string> = new Set(["Running", "Terminating"]);
const TRIES = 60;
const PAUSE_MS = 1000;

/**
 * `platform unblock`: ends root's running sync, which waits for a layer, and syncs the newest commit. A sync holds the
 * commit that it began with; a fix that only root can bring would wait for its end.
 */
export const run: CommandAction = async ({ options }) => {
  const kubectl = new Kubectl(options);
  const application = await requireRootApplication(kubectl);
  const state = application.status?.operationState;
  if (state !== undefined && UNDER_WAY.has(state.phase)) {
    writeNote(`ending the sync that is under way: ${state.message ?? state.phase}`);
    await patch(kubectl, { status: { operationState: { phase: "Terminating" } } });
    await ended(kubectl);
  }
  await patch(kubectl, {
    metadata: { annotations: { "argocd.argoproj.io/refresh": "normal" } },
    operation: operationOf(application),
  });
  writeOut(`syncing the newest commit of ${application.spec.source.targetRevision}\n`);
  return EXIT.proven;
};

/** As Argo CD's own server asks for a sync: without a revision it is the branch's newest. */
function operationOf({ spec }: RootApplication): object {
  const { syncOptions = [], retry } = spec.syncPolicy ?? {};
  return {
    initiatedBy: { username: "platform unblock" },
    sync: { prune: true, syncOptions },
    ...(retry !== undefined && { retry }),
  };
}

async function patch(kubectl: Kubectl, change: object): Promise<void> {
  await kubectl.run(["patch", ...ROOT_APPLICATION, "--type=merge", `--patch=${JSON.stringify(change)}`]);
}

async function ended(kubectl: Kubectl): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { status } = await requireRootApplication(kubectl);
    if (!UNDER_WAY.has(status?.operationState?.phase ?? "")) return;
    await setTimeout(PAUSE_MS);
  }
  throw new InputError({
    what: "the sync did not end within a minute",
    fix: "look at the application controller: kubectl --namespace argocd logs statefulset/argocd-application-controller",
  });
}
