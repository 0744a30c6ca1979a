import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plan } from "@t495/proof";
import { parse } from "yaml";

/** Where Argo CD reads the platform from. */
export interface GitSource {
  readonly repoURL: string;
  readonly revision: string;
}

interface Application {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly source: {
      readonly path: string;
      readonly helm: { readonly parameters: readonly object[] };
    };
  };
}

/** The umbrella, as seen from the folder of Argo CD's own chart. */
const BESIDE = "../platform-umbrella";

/**
 * The two Applications of `argocd/`, for one repository, revision and profile. Address and revision are also
 * parameters: the plan in Git need not know where a fork lies.
 */
export async function applications(root: string, plan: Plan, git: GitSource): Promise<readonly object[]> {
  const files = plan.gitops.valueFiles;
  return Promise.all([
    readApplication(root, "root-application.yaml", files, git),
    readApplication(
      root,
      "application.yaml",
      files.map((file) => `${BESIDE}/${file}`),
      git,
    ),
  ]);
}

async function readApplication(
  root: string,
  file: string,
  valueFiles: readonly string[],
  { repoURL, revision }: GitSource,
): Promise<object> {
  const application = parse(await readFile(join(root, "argocd", file), "utf8")) as Application;
  const { source } = application.spec;
  const parameters = [
    ...source.helm.parameters,
    { name: "global.gitops.repoURL", value: repoURL, forceString: true },
    { name: "global.gitops.revision", value: revision, forceString: true },
  ];
  return {
    ...application,
    spec: {
      ...application.spec,
      source: {
        ...source,
        repoURL,
        targetRevision: revision,
        helm: { ...source.helm, valueFiles, parameters },
      },
    },
  };
}
