import { describeObject, referenceOf } from "../../manifest/kubernetes-object.ts";
import type { Workload } from "../../manifest/workload.ts";
import { groupPods } from "../../network/pod-group.ts";
import { textsOf } from "../../network/pod-texts.ts";
import { ServiceDirectory } from "../../network/service-directory.ts";
import { findServiceReferences } from "../../network/service-references.ts";
import { applicationsOf } from "../../order/applications.ts";
import { type Position, Positions } from "../../order/precedence.ts";
import { isHook } from "../../order/sync-phase.ts";
import { defineRule } from "../rule.ts";

export const hookDeadlock = defineRule({
  id: "hook-deadlock",
  group: "order",
  severity: "error",
  title: "No hook and no Job calls what the sync starts only after it",
  explanation: {
    protects:
      "The first installation. A sync goes on when a wave's Jobs have succeeded; a Job that calls what comes later never does.",
    incident:
      "A chart migrated its database in a pre-install hook. Argo CD runs every such hook before the first wave, the database among what waits, and the Application stayed in PreSync for ever.",
    fix: "Make it an ordinary Job in a wave after the workload that it calls.",
    source:
      "argo-cd v3.5.5: gitops-engine/pkg/sync/sync_tasks.go (phases come before waves), hook/helm/type.go",
  },
  codes: {
    "hook-calls-later-phase": "A hook calls a workload of a later phase or wave.",
    "job-calls-later-wave": "A Job calls a workload of a later wave.",
  },
  *check({ index, workloads, plan }) {
    const positions = new Positions(applicationsOf(index, plan));
    const services = new ServiceDirectory(index, groupPods(workloads));
    for (const workload of workloads.filter(({ kind }) => kind === "Job" || kind === "Pod")) {
      const { manifest } = workload;
      const position = positions.of(manifest);
      if (position === undefined) continue;
      const reported = new Set<Workload>();
      for (const text of textsOf(workload, index))
        for (const { service, host } of findServiceReferences(
          text,
          manifest.namespace ?? "default",
          services,
        ))
          for (const callee of service.pods.flatMap((pods) => pods.workloads)) {
            const later = positions.of(callee.manifest);
            // Other Applications are ordered by their layers, which order-before-use holds against dependsOn.
            if (later?.application !== position.application || reported.has(callee)) continue;
            if (positions.precedence(callee.manifest, manifest) !== "later" || isSameWave(later, position))
              continue;
            reported.add(callee);
            const hook = isHook(manifest);
            yield {
              code: hook ? "hook-calls-later-phase" : "job-calls-later-wave",
              manifest,
              path: text.path,
              message: `${describeObject(referenceOf(manifest))} in ${place(position)} calls ${host}, which is ${describeObject(referenceOf(callee.manifest))} in ${place(later)}: the sync waits for the first before it starts the second`,
              actual: place(position),
              limit: place(later),
              fix: hook
                ? `Make it an ordinary Job in a wave after ${later.task.wave}.`
                : `Give it a wave after ${later.task.wave}.`,
            };
          }
    }
  },
});

/** Inside a wave everything is applied before Argo CD waits, so a Job may call what is applied after it. */
function isSameWave(a: Position, b: Position): boolean {
  return a.task.phase === b.task.phase && a.task.wave === b.task.wave;
}

function place({ task: { phase, wave } }: Position): string {
  return `${phase} wave ${wave}`;
}
