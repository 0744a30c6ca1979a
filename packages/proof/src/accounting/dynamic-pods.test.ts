import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { fixturePlan } from "../../test/rule-fixtures.ts";
import { ManifestIndex } from "../manifest/manifest-index.ts";
import { parseManifests } from "../manifest/parse-manifests.ts";
import type { Plan } from "../plan/plan.ts";
import { dynamicPodCharges } from "./dynamic-pods.ts";

const base = fixturePlan(fileURLToPath(new URL("../../fixtures/", import.meta.url)), "none");
const index = new ManifestIndex(
  parseManifests(
    `
apiVersion: v1
kind: ConfigMap
metadata: { name: hub, namespace: apps }
data:
  hub.yaml: |
    # c.limit: 9
    limit: 12
  "3": seven
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: driver, namespace: apps }
spec:
  replicas: 4
  template:
    spec:
      containers:
        - name: driver
          env: [{ name: OTHER, value: "1" }, { name: COUNT, value: "3" }]
---
apiVersion: v1
kind: Namespace
metadata: { name: apps, labels: { agents: "5" } }
`,
    "-",
  ),
);

type Count = Plan["dynamicPods"][string]["count"];

/** The number of pods, or why there is none. */
function counted(
  count: Partial<Count>,
  more: Partial<Plan["dynamicPods"][string]> = {},
): number | string | undefined {
  const template = base.dynamicPods.coredns as Plan["dynamicPods"][string];
  const entry = { ...template, count: { value: 0, object: "", path: "", match: "", ...count }, ...more };
  const [charge] = dynamicPodCharges({ ...base, dynamicPods: { entry } }, index);
  return charge?.problem ?? charge?.pods.steady;
}

const ENV = "spec.template.spec.containers[0].env[name=COUNT].value";

test.each<[Partial<Count>, number]>([
  [{ value: 2 }, 2],
  [{ object: "Deployment/apps/driver", path: "spec.replicas" }, 4],
  [{ object: "Deployment/apps/driver", path: ENV }, 3],
  [{ object: "ConfigMap/apps/hub", path: "data[hub.yaml]", match: "^limit: (\\d+)$" }, 12],
  [{ object: "Namespace/apps", path: "metadata.labels.agents" }, 5],
])("%j", (count, expected) => {
  expect(counted(count)).toBe(expected);
});

test.each<[Partial<Count>, string]>([
  [
    { object: "Deployment/data/driver", path: "spec.replicas" },
    "Deployment/data/driver is not in the rendering",
  ],
  [
    { object: "Deployment/apps/driver", path: "spec.count" },
    "Deployment/apps/driver has nothing at spec.count",
  ],
  [{ object: "ConfigMap/apps/hub", path: "data[3]" }, "ConfigMap/apps/hub, data[3] is no whole number"],
  [
    { object: "ConfigMap/apps/hub", path: "data[hub.yaml]", match: "users: (\\d+)" },
    "ConfigMap/apps/hub, data[hub.yaml] has no number that matches users: (\\d+)",
  ],
  [{ object: "ConfigMap/apps/hub", path: "data[hub.yaml]", match: "(" }, "( is no regular expression"],
])("%j has no number", (count, problem) => {
  expect(counted(count)).toBe(problem);
});

test("counts nothing while the entry or its component is off", () => {
  expect(counted({ value: 2 }, { enabled: false })).toBeUndefined();
  expect(counted({ value: 2 }, { component: "nobody" })).toBeUndefined();
  expect(counted({ value: 2 }, { component: "web" })).toBe(2);
});
