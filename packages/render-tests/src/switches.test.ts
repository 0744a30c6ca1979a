import { beforeAll, describe, expect, test } from "@jest/globals";
import { type Finding, type Manifest, type Platform, prove, readPlan } from "@t495/proof";
import { INSTALL_MS, openTestPlatform, PROFILES } from "../test/open-platform.ts";

/** What becomes of the others when one component is switched off by its one value. */
interface Outcome {
  /** Their objects that change with it. Network policies do too; `flows-allowed` holds each against the flows. */
  readonly adapt: readonly string[];
  /** Components that cannot do without it: the proof names each with it. Switched off too, the rest is proven. */
  readonly stop: readonly string[];
}

/** Notebooks find the others by what the hub puts into their environment. */
const NOTEBOOKS = ["ConfigMap jupyter/jupyterhub-hub", "Deployment jupyter/jupyterhub-hub"];

/** For every component that a profile enables. A new one gets its line here: the failure shows what it does. */
const OUTCOMES: Readonly<Record<string, Outcome>> = {
  metallb: { adapt: [], stop: ["minio", "mlflow", "traefik"] },
  traefik: { adapt: [], stop: ["jupyterhub", "minio", "mlflow", "registry"] },
  postgresql: { adapt: [], stop: ["jupyterhub", "mlflow"] },
  redis: { adapt: [], stop: [] },
  minio: { adapt: NOTEBOOKS, stop: ["mlflow"] },
  registry: { adapt: [], stop: [] },
  mlflow: { adapt: NOTEBOOKS, stop: [] },
  jupyterhub: { adapt: [], stop: [] },
  localstack: { adapt: NOTEBOOKS, stop: [] },
};

/** Enough processes for two cores. */
const AT_ONCE = 3;

let platform: Platform;

beforeAll(async () => {
  platform = await openTestPlatform();
}, INSTALL_MS);

const off = (names: readonly string[]): string[] =>
  names.map((name) => `global.components.${name}.enabled=false`);

async function proveWithout(profile: string, names: readonly string[]) {
  const { manifests } = await platform.render({ profile, settings: off(names) });
  return { manifests, findings: prove({ manifests, today: "2026-11-24", tools: {} }).findings };
}

/** Objects of components as text, by `Kind namespace/name`; what the plan itself and Argo CD render follows it. */
function objectsOf(manifests: readonly Manifest[]): ReadonlyMap<string, string> {
  const components = manifests.filter(
    ({ kind, source }) =>
      kind !== "NetworkPolicy" && source.chart !== "foundation" && source.chart !== "platform-umbrella",
  );
  return new Map(
    components.map(({ kind, namespace, name, object }) => [
      `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`,
      JSON.stringify(object),
    ]),
  );
}

/** The components that findings are about, by the path in the plan or the label of the object. */
function complainants(findings: readonly Finding[], manifests: readonly Manifest[]): readonly string[] {
  const named = findings.map(({ path, object }) => {
    const inPlan = /^global\.components\.([^.]+)\./.exec(path ?? "")?.[1];
    const manifest = manifests.find(
      ({ kind, name, namespace }) =>
        kind === object?.kind && name === object.name && namespace === (object.namespace ?? undefined),
    );
    return inPlan ?? manifest?.object.metadata.labels?.["app.kubernetes.io/name"] ?? "nobody";
  });
  return [...new Set(named)].sort();
}

async function outcomeOf(profile: string, component: string, whole: readonly Manifest[]): Promise<Outcome> {
  const { manifests, findings } = await proveWithout(profile, [component]);
  const stop = complainants(findings, manifests);
  for (const name of stop) {
    const says = findings.map(({ path, object, message }) => `${object?.name} ${path} ${message}`);
    expect(says).toContainEqual(expect.stringMatching(new RegExp(`${name}.*${component}.* is disabled`)));
  }
  // What has to go with it does not depend on the machine.
  if (profile === PROFILES[0] && stop.length > 0) await followMessages(profile, [component, ...stop]);
  const before = objectsOf(whole);
  const after = objectsOf(manifests);
  const adapt = [...before.keys()].filter((name) => after.has(name) && after.get(name) !== before.get(name));
  return { adapt: adapt.sort(), stop };
}

/** Switches off whoever misses something until nobody does; whoever was asked before must not ask again. */
async function followMessages(profile: string, names: readonly string[]): Promise<void> {
  const { manifests, findings } = await proveWithout(profile, names);
  const more = complainants(findings, manifests);
  expect(more.filter((name) => names.includes(name) || name === "nobody")).toEqual([]);
  if (more.length > 0) await followMessages(profile, [...names, ...more]);
}

function enabledIn(manifests: readonly Manifest[]): string[] {
  const components = Object.entries(readPlan(manifests)?.components ?? {});
  return components.filter(([, { enabled }]) => enabled).map(([name]) => name);
}

describe.each(PROFILES)("%s", (profile) => {
  let components: readonly string[];
  const outcomes = new Map<string, Outcome>();
  let without: Awaited<ReturnType<typeof proveWithout>>;

  beforeAll(async () => {
    const { manifests } = await platform.render({ profile });
    components = enabledIn(manifests);
    const waiting = [...components];
    const work = async (): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        outcomes.set(name, await outcomeOf(profile, name, manifests));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    without = await proveWithout(profile, components);
  }, INSTALL_MS);

  test("a component can be switched off, and the others adapt or say that they miss it", () => {
    expect(Object.fromEntries(outcomes)).toEqual(
      Object.fromEntries(components.map((name) => [name, OUTCOMES[name]])),
    );
  });

  test("all can be switched off at once", () => {
    expect(without.findings).toEqual([]);
    expect([...objectsOf(without.manifests).keys()]).toEqual([]);
  });
});
