/** A kind as an object names it. */
export interface ResourceKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** How the API server calls a kind in its paths. */
export interface Resource {
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

interface ResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
}

/** What the API server serves, asked for once per group and version. */
export class ResourceIndex {
  readonly #read: (path: string) => Promise<unknown>;
  readonly #known = new Map<string, Resource>();

  constructor(read: (path: string) => Promise<unknown>) {
    this.#read = read;
  }

  /** @throws Error when the server does not serve the kind, for instance before its CRD is established. */
  async find({ apiVersion, kind }: ResourceKind): Promise<Resource> {
    const known = this.#known.get(`${apiVersion} ${kind}`);
    if (known !== undefined) return known;
    const path = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const { resources = [] } = (await this.#read(path)) as ResourceList;
    for (const { name, kind: served, namespaced } of resources) {
      // `pods/log` and the like are not kinds of their own.
      if (!name.includes("/"))
        this.#known.set(`${apiVersion} ${served}`, { apiVersion, plural: name, namespaced });
    }
    const found = this.#known.get(`${apiVersion} ${kind}`);
    if (found === undefined) throw new Error(`the API server does not serve ${apiVersion} ${kind}`);
    return found;
  }
}

/** The path of one object, or of all in a namespace or the cluster when it has no name. */
export function resourcePath(
  { apiVersion, plural, namespaced }: Resource,
  { namespace, name }: { readonly namespace?: string | undefined; readonly name?: string | undefined },
): string {
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = namespaced && namespace !== undefined ? `/namespaces/${namespace}` : "";
  return `${group}${scope}/${plural}${name === undefined ? "" : `/${name}`}`;
}
