import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { bootstrapApplies, type Manifest, type Plan, parseManifests } from "@t495/proof";
import { applications, type GitSource } from "./applications.ts";
import type { Credentials } from "./credentials.ts";
import { repositorySecret, webhookSecret } from "./secrets.ts";
import { tracked } from "./track.ts";

/** Something that the bootstrap does to the cluster, in order. */
export interface Step {
  readonly title: string;
  /** Where the objects come from, as a person would look them up. */
  readonly from: string;
  readonly objects: readonly object[];
  /** `create`: only what is not there yet, and what is there keeps its values. */
  readonly mode: "apply" | "create";
  /** Who owns the fields: secrets are kept apart, so that applying Argo CD again does not take them away. */
  readonly fieldManager: string;
  /** What the next step cannot do without, as arguments of kubectl. */
  readonly waits: readonly (readonly string[])[];
  /** Pods that are to be ready in the end, as arguments of kubectl. */
  readonly rollouts: readonly (readonly string[])[];
}

export interface StepSources {
  readonly root: string;
  readonly plan: Plan;
  readonly git: GitSource;
  readonly credentials: Credentials;
  /** What Argo CD's own pods need of the ledger. */
  readonly secrets: readonly object[];
  /** The whole platform. */
  readonly platform: readonly Manifest[];
  /** The chart that installs Argo CD, for this repository. */
  readonly argocd: readonly Manifest[];
}

const FIELD_MANAGER = "platform-bootstrap";
const COMPONENT_LABEL = "app.kubernetes.io/name";
const TIMEOUT = "--timeout=600s";

/** From an empty cluster to the Applications that bring everything else; each step needs the ones before it. */
export async function bootstrapSteps(sources: StepSources): Promise<readonly Step[]> {
  const { root, plan, git, credentials, secrets, platform, argocd } = sources;
  const namespace = plan.components.argocd?.namespace ?? "argocd";
  const definitions = await readDefinitions(join(root, "argocd/crds"));
  const bounds = platform.filter(
    (manifest) => componentOf(manifest) === "foundation" && bootstrapApplies(manifest),
  );
  const opening = [
    repositorySecret(namespace, git.repoURL, credentials),
    webhookSecret(namespace, credentials),
  ];
  return [
    {
      ...step(
        "Argo CD's namespace, its bounds, and the priority classes",
        "charts/foundation",
        objectsOf(bounds),
      ),
    },
    {
      ...step("Argo CD's custom resource definitions", "argocd/crds", objectsOf(definitions)),
      waits: definitions.map(({ name }) => ["wait", "--for=condition=Established", `crd/${name}`, TIMEOUT]),
    },
    {
      ...step("Secrets of Argo CD's own pods", "global.secrets.ledger", secrets),
      mode: "create" as const,
    },
    {
      ...step(
        "Argo CD and its projects",
        "charts/argocd",
        argocd.map((manifest) => tracked(manifest, "argocd", namespace)),
      ),
      rollouts: argocd
        .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
        .map(({ kind, name }) => [
          "rollout",
          "status",
          `${kind.toLowerCase()}/${name}`,
          `--namespace=${namespace}`,
          TIMEOUT,
        ]),
    },
    {
      ...step(
        "What opens the repository, and the webhook's secret",
        "files or the environment",
        opening.filter((secret) => secret !== undefined),
      ),
      fieldManager: `${FIELD_MANAGER}-secrets`,
    },
    step("The Applications platform and argocd", "argocd/*.yaml", await applications(root, plan, git)),
  ].filter(({ objects }) => objects.length > 0);
}

function step(title: string, from: string, objects: readonly object[]): Step {
  return { title, from, objects, mode: "apply", fieldManager: FIELD_MANAGER, waits: [], rollouts: [] };
}

function objectsOf(manifests: readonly Manifest[]): readonly object[] {
  return manifests.map(({ object }) => object);
}

function componentOf({ object }: Manifest): unknown {
  const labels = (object.metadata as { labels?: Record<string, unknown> } | undefined)?.labels;
  return labels?.[COMPONENT_LABEL];
}

async function readDefinitions(folder: string): Promise<readonly Manifest[]> {
  const files = (await readdir(folder)).sort();
  const manifests = await Promise.all(
    files.map(async (file) => parseManifests(await readFile(join(folder, file), "utf8"), join(folder, file))),
  );
  return manifests.flat();
}
