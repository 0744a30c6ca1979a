/** A container image as Kubernetes and container runtimes read it. */
export interface ImageReference {
  /** With the registry if one is written: `docker.io/library/redis`. */
  readonly repository: string;
  /** `registry.example:5000`; undefined for a short name, which each runtime completes by its own settings. */
  readonly registry: string | undefined;
  readonly tag: string | undefined;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string | undefined;
}

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const REGISTRY =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Reads `[registry/]path[:tag][@digest]` by the grammar of distribution/reference v0.6; of its digest
 * algorithms only sha256 is in use. A string is what is wrong with the text.
 */
export function parseImageReference(text: string): ImageReference | string {
  const [named = "", digest, ...rest] = text.split("@");
  if (rest.length > 0) return "it has more than one @";
  if (digest !== undefined && !DIGEST.test(digest))
    return `its digest ${digest} is not sha256: and 64 hexadecimal digits`;
  const slash = named.lastIndexOf("/");
  const colon = named.indexOf(":", slash + 1);
  const repository = colon === -1 ? named : named.slice(0, colon);
  const tag = colon === -1 ? undefined : named.slice(colon + 1);
  if (tag !== undefined && !TAG.test(tag)) return `${tag === "" ? "an empty string" : tag} is no tag`;
  const components = repository.split("/");
  const registry = components.length > 1 && isRegistry(components[0] ?? "") ? components.shift() : undefined;
  if (registry !== undefined && !REGISTRY.test(registry)) return `${registry} is no registry`;
  const wrong = components.find((component) => !COMPONENT.test(component));
  if (wrong !== undefined)
    return wrong === "" ? "a part of its path is empty" : `${wrong} is no part of an image's path`;
  return { repository, registry, tag, digest };
}

/** `repository:tag@digest`, without what is not known. */
export function formatImageReference({ repository, tag, digest }: Omit<ImageReference, "registry">): string {
  return `${repository}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

/** The first component is a registry if it could not be part of a path on the default registry. */
function isRegistry(component: string): boolean {
  return (
    component.includes(".") || component.includes(":") || component === "localhost" || /[A-Z]/.test(component)
  );
}
