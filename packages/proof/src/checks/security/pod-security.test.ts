import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { parseManifests } from "../../manifest/parse-manifests.ts";
import { createContext } from "../context.ts";
import { podSecurity } from "./pod-security.ts";

testRule(podSecurity, {
  "added-capability": ["violates-restricted"],
  "baseline-below-own-bar": [
    "level-below-restricted",
    "runs-as-root",
    "writable-root-filesystem",
    "privilege-escalation",
    "capabilities-kept",
    "seccomp-not-runtime-default",
  ],
  "baseline-node-access": [
    "level-below-restricted",
    "violates-baseline",
    "violates-baseline",
    "violates-baseline",
    "violates-baseline",
    "violates-baseline",
    "violates-baseline",
    "violates-baseline",
    "violates-baseline",
    "violates-baseline",
  ],
  "baseline-privileged": ["level-below-restricted", "violates-baseline", "violates-baseline"],
  "unlabelled-namespace": ["below-recommended-level", "below-recommended-level"],
  "capability-lower-case": ["violates-restricted"],
  "host-network-where-privileged": ["beyond-restricted"],
  "host-path-where-privileged": ["beyond-restricted", "capabilities-kept"],
  "host-path": ["violates-restricted"],
  "init-container": ["violates-restricted", "violates-restricted"],
  "label-missing": ["level-not-enforced", "level-not-enforced"],
  "localhost-profile": ["seccomp-not-runtime-default"],
  nfs: ["violates-restricted"],
  "non-root-switched-off": ["violates-restricted"],
  "nothing-set": [
    "violates-restricted",
    "violates-restricted",
    "violates-restricted",
    "violates-restricted",
    "writable-root-filesystem",
  ],
  "ok-apparmor-annotation": [],
  "ok-container-overrides-pod": [],
  "ok-label-decides": [],
  "ok-low-port": [],
  "ok-restricted": [],
  "ok-set-on-containers": [],
  "ok-sysctl-and-selinux": [],
  "ok-volumes": [],
  root: ["violates-restricted"],
  "privileged-by-plan": ["level-below-restricted"],
  unconfined: ["violates-restricted"],
  "user-namespace": ["runs-as-root"],
  writable: ["writable-root-filesystem"],
  "wrong-types": [
    "violates-restricted",
    "violates-restricted",
    "violates-restricted",
    "violates-restricted",
    "violates-restricted",
    "violates-restricted",
    "writable-root-filesystem",
    "writable-root-filesystem",
  ],
});

test("says which field of which container would be refused, and by which standard", () => {
  expect(checkRule(podSecurity, "added-capability")).toMatchObject([
    {
      code: "violates-restricted",
      manifest: { kind: "Deployment", name: "store", namespace: "data" },
      path: "spec.template.spec.containers[0].securityContext.capabilities.add",
      message: "container store adds CHOWN: namespace data enforces restricted and would refuse the pod",
      actual: "capabilities_restricted",
      limit: "restricted",
    },
  ]);
});

test("the bar of the platform reports what a wider level admits, each field once", () => {
  expect(checkRule(podSecurity, "host-path-where-privileged")).toMatchObject([
    { code: "beyond-restricted", path: "spec.template.spec.volumes[0]", actual: "restrictedVolumes" },
    { code: "capabilities-kept", message: "container store adds SYS_TIME" },
  ]);
});

test("without a plan, manifests are held against the label of their namespace, else the recommended level", () => {
  const pod = (namespace: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: a, namespace: ${namespace} }\nspec:\n  hostPID: true\n  containers: [{ name: a }]\n`;
  const label = "labels: { pod-security.kubernetes.io/enforce: privileged }";
  const namespace = `apiVersion: v1\nkind: Namespace\nmetadata: { name: open, ${label} }\n`;
  const codes = (text: string) =>
    [...podSecurity.check(createContext(parseManifests(text, "-"), undefined))].map(
      (found) => "code" in found && found.code,
    );
  expect(codes(`${namespace}---\n${pod("open")}`)).toEqual([]);
  expect(codes(pod("other"))).toEqual(Array.from({ length: 5 }, () => "below-recommended-level"));
});

test("a level that nobody stated is not said to be enforced", () => {
  for (const result of checkRule(podSecurity, "unlabelled-namespace")) {
    expect(result).toMatchObject({
      message: expect.stringMatching(
        /nothing here says which level namespace tools enforces; restricted, the recommended/,
      ),
    });
  }
});
