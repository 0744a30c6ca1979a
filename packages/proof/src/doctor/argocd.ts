import { at, objectsIn, stringAt, stringsIn } from "../manifest/values.ts";
import { itemsOf, nameOf } from "./cluster-facts.ts";
import type { Examination } from "./examination.ts";

const CONTROLLER = "argocd-applicationset-controller";
const FLAG = "--enable-progressive-syncs";
const PARAMETER = "applicationsetcontroller.enable.progressive.syncs";
const HEALTH = "resource.customizations.health.argoproj.io_ApplicationSet";

/** The layers wait for one another only with both; see docs and argocd/README.md. */
export const argocdGates: Examination = {
  id: "argocd",
  title: "Argo CD holds a layer back until the one before it is healthy",
  needs: ["argocdWorkloads", "argocdConfigMaps"],
  *examine(_plan, { argocdWorkloads, argocdConfigMaps }) {
    const fix = "`platform bootstrap --yes` applies Argo CD's installation again, which sets it";
    const controller = itemsOf(argocdWorkloads).find((workload) => nameOf(workload) === CONTROLLER);
    if (controller === undefined) {
      yield { severity: "error", object: `Deployment argocd/${CONTROLLER}`, message: "it is not there", fix };
      return;
    }
    const words = objectsIn(at(controller, "spec", "template", "spec", "containers")).flatMap((container) => [
      ...stringsIn(container.command),
      ...stringsIn(container.args),
    ]);
    const isOn = words.some((word) => word === FLAG || word === `${FLAG}=true`);
    if (!isOn && configValue(argocdConfigMaps, "argocd-cmd-params-cm", PARAMETER) !== "true") {
      yield {
        severity: "error",
        object: `Deployment argocd/${CONTROLLER}`,
        message: `it runs without ${FLAG}: it does not keep the health of its Applications, and root waits for ever`,
        fix,
      };
    }
    if (configValue(argocdConfigMaps, "argocd-cm", HEALTH) === undefined) {
      yield {
        severity: "error",
        object: "ConfigMap argocd/argocd-cm",
        message: `${HEALTH} is missing: a layer counts as healthy as soon as its Applications exist`,
        fix,
      };
    }
  },
};

function configValue(configMaps: unknown, name: string, key: string): string | undefined {
  const found = itemsOf(configMaps).find((configMap) => nameOf(configMap) === name);
  return stringAt(found, "data", key);
}
