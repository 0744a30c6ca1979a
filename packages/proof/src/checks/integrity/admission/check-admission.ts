import type { Manifest } from "../../../manifest/kubernetes-object.ts";
import { at, objectsIn } from "../../../manifest/values.ts";
import type { Workload } from "../../../manifest/workload.ts";
import { type AdmissionProblem, missing } from "./admission-problem.ts";
import { checkConfigMap, checkSecret } from "./configuration.ts";
import { checkMetadata } from "./metadata.ts";
import { checkIngress, checkNetworkPolicy } from "./networking.ts";
import { checkPod } from "./pod.ts";
import { checkBinding, checkRole } from "./rbac.ts";
import {
  checkAutoscaler,
  checkClaim,
  checkCustomResourceDefinition,
  checkDisruptionBudget,
  checkPriorityClass,
} from "./resources.ts";
import { checkService } from "./service.ts";
import { checkWorkload } from "./workload.ts";

type Check = (manifest: Manifest) => Iterable<AdmissionProblem>;

const CHECKS: Readonly<Record<string, Check>> = {
  "/ConfigMap": checkConfigMap,
  "/Secret": checkSecret,
  "/Service": checkService,
  "/PersistentVolumeClaim": ({ object }) => checkClaim(object.spec, "spec"),
  "apiextensions.k8s.io/CustomResourceDefinition": checkCustomResourceDefinition,
  "autoscaling/HorizontalPodAutoscaler": checkAutoscaler,
  "networking.k8s.io/Ingress": checkIngress,
  "networking.k8s.io/NetworkPolicy": checkNetworkPolicy,
  "policy/PodDisruptionBudget": checkDisruptionBudget,
  "rbac.authorization.k8s.io/ClusterRole": checkRole,
  "rbac.authorization.k8s.io/ClusterRoleBinding": checkBinding,
  "rbac.authorization.k8s.io/Role": checkRole,
  "rbac.authorization.k8s.io/RoleBinding": checkBinding,
  "scheduling.k8s.io/PriorityClass": checkPriorityClass,
};

/** Fields that the schemas call optional, and without which the API server refuses every object of the kind. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  "/PersistentVolume": ["accessModes", "capacity"],
  "/PersistentVolumeClaim": [],
  "/Pod": [],
  "/ReplicationController": ["selector", "template"],
  "apps/DaemonSet": [],
  "apps/Deployment": [],
  "apps/ReplicaSet": [],
  "apps/StatefulSet": [],
  "batch/Job": [],
  "networking.k8s.io/IngressClass": ["controller"],
};

function* checkRequired({ group, kind, object }: Manifest): Generator<AdmissionProblem> {
  const fields = REQUIRED[`${group}/${kind}`];
  if (fields === undefined) return;
  const why = `the API server refuses a ${kind} without it`;
  if (at(object, "spec") === undefined) yield missing("spec", why, "Write it.");
  else {
    for (const field of fields) {
      if (at(object, "spec", field) === undefined) yield missing(`spec.${field}`, why, "Write it.");
    }
  }
}

/** What the API server checks in code, because no schema can say it. */
export function* checkAdmission(
  manifest: Manifest,
  workload: Workload | undefined,
): Generator<AdmissionProblem> {
  yield* checkMetadata(manifest);
  yield* checkRequired(manifest);
  const check = CHECKS[`${manifest.group}/${manifest.kind}`];
  if (check !== undefined) yield* check(manifest);
  if (workload === undefined) return;
  yield* checkWorkload(workload);
  yield* checkPod(workload);
  if (workload.kind !== "StatefulSet") return;
  for (const [position, claim] of objectsIn(at(manifest.object, "spec", "volumeClaimTemplates")).entries()) {
    yield* checkClaim(claim.spec, `spec.volumeClaimTemplates[${position}].spec`);
  }
}
